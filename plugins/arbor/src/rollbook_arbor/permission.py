"""What may not be read. REST gives an empty list for it, and GraphQL names it: neither is taken for "there is none"."""

from __future__ import annotations

from collections.abc import Iterable

from rollbook.contract import NeedsCredentials


def may_not_read(names: str | Iterable[str], host: str = "This school's Arbor") -> NeedsCredentials:
    """The error for an entity, or for properties of entities, that this application may not read."""
    told = names if isinstance(names, str) else ", ".join(sorted(names))
    return NeedsCredentials(
        f"{host} shows nothing of {told}: ask the school to approve reading it for this application (in Arbor: "
        f"System > Partner Apps).",
        detail=f"no permission for {told}",
    )
