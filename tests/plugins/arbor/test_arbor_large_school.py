"""A night at a school of 1,000 pupils takes few requests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from rollbook.contract import Window
from rollbook.tables.schemas import Table
from rollbook_arbor.simulator import ArborSimulator
from support.arbor import EVENING, PEOPLE, arbor, pulled, source

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ArborSimulator]:
    with arbor(tmp_path_factory.mktemp("arbor"), EVENING, pupils=1000) as simulator:
        yield simulator


def last_days(number: int) -> Window:
    return Window(EVENING - timedelta(days=number - 1), EVENING)


def test_a_night_that_reads_30_days_again_asks_once_for_2000_marks_at_most(
    office: ArborSimulator, tmp_path: Path
) -> None:
    window = last_days(30)
    before = {
        table: pulled(source(office, tmp_path), table, window=Window(date(2026, 11, 19), EVENING))[2].checkpoint
        for table in (*PEOPLE, Table.MARKS)
    }
    reading = source(office, tmp_path)
    office.requests.clear()
    for table in PEOPLE:
        pulled(reading, table, before[table], window)
    of_people = len(office.requests)
    rows, _, _ = pulled(reading, Table.MARKS, before[Table.MARKS], window)
    print(f"{len(rows)} marks; {of_people} requests for people, {len(office.requests) - of_people} for marks")
    assert len(rows) > 30_000
    assert len(office.requests) <= len(rows) / 2000
