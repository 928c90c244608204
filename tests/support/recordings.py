"""What any recording of HTTP must not keep, and how one is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

SECRET = ("bearer ey", "basic ", "127.0.0.1", "localhost", "client_secret", "authorization", "password", "set-cookie")


def interactions_of(cassette: Path) -> list[dict[str, Any]]:
    """The requests and responses of a recording."""
    found: list[dict[str, Any]] = yaml.safe_load(cassette.read_text(encoding="utf-8"))["interactions"]
    return found


def secrets_in(cassette: Path) -> list[str]:
    """The words that give a secret, or the machine, away and that a recording has."""
    text = cassette.read_text(encoding="utf-8").lower()
    return [word for word in SECRET if word in text]
