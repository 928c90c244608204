"""A column of a workbook in which some cells hold days and some only the text of one: when that refuses the file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from rollbook.contract import FixSettings
from rollbook.tables.schemas import Table
from support.csv_files import drop, marks_file, refused, rejects, rows
from support.csv_workbooks import DAY, HEADINGS, KINDS, marks, saved
from support.workbooks import Cell, workbook

OTHER = date(2026, 11, 3)
ONE, TWO = ["1", DAY, "AM", "/"], ["2", OTHER, "AM", "O"]


def pupils(folder: Path, *born: Cell) -> Path:
    drop(folder, marks=marks_file("1,02/11/2026,AM,/"))
    lines = [[str(number), day] for number, day in enumerate(born, 1)]
    (folder / "pupils.xlsx").write_bytes(workbook("xlsx", [["Adno", "DOB"], *lines]))
    return folder


@KINDS
def test_a_register_of_days_and_texts_is_refused_by_the_name_of_the_column_and_with_the_remedy(
    tmp_path: Path, kind: str
) -> None:
    """Opened where the month comes first, 02/11 became 11 February and 13/11 stayed text."""
    folder = saved(tmp_path, kind, ["1", date(2026, 2, 11), "AM", "/"], ["1", "13/11/2026", "AM", "/"])
    said = refused(FixSettings, folder, marks=f"marks.{kind}")
    assert "of the column Date, line 2 holds a day and line 3 only the text of one" in said
    assert "or, if its days are right, format the whole column as a date" in said


@KINDS
def test_a_column_that_is_not_read_refuses_nothing(tmp_path: Path, kind: str) -> None:
    folder = saved(tmp_path, kind, [*ONE, DAY], [*TWO, "13/11/2026"], headings=[*HEADINGS, "Last seen"])
    assert [mark[1] for mark in marks(folder, kind)] == [DAY, OTHER]


def test_a_day_below_the_totals_refuses_nothing(tmp_path: Path) -> None:
    folder = saved(tmp_path, "xlsx", ONE, TWO, ["Total", "2"], ["", "22/11/2026"])
    assert len(marks(folder, totals=["Total"])) == 2
    folder = saved(tmp_path, "xlsx", ONE, TWO, ["Printed", "22/11/2026"])
    assert len(marks(folder, totals=["Printed"])) == 2


def test_a_day_that_only_begins_as_totals_do_is_still_of_the_register(tmp_path: Path) -> None:
    folder = saved(tmp_path, "xlsx", ONE, ["Totalled", "13/11/2026", "AM", "/"], ["Total", "2"])
    assert "of the column Date" in refused(FixSettings, folder, marks="marks.xlsx", totals=["Total"])


@pytest.mark.parametrize("born", [(date(2016, 3, 10), "11/03/2016"), (date(2016, 3, 20), "21/03/2016")])
def test_a_birth_date_that_was_typed_as_text_is_set_aside_alone(tmp_path: Path, born: tuple[Cell, Cell]) -> None:
    """A program would have made a day of the first text, and cannot have made the 20th of March."""
    folder = pupils(tmp_path, *born)
    assert rows(Table.PUPILS, folder, pupils="pupils.xlsx")["dob"].to_list() == [born[0], None]
    (only,) = rejects(Table.PUPILS, folder, pupils="pupils.xlsx")
    assert (only.place, only.column) == ("pupils.xlsx, line 3", "DOB")
    assert "the value (not shown) is only the text of a day" in only.reason
    assert "format the whole column as a date" in only.reason


def test_birth_dates_of_which_a_program_seems_to_have_exchanged_some_are_refused(tmp_path: Path) -> None:
    folder = pupils(tmp_path, date(2016, 10, 3), date(2016, 1, 4), "25/03/2016")
    said = refused(FixSettings, folder, Table.PUPILS, pupils="pupils.xlsx")
    assert "of the column DOB, line 2 holds a day and line 4 only the text" in said
    assert "2016" not in said


def test_a_calendar_of_days_and_texts_is_refused(tmp_path: Path) -> None:
    lines = [[date(2026, 11, 20), "AM", "yes"], ["13/11/2026", "AM", "yes"]]
    (tmp_path / "calendar.xlsx").write_bytes(workbook("xlsx", [["Date", "AM/PM", "Open"], *lines]))
    drop(tmp_path, marks=marks_file("1,02/11/2026,AM,/"))
    assert "of the column Date" in refused(FixSettings, tmp_path, Table.SESSIONS, calendar="calendar.xlsx")
