"""A source for Rollbook: Wonde."""

from __future__ import annotations

from rollbook.contract import Source, hookimpl

CONTRACT_VERSION = "1.0"
"""The contract that this was built for."""


@hookimpl
def rollbook_sources() -> list[type[Source]]:
    """The source."""
    from rollbook_wonde.source import Wonde

    return [Wonde]
