"""The simulator's exports, read by the source, give what the made-up school's MIS holds that evening."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from rollbook.contract import Client, Page, Window
from rollbook.tables.schemas import Table
from rollbook.testing.schools import MadeSchool, make_school
from rollbook_csv.simulator import CsvSimulator
from rollbook_csv.source import CsvSource

FIRST, LAST = date(2026, 9, 1), date(2026, 11, 20)


@pytest.fixture(scope="module")
def school() -> MadeSchool:
    return make_school("special", 900003, 60, 4, FIRST, LAST)


@pytest.mark.parametrize("evening", [LAST - timedelta(days=1), LAST])
@pytest.mark.parametrize("table", sorted(CsvSource.tables))
def test_what_is_published_is_read_back(tmp_path: Path, school: MadeSchool, table: Table, evening: date) -> None:
    simulator = CsvSimulator(tmp_path / "drop", school)
    simulator.publish(LAST - timedelta(days=1))
    simulator.publish(evening)
    source = CsvSource(CsvSource.Settings().load(simulator.settings), Client())
    page, _ = source.pull(table, source.schools()[0], Window(FIRST, LAST), None)
    assert isinstance(page, Page)
    assert not page.rejects
    held = school.known_on(evening)[table]
    columns = [column for column in page.rows.columns if column != "line"]
    assert page.rows.select(columns).sort(columns).equals(held.select(columns).sort(columns))


def test_nothing_unfinished_is_left_and_closing_twice_does_no_harm(tmp_path: Path, school: MadeSchool) -> None:
    simulator = CsvSimulator(tmp_path / "drop", school)
    simulator.publish(LAST)
    assert {path.suffix for path in (tmp_path / "drop").iterdir()} == {".csv"}
    simulator.close()
    simulator.close()
