"""The error of a formula in a workbook: it is no blank, wherever its cell stands and however the file says where."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from rollbook.contract import FixSettings
from rollbook.tables.schemas import Table
from support.csv_files import marks_of, pull, refused, rejects
from support.csv_workbooks import BLANK_ROWS, DAY, HEADINGS, KINDS, edit, marks, rewrite, saved
from support.workbooks import Cell, Fault, Rows, workbook

SHEET = "xl/worksheets/sheet1.xml"


@KINDS
@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#NAME?", "#DIV/0!"])
def test_the_error_of_a_formula_is_no_blank_mark(tmp_path: Path, kind: str, error: str) -> None:
    """A blank would say that there was no mark, and one that was known before would count as deleted."""
    folder = saved(tmp_path, kind, ["1", DAY, "AM", Fault(error)], ["1", DAY, "PM", "\\"])
    pages, done = pull(Table.MARKS, folder, marks=f"marks.{kind}")
    assert marks_of(pages[0].rows) == [("1", DAY, "PM", "\\")]
    assert [(one.place, one.column) for one in pages[0].rejects] == [(f"marks.{kind}, line 2", "Mark")]
    assert "has the error of a formula" in pages[0].rejects[0].reason
    assert done.covers is None


@KINDS
def test_an_error_in_a_column_that_is_not_read_is_no_matter(tmp_path: Path, kind: str) -> None:
    folder = saved(tmp_path, kind, ["1", DAY, "AM", "/", Fault("#N/A")], headings=[*HEADINGS, "Total"])
    assert marks(folder, kind) == [("1", DAY, "AM", "/")]


@KINDS
def test_an_error_is_found_behind_cells_and_rows_that_stand_for_many(tmp_path: Path, kind: str) -> None:
    """In an .ods a repeated blank is written once, with how often it stands."""
    folder = saved(
        tmp_path, kind, [], [], [None, None, None, None], ["1", DAY, "AM", Fault("#REF!")], ["1", DAY, "PM", "/"]
    )
    if kind == "ods":
        edit(folder / "marks.ods", "content.xml", "<table:table-row></table:table-row>" * 2, BLANK_ROWS)
    assert [one.place for one in rejects(Table.MARKS, folder, marks=f"marks.{kind}")] == [f"marks.{kind}, line 5"]


@KINDS
@pytest.mark.parametrize(("above", "left"), [(2, 0), (0, 2), (3, 1)])
def test_an_error_is_found_in_a_table_that_does_not_begin_at_the_first_cell(
    tmp_path: Path, kind: str, above: int, left: int
) -> None:
    lines: list[list[Cell]] = [[*HEADINGS], ["1", DAY, "AM", Fault("#N/A")], ["1", DAY, "PM", "/"]]
    table: Rows = [*[[]] * above, *[[*[None] * left, *line] for line in lines]]
    (tmp_path / f"marks.{kind}").write_bytes(workbook(kind, table))
    pages, done = pull(Table.MARKS, tmp_path, marks=f"marks.{kind}")
    assert marks_of(pages[0].rows) == [("1", DAY, "PM", "/")]
    assert [one.place for one in pages[0].rejects] == [f"marks.{kind}, line {above + 2}"]
    assert done.covers is None


def _nowhere(sheet: str) -> str:
    return re.sub(r' r="[A-Z]*[0-9]+"', "", sheet)


def _some_nowhere(sheet: str) -> str:
    return re.sub(r' r="[BD][0-9]+"', "", sheet)


def _small_letters(sheet: str) -> str:
    return re.sub(r' r="([A-Z])([0-9]+)"', lambda at: f' r="{at[1].lower()}{at[2]}"', sheet)


def _spaced(sheet: str) -> str:
    return sheet.replace(' t="e"', " t = 'e'").replace(' r="', ' r = "')


@pytest.mark.parametrize("written", [_nowhere, _some_nowhere, _small_letters, _spaced])
def test_a_cell_that_does_not_say_where_it_is_in_the_usual_way(tmp_path: Path, written: Callable[[str], str]) -> None:
    """The standard lets a cell leave its place out: then it is the next one of its row."""
    folder = saved(tmp_path, "xlsx", ["1", DAY, "AM", "/"], ["1", DAY, "PM", Fault("#N/A")], ["2", DAY, "AM", "N"])
    rewrite(folder / "marks.xlsx", SHEET, written)
    assert marks(folder) == [("1", DAY, "AM", "/"), ("2", DAY, "AM", "N")]
    assert [one.place for one in rejects(Table.MARKS, folder, marks="marks.xlsx")] == ["marks.xlsx, line 3"]


def test_cells_that_do_not_say_where_they_are_ask_for_no_room_either(tmp_path: Path) -> None:
    folder = saved(tmp_path, "xlsx", ["1", DAY, "AM", "/"])
    wide = f"<row>{'<c><v>1</v></c>' * 16_000}</row>" + "<row><c><v>1</v></c></row>" * 1_500
    rewrite(folder / "marks.xlsx", SHEET, lambda sheet: sheet.replace("</sheetData>", f"{wide}</sheetData>"))
    assert "has a cell far outside its table" in refused(FixSettings, folder, marks="marks.xlsx")


def test_a_place_that_is_none_is_damage(tmp_path: Path) -> None:
    folder = saved(tmp_path, "xlsx", ["1", DAY, "AM", "/"])
    rewrite(folder / "marks.xlsx", SHEET, lambda sheet: sheet.replace('"D2"', '"$D$2"'))
    assert "cannot be read as a workbook" in refused(FixSettings, folder, marks="marks.xlsx")
