"""Whether what a plugin said, logged or printed names somebody, or shows a secret."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

SHORTEST = 4  # letters: a shorter name is a word of English too often


def named_in(texts: Iterable[str], words: Iterable[str]) -> list[str]:
    """Those of the words that stand in the texts as they are, whatever their case. Short ones are passed over."""
    wanted = {word.casefold(): word for word in words if len(word) >= SHORTEST}
    if not wanted:
        return []
    one_of = "|".join(re.escape(word) for word in sorted(wanted, key=len, reverse=True))
    said = "\n".join(" ".join(text.split()) for text in texts).casefold()
    return sorted({wanted[found] for found in re.findall(rf"(?<!\w)(?:{one_of})(?!\w)", said)})


def shown_in(texts: Iterable[str], secrets: Iterable[str]) -> bool:
    """Whether one of the secrets stands anywhere in the texts."""
    said = "\n".join(texts)
    return any(secret in said for secret in secrets if secret)


def printed(call: Callable[[], Any]) -> str:
    """What the call writes to standard output and standard error."""
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(out):
        call()
    return out.getvalue()
