"""The sheets of a workbook: which is read, as which file, and a grid in one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from rollbook.contract import FixSettings
from rollbook.tables.schemas import Table
from support.csv_files import PUPILS, SURNAME, drop, marks_of, pull, refused, rows
from support.csv_workbooks import DAY, HEADINGS, KINDS, marks, saved
from support.workbooks import Fault, Rows, workbook


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
