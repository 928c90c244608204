"""The Arbor sources keep the contract: by GraphQL, by REST, and by saved reports."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from rollbook.tables.schemas import Table
from rollbook.testing import SourceConformance
from rollbook.testing.kit.source_stage import EVENING
from rollbook.testing.schools import MadeSchool
from rollbook_arbor.live_feed.source import ArborLiveFeed
from rollbook_arbor.simulator import ArborSimulator
from rollbook_arbor.source import ArborSource
from support.conformed import is_kept

BY_REST = (
    *("S01", "S04", "S05", "S06", "S09", "S10", "S12", "S13", "S14", "S15", "S17"),
    *("S20", "S25", "S27", "S28", "S29", "S30"),
)
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
        """A report says of half days, and of who does not live with a pupil, what Arbor's own API cannot. The one of
        the roll has no column of boarders here.
        """
        said = {table: self._held[table] for table in (Table.SESSIONS, Table.CONTACTS)}
        own = super().readable()
        return own | said | {Table.ROLL: own[Table.ROLL].drop("boarder")}


class TestArbor(SourceConformance):
    source = ArborSource
    settings = FLAGS
    small_pages = {"page_size": 50}
    pupils = 17


class TestArborLiveFeed(SourceConformance):
    source = ArborLiveFeed
    simulator = Reports


@pytest.mark.slow
@pytest.mark.parametrize("id_", BY_REST)
def test_it_is_kept_by_rest_too(id_: str, tmp_path: Path) -> None:
    """Where GraphQL is refused, a record takes a request: no check that pulls often, and only a few pupils."""
    settings = FLAGS | {"route": "rest", "at_once": 1, "cache": "details"}
    is_kept(id_, ArborSource, ArborSimulator, tmp_path, pupils=4, settings=settings, small_pages={"page_size": 20})
