"""SIMS Next Gen keeps the contract: every check of the kit, against the simulator."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import pytest

from rollbook.testing import SourceConformance, not_yet
from rollbook.testing.kit.source_stage import EVENING
from rollbook_sims.simulator import NextGenSimulator
from rollbook_sims.source import SimsSource
from support.conformed import is_kept

OF_TOTALS_AND_SESSIONS = ("S09", "S10", "S11", "S20", "S21", "S27", "S28", "S39", "S40", "S41", "S43", "S56")


@pytest.fixture(autouse=True)
def _evening(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SimsSource, "today", staticmethod(lambda: EVENING))


class Telling(NextGenSimulator):
    """As the vendor's pages do not say: totals are told, sessions take a filter and have names."""

    counts = filters_sessions = named = True


@pytest.mark.slow
class TestSimsNextGen(SourceConformance):
    source = SimsSource
    simulator = NextGenSimulator
    gaps = {
        "S55": not_yet("Which entity has the addresses is not known: each return is filled in by hand."),
    }
    small_pages: ClassVar[dict[str, Any]] = {"page_size": 120}
    kept = False


@pytest.mark.slow
@pytest.mark.parametrize("id_", OF_TOTALS_AND_SESSIONS)
def test_it_is_kept_where_next_gen_tells_more(id_: str, tmp_path: Path) -> None:
    is_kept(id_, SimsSource, Telling, tmp_path, small_pages=TestSimsNextGen.small_pages)


@pytest.mark.long
class TestSimsNextGenThatTellsMore(SourceConformance):
    source = SimsSource
    simulator = Telling
    gaps = {"S55": TestSimsNextGen.gaps["S55"]}
    small_pages: ClassVar[dict[str, Any]] = {"page_size": 120}
    kept = False
