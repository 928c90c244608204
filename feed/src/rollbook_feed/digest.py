"""One way to write a content, and a name for it that does not repeat it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

_WRITER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical(content: Any) -> str:
    """`content` as JSON with sorted names, no white space and no escapes but those JSON requires; 10.0 is written 10.

    Source: docs/feed/messages.md, the canonical form. A number that is not whole and nearer to nothing than 0.0001 is
    written with an exponent; no field of the feed has one. Raises ValueError for what JSON does not know (NaN,
    infinity), TypeError for what is not JSON.
    """
    return _WRITER.encode(_whole(content))


def digest(content: Any) -> str:
    """SHA-256, in 64 hexadecimal digits, of `canonical(content)` in UTF-8. Errors as for `canonical`."""
    return hashlib.sha256(canonical(content).encode("utf-8")).hexdigest()


def _whole(said: Any) -> Any:
    """With whole numbers in place of floats of whole value."""
    kind = type(said)
    if kind is dict:
        return {name: _whole(value) for name, value in said.items()}
    if kind is list:
        return [_whole(value) for value in said]
    if kind is float and said.is_integer():
        return int(said)
    return said
