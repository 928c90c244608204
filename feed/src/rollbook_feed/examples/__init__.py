"""An example of each kind, as it goes over the wire. Nobody in them exists."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

NAMES = tuple(
    sorted(file.name.removesuffix(".json") for file in files(__name__).iterdir() if file.name.endswith(".json"))
)


def example(name: str) -> dict[str, Any]:
    """A whole message, piece of news or body of a kind, or `withdrawal` or `amendment`. Raises KeyError for another."""
    if name not in NAMES:
        raise KeyError(name)
    made: dict[str, Any] = json.loads(files(__name__).joinpath(f"{name}.json").read_text(encoding="utf-8"))
    return made
