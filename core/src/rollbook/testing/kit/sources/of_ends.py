"""Clause 5: how a pull ends."""

from __future__ import annotations

from rollbook.contract import Page
from rollbook.tables.schemas import Table
from rollbook.testing.kit.check import must, required
from rollbook.testing.kit.source_stage import SourceStage

_STOPS = 8


@required("S25", "5.7")
def stopped_anywhere(stage: SourceStage) -> None:
    """Stopped after any page, and pulled again, it gives the same rows."""
    pages = sum(isinstance(item, Page) for item in stage.items(Table.MARKS, source=stage.made(**stage.small_pages)))
    for stop in range(0, pages, max(1, pages // _STOPS)):
        items = stage.items(Table.MARKS, source=stage.made(**stage.small_pages))
        for _ in range(stop + 1):
            next(items, None)
        items.close()  # type: ignore[attr-defined]
        other = stage.unlike(Table.MARKS, stage.pull(Table.MARKS, source=stage.made(**stage.small_pages)).rows)
        must(not other, f"stopped after page {stop + 1} and pulled again: {other}")
