"""The sheets of a workbook: which is read, as which file, and a grid in one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from rollbook.contract import FixSettings
from rollbook.tables.schemas import Table
from support.csv_files import PUPILS, SURNAME, drop, marks_of, pull, refused, rows
from support.csv_workbooks import DAY, HEADINGS, KINDS, marks, saved
from support.workbooks import Cell, Fault, Rows, workbook


@KINDS
def test_a_grid_has_cells_for_headings_and_titles_above_them(tmp_path: Path, kind: str) -> None:
    grid: Rows = [
        ["Attendance, autumn term"],
        [],
        ["Adno", DAY, DAY, "Total"],
        ["001", "/", "\\", Fault("#DIV/0!")],
        ["002", Fault("#N/A"), "C1", 7],
        *[[f"1{n:02}", "/", "\\", 1] for n in range(30)],
    ]
    (tmp_path / f"marks.{kind}").write_bytes(workbook(kind, grid))
    pages, done = pull(Table.MARKS, tmp_path, marks=f"marks.{kind}", shape="grid", headings_line=3)
    assert marks_of(pages[0].rows)[:3] == [
        ("001", DAY, "AM", "/"),
        ("001", DAY, "PM", "\\"),
        ("002", DAY, "PM", "C1"),
    ]
    assert [(one.place, one.column) for one in pages[0].rejects] == [(f"marks.{kind}, line 5", "02/11/2026")]
    assert done.covers is None


@KINDS
@pytest.mark.parametrize("titles", [0, 2])
@pytest.mark.parametrize("form", ["dd/mm/yyyy", "yyyy-mm-dd"])
def test_headings_of_days_of_which_a_program_has_misread_some_are_refused(
    tmp_path: Path, kind: str, titles: int, form: str
) -> None:
    """Opened where the month comes first, 03/11 and 12/11 became 11 March and 11 December; 13/11 stayed text."""
    days: list[Cell] = [date(2026, 3, 11), date(2026, 12, 11), "13/11/2026"]
    table: Rows = [*[["Autumn term"]] * titles, ["Adno", *(day for day in days for _ in "AP")], ["1", *"//////"]]
    (tmp_path / f"marks.{kind}").write_bytes(workbook(kind, table))
    line = titles + 1 if titles else None
    told = refused(FixSettings, tmp_path, marks=f"marks.{kind}", shape="grid", date_form=form, headings_line=line)
    assert f"line {titles + 1}: of its headings, that of column 2 holds a day and that of column 6 only the" in told
    assert "format the line of headings as text and export again" in told


@KINDS
def test_headings_of_days_all_of_which_a_program_has_misread_are_refused(tmp_path: Path, kind: str) -> None:
    days: list[Cell] = [date(2026, month, 11) for month in (2, 3, 4)]
    (tmp_path / f"marks.{kind}").write_bytes(
        workbook(kind, [["Adno", *(day for day in days for _ in "AP")], ["1", *"//////"]])
    )
    assert "go from 2026-02-11 to 2026-03-11 at once" in refused(
        FixSettings, tmp_path, marks=f"marks.{kind}", shape="grid"
    )


def test_the_first_sheet_that_is_shown_is_read(tmp_path: Path) -> None:
    sheets: dict[str, Rows] = {"Lists": [["x"]], "Register": [HEADINGS, ["1", DAY, "AM", "/"]], "More": [["y"]]}
    (tmp_path / "marks.xlsx").write_bytes(workbook("xlsx", sheets, hidden=["Lists"]))
    assert marks(tmp_path) == [("1", DAY, "AM", "/")]


@KINDS
def test_one_workbook_may_hold_the_files_as_sheets(tmp_path: Path, kind: str) -> None:
    sheets: dict[str, Rows] = {
        "Notes": [["x"]],
        "Children": [["Adno", "DOB", "Surname"], ["001", date(2016, 3, 10), "O’Neill"]],
        "Register": [HEADINGS, ["001", DAY, "AM", "/"]],
    }
    (tmp_path / f"school.{kind}").write_bytes(workbook(kind, sheets))
    stated = {
        "marks": f"school.{kind}",
        "pupils": f"school.{kind}",
        "sheet": {"marks": "Register", "pupils": "Children"},
    }
    assert marks_of(rows(Table.MARKS, tmp_path, **stated)) == [("001", DAY, "AM", "/")]
    assert rows(Table.PUPILS, tmp_path, **stated).select("pupil", "dob", "surname").rows() == [
        ("001", date(2016, 3, 10), "O’Neill")
    ]


def test_a_sheet_that_is_not_there_is_named_and_no_other_for_one_may_have_a_pupils_name(tmp_path: Path) -> None:
    (tmp_path / "marks.xlsx").write_bytes(workbook("xlsx", {SURNAME: [HEADINGS]}))
    assert 'has no sheet named "Register" among its 1' in refused(
        FixSettings, tmp_path, marks="marks.xlsx", sheet="Register"
    )


def test_files_of_text_stand_beside_a_workbook(tmp_path: Path) -> None:
    folder = drop(saved(tmp_path, "xlsx", ["001234", DAY, "AM", "/"]), pupils=PUPILS)
    assert rows(Table.PUPILS, folder, marks="marks.xlsx")["pupil"].to_list() == ["001234"]
