"""Reading HTTP Basic credentials (RFC 7617)."""

from __future__ import annotations

import base64
import binascii


def credentials(header: str) -> tuple[str, str] | None:
    """Name and password of an `Authorization` header; None when it is not Basic, empty texts when it is unreadable."""
    scheme, _, given = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, password = base64.b64decode(given.strip(), validate=True).decode("utf-8").partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return name, password
