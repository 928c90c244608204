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
