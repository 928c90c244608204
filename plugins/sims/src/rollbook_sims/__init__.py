"""A source for Rollbook: SIMS. See docs/sims.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rollbook.contract import hookimpl

if TYPE_CHECKING:
    from rollbook.contract import Source

CONTRACT_VERSION = "1.0"


@hookimpl
def rollbook_sources() -> list[type[Source]]:
    """SIMS, by whichever of its ways the settings name."""
    from rollbook_sims.source import SimsSource

    return [SimsSource]
