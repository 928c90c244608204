"""A source for Rollbook: exported CSV files. See docs/csv.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rollbook.contract import hookimpl

if TYPE_CHECKING:
    from rollbook.contract import Source

CONTRACT_VERSION = "1.0"


@hookimpl
def rollbook_sources() -> list[type[Source]]:
    """The CSV source."""
    from rollbook_csv.source import CsvSource

    return [CsvSource]
