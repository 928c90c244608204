"""The Arbor sources keep the contract: by GraphQL, by REST, and by saved reports."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from rollbook.tables.schemas import Table
from rollbook.testing import SourceConformance, never
from rollbook.testing.kit.source_stage import EVENING
from rollbook.testing.schools import MadeSchool
from rollbook_arbor.live_feed.source import ArborLiveFeed
from rollbook_arbor.simulator import ArborSimulator
from rollbook_arbor.source import ArborSource

FLAGS: dict[str, Any] = {"flags": ["looked_after", "child_protection", "sen", "fsm"]}


@pytest.fixture(autouse=True)
def _evening(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ArborSource, "today", staticmethod(lambda: EVENING))


class Reports(ArborSimulator):
    """The same office, with the settings of its saved reports."""

    def __init__(self, folder: Path, school: MadeSchool) -> None:
        super().__init__(folder, school)
        self.settings: dict[str, Any] = self.feed_settings

    def readable(self) -> dict[Table, pl.DataFrame]:
        """A report says of half days, and of who does not live with a pupil, what Arbor's own API cannot."""
        said = {table: self._held[table] for table in (Table.SESSIONS, Table.CONTACTS)}
        return super().readable() | said


class TestArbor(SourceConformance):
    source = ArborSource
    settings = FLAGS
    small_pages = {"page_size": 50}


@pytest.mark.slow
class TestArborByRest(SourceConformance):
    source = ArborSource
    settings = FLAGS | {"route": "rest", "at_once": 1, "cache": "details"}
    small_pages = {"page_size": 20}
    pupils = 4
    gaps = {
        "S02": never("By REST Arbor gives one record for each request, and check reads a whole table of marks."),
        "S49": never("By REST Arbor gives one record for each request; those that are kept are not asked for again."),
    }


class TestArborLiveFeed(SourceConformance):
    source = ArborLiveFeed
    simulator = Reports
    gaps = {"S41": never("A saved report has no pages and does not say how many rows it has.")}
