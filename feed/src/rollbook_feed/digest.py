"""One way to write a content, and a name for it that does not repeat it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

_WRITER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical(content: Any) -> str:
    """`content` as JSON with sorted names, no white space and no escapes but those JSON requires.

    Raises ValueError for what JSON does not know (NaN, infinity), TypeError for what is not JSON.
    """
    return _WRITER.encode(content)


def digest(content: Any) -> str:
    """SHA-256, in 64 hexadecimal digits, of `canonical(content)` in UTF-8. Errors as for `canonical`."""
    return hashlib.sha256(canonical(content).encode("utf-8")).hexdigest()
