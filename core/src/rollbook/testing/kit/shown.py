"""A search for secrets in what a plugin said: as they are, as part of an address, and in base64."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from urllib.parse import quote

from rollbook.testing.kit.stage import Stage

_LEAST = 4  # characters: a shorter secret may be in any word
_IN_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}")


def secrets_shown(stage: Stage, more: Iterable[str] = ()) -> list[str]:
    """Beginnings of the texts that show a secret of the settings, or what was sent in `Authorization`: what a sign-in
    gave is as good as a password while it lasts. more: other secrets.
    """
    seen = stage.line.credentials if stage.line else set()
    kept = {value for value in (*stage.secrets(), *seen, *more) if len(value) >= _LEAST}
    kept |= {quote(value, safe="") for value in kept} | {_coded(value) for value in kept}
    return [text[:200] for text in stage.heard if any(value in each for each in _forms(text) for value in kept)]


def _coded(value: str) -> str:
    return base64.b64encode(value.encode()).decode().rstrip("=")


def _forms(text: str) -> list[str]:
    """The text, and what in it can be read as base64."""
    return [text, *filter(None, map(_decoded, _IN_BASE64.findall(text)))]


def _decoded(word: str) -> str:
    plain = word.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
