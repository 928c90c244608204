"""The source: saved reports of one school, read as Live Feeds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, ClassVar

import polars as pl

from rollbook.contract import (
    Checkpoint,
    Client,
    Done,
    Page,
    Reject,
    Remark,
    SchoolRef,
    Secret,
    Settings,
    Source,
    Window,
)
from rollbook.tables.schemas import Table
from rollbook_arbor.api import connected
from rollbook_arbor.live_feed.columns import page_of
from rollbook_arbor.live_feed.headings import READ
from rollbook_arbor.live_feed.report import fetch
from rollbook_arbor.live_feed.settings import LiveFeedSettings
from rollbook_arbor.one_school import OneSchool


class ArborLiveFeed(Source):
    """Reports that somebody at the school built and saved, a table each; pupils and roll may be one report.

    A report is read whole at each pull. The marks' report decides how far back that is: marks of days that it does
    not have are not taken for deleted.
    """

    name: ClassVar[str] = "arbor_live_feed"
    Settings: ClassVar[type[Settings]] = LiveFeedSettings
    tables: ClassVar[frozenset[Table]] = frozenset(READ)
    window_days: ClassVar[int | None] = None

    def __init__(self, settings: Mapping[str, Any], client: Client) -> None:
        super().__init__(settings, client)
        self._school = OneSchool(self.settings["host"])

    def check(self) -> Iterator[Remark]:
        """Each report: how many rows, and the newest day of marks."""
        for table in (table for table in READ if self._address(table) is not None):
            frame, rejects = self._read(table)
            said = f"the report of {table.value} has {len(frame):,} rows" + _newest(table, frame)
            lost = f"; {len(rejects)} cannot be read" if rejects else ""
            yield Remark(bool(len(frame)) and not rejects, said + lost)

    def schools(self) -> list[SchoolRef]:
        """The one school of this host."""
        return [SchoolRef(self.settings["host"])]

    def pull(
        self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None
    ) -> Iterator[Page | Done]:
        """As `Source.pull`. A table without a report is answered without a page: it is not known."""
        self._school.check(school)
        if self._address(table) is None:
            yield Done()
            return
        frame, rejects = self._read(table)
        origin = f"{self.settings['host']}, the report of {table.value}"
        if table is not Table.MARKS:
            yield Page(frame.unique(maintain_order=True), rejects=rejects, origin=origin)
            yield Done()
            return
        inside = frame.filter(pl.col("date").is_between(window.first, window.last))
        yield Page(inside, rejects=rejects, origin=origin)
        yield Done(covers=None if rejects else _covered(inside))

    def _address(self, table: Table) -> Secret | None:
        given = self.settings[table.value]
        if given is None and table is Table.ROLL:
            given = self.settings[Table.PUPILS.value]
        return given if isinstance(given, Secret) else None

    def _read(self, table: Table) -> tuple[pl.DataFrame, list[Reject]]:
        address = self._address(table)
        assert address is not None
        with connected(self.settings, self.client) as api:
            rows = fetch(api, self.settings["host"], address, table)
        return page_of(table, rows, self.settings, self.settings["host"])


def _newest(table: Table, frame: pl.DataFrame) -> str:
    newest = frame.get_column("date").max() if table is Table.MARKS else None
    return f", the newest of {newest.isoformat()}" if isinstance(newest, date) else ""


def _covered(marks: pl.DataFrame) -> Window | None:
    """From the first to the last day of the report: what it has no row of there, it would have had."""
    if marks.is_empty():
        return None
    first, last = marks.select(first=pl.col("date").min(), last=pl.col("date").max()).row(0)
    return Window(first, last)
