"""The profile as TOML, with the reason for each setting above it."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from typing import Any

from rollbook_csv.profiling.proposal import Proposal

_WIDTH = 100


def as_toml(found: Proposal) -> str:
    """The text of the file."""
    like = f" It looks like {found.export.told()}." if found.export else ""
    lines = [*_comment(f"A profile for `rollbook`: how an export is written.{like}"), ""]
    for setting in found.settings:
        lines += [*_comment(_sentence(setting.why)), f"{setting.key} = {_value(setting.value)}"]
    if found.doubts:
        lines += ["", "# Not sure:"]
        for doubt in found.doubts:
            lines += _comment(f"- {doubt.what}. {_sentence(doubt.do)}")
    return "\n".join([*lines, ""])


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _comment(text: str) -> list[str]:
    plain = " ".join(text.split())
    return textwrap.wrap(plain, _WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key} = {_value(inner)}' for key, inner in value.items())}}}"
    return json.dumps(value, ensure_ascii=False)
