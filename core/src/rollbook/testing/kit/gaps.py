"""Gaps that a plugin's maker declares, each with its reason. One that is closed must be taken from the list."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Gap:
    """A check that is known to fail. `kind`: it will be mended (`not_yet`), or cannot be (`never`)."""

    kind: Literal["not_yet", "never"]
    reason: str


def not_yet(reason: str) -> Gap:
    """The plugin is to keep this clause, and does not yet."""
    return Gap("not_yet", _told(reason))


def never(reason: str) -> Gap:
    """The plugin cannot keep this clause, because of what the vendor's system is."""
    return Gap("never", _told(reason))


def check_gaps(gaps: Mapping[str, Gap], known: Collection[str]) -> None:
    """Raises ValueError for a gap in what is no check, and for what is no gap."""
    for id_, gap in gaps.items():
        if id_ not in known:
            raise ValueError(f"gaps names {id_!r}, which is no check: {', '.join(sorted(known))}")
        if not isinstance(gap, Gap):
            raise TypeError(f"gaps[{id_!r}] is no gap: not_yet(reason) or never(reason)")


def _told(reason: str) -> str:
    if len(reason.split()) < 3:
        raise ValueError("a gap says its reason, in a sentence")
    return reason
