"""Pupils and roll out of a register of another shape than a row for each mark."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from rollbook.tables.schemas import Table
from rollbook_csv.source import CsvSource
from support.csv_files import drop, rows
from support.csv_shapes import FRI, TUE, grid


@pytest.fixture(autouse=True)
def _evening(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CsvSource, "today", staticmethod(lambda: FRI))


DRAWN = {
    "day": "Adno,DOB,Year,Date,AM,PM\n001,10/03/2014,Y6,02/11/2026,/,\n002,10/03/2014,Y5,02/11/2026,Z,\n"
    "002,10/03/2014,Y5,03/11/2026,N,N\n",
    "grid": grid("DOB,Year,02/11/2026 AM,03/11/2026 AM", "001,10/03/2014,Y6,/,/", "002,10/03/2014,Y5,,N"),
    "string": "Adno,DOB,Year,Start Date,Marks\n001,10/03/2014,Y6,02/11/2026,/\\\n002,10/03/2014,Y5,03/11/2026,NN\n",
}


@pytest.mark.parametrize("shape", list(DRAWN))
def test_pupils_and_roll_are_drawn_from_every_shape(tmp_path: Path, shape: str) -> None:
    folder = drop(tmp_path, marks=DRAWN[shape])
    settings = {"shape": shape} | ({"string_days": "all"} if shape == "string" else {})
    roll = rows(Table.ROLL, folder, **settings)
    assert roll.select("pupil", "from", "year_group").rows() == [("001", date(2026, 8, 1), 6), ("002", TUE, 5)]
    assert rows(Table.PUPILS, folder, **settings)["dob"].to_list() == [date(2014, 3, 10)] * 2


def test_a_first_day_that_is_blank_for_everybody_lets_nobody_begin_later(tmp_path: Path) -> None:
    folder = drop(tmp_path, marks=grid("DOB,02/11/2026 AM,03/11/2026 AM", "001,10/03/2014,,/", "002,10/03/2014,,N"))
    assert rows(Table.ROLL, folder, shape="grid")["from"].to_list() == [date(2026, 8, 1)] * 2


@pytest.mark.parametrize("shape", list(DRAWN))
def test_a_roll_that_is_drawn_says_the_first_mark_it_is_drawn_from(tmp_path: Path, shape: str) -> None:
    settings = {"shape": shape} | ({"string_days": "all"} if shape == "string" else {})
    roll = rows(Table.ROLL, drop(tmp_path, marks=DRAWN[shape]), **settings)
    assert roll["first_mark"].to_list() == [date(2026, 11, 2), TUE]
