"""A source for Rollbook: Arbor, through GraphQL and REST, and the Live Feed of a saved report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rollbook.contract import hookimpl

if TYPE_CHECKING:
    from rollbook.contract import Source

CONTRACT_VERSION = "1.0"


@hookimpl
def rollbook_sources() -> list[type[Source]]:
    """Arbor's interface, and a report that somebody saved there."""
    from rollbook_arbor.live_feed.source import ArborLiveFeed
    from rollbook_arbor.source import ArborSource

    return [ArborSource, ArborLiveFeed]
