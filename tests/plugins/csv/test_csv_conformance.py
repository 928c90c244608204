"""The csv source keeps the contract: with a row for each mark, and in the other shapes of a register."""

from __future__ import annotations

from pathlib import Path

import pytest

from rollbook.testing import SourceConformance
from rollbook.testing.kit.source_stage import EVENING
from rollbook_csv.simulator import CsvSimulator, DaySimulator, GridSimulator, StringSimulator
from rollbook_csv.simulator_folder import FolderSimulator
from rollbook_csv.source import CsvSource
from support.conformed import is_kept

OTHER_SHAPES = (DaySimulator, GridSimulator, StringSimulator, FolderSimulator)
OF_THE_REGISTER = ("S09", "S12")
OF_THE_SHAPE = (
    *("S07", "S08", "S10", "S11", "S13", "S14", "S20", "S26", "S27"),
    *("S28", "S29", "S37", "S41", "S42", "S43", "S44"),
)


@pytest.fixture(autouse=True)
def _evening(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CsvSource, "today", staticmethod(lambda: EVENING))


class TestCsv(SourceConformance):
    source = CsvSource


@pytest.mark.parametrize("shape", OTHER_SHAPES)
@pytest.mark.parametrize("id_", OF_THE_REGISTER)
def test_it_is_kept_in_every_shape(id_: str, shape: type[CsvSimulator], tmp_path: Path) -> None:
    is_kept(id_, CsvSource, shape, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("shape", OTHER_SHAPES)
@pytest.mark.parametrize("id_", OF_THE_SHAPE)
def test_what_rests_on_the_shape_is_kept_in_each(id_: str, shape: type[CsvSimulator], tmp_path: Path) -> None:
    is_kept(id_, CsvSource, shape, tmp_path)


@pytest.mark.long
class TestCsvDay(SourceConformance):
    source = CsvSource
    simulator = DaySimulator
    kept = False


@pytest.mark.long
class TestCsvGrid(SourceConformance):
    source = CsvSource
    simulator = GridSimulator
    kept = False


@pytest.mark.long
class TestCsvString(SourceConformance):
    source = CsvSource
    simulator = StringSimulator
    kept = False


@pytest.mark.long
class TestCsvFolder(SourceConformance):
    source = CsvSource
    simulator = FolderSimulator
    kept = False
