"""What a proposal is not sure of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Doubt:
    """about: the setting or field it touches. what: what it is not sure of, after "not sure". do: what to do now."""

    about: str
    what: str
    do: str
