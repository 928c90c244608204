"""A register with a row for each pupil and day."""

from __future__ import annotations

from pathlib import Path

import pytest

from rollbook.contract import FixSettings
from support.csv_files import drop, refused
from support.csv_shapes import MON, OTHER, REGISTER, given

DAY_FILE = "Adno,Date,AM,PM\n001,02/11/2026,/,\\\n001,03/11/2026,C1,\n002,02/11/2026,-,#\n002,03/11/2026,=,+\n"


def test_a_row_for_each_pupil_and_day(tmp_path: Path) -> None:
    assert given(tmp_path, DAY_FILE, shape="day") == [*REGISTER, *OTHER]


@pytest.mark.parametrize("headings", ["AM Mark,PM Mark", "Morning,Afternoon", "am,pm"])
def test_the_usual_headings_of_morning_and_afternoon(tmp_path: Path, headings: str) -> None:
    text = f"Adno,Date,{headings}\n001,02/11/2026,/,N\n"
    assert given(tmp_path, text, shape="day") == [("001", MON, "AM", "/"), ("001", MON, "PM", "N")]


def test_one_column_of_marks_is_no_day(tmp_path: Path) -> None:
    folder = drop(tmp_path, marks="Adno,Date,AM\n001,02/11/2026,/\n")
    assert "marks.csv has no column for pm_mark" in refused(FixSettings, folder, shape="day")
