"""Marks in a spreadsheet's workbook, `.xlsx` or `.ods`: each cell is what a person sees, its row is its line."""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rollbook.contract import FixSettings, Page, RetryLater, Window
from rollbook.tables.schemas import Table
from rollbook_csv import extents, packed, sheets
from rollbook_csv.values import DATE_FORMS
from support.csv_files import PUPILS, SCHOOL, SURNAME, UPN, drop, marks_of, pull, refused, rejects, rows, source
from support.workbooks import Cell, Fault, Formula, Rows, workbook

HEADINGS = ["Adno", "Date", "AM/PM", "Mark"]
DAY = date(2026, 11, 2)
KINDS = pytest.mark.parametrize("kind", ["xlsx", "ods"])


def saved(folder: Path, kind: str, *lines: list[Cell], headings: list[Cell] | None = None, **more: Any) -> Path:
    """The folder with those rows of marks under the headings."""
    folder.mkdir(parents=True, exist_ok=True)
    given: Rows = [headings or [*HEADINGS], *lines]
    (folder / f"marks.{kind}").write_bytes(workbook(kind, given, **more))
    return folder


def marks(folder: Path, kind: str = "xlsx", **settings: Any) -> list[tuple[Any, ...]]:
    return marks_of(rows(Table.MARKS, folder, marks=f"marks.{kind}", **settings))


@KINDS
@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("001234", "001234"),
        (1234, "1234"),
        (1234.0, "1234"),
        (12.5, "12.5"),
        (0.1 + 0.2, "0.3"),
        (800_000_000_123, "800000000123"),
        (Formula("1+1", 2), "2"),
        (Formula('"00"&1', "001"), "001"),
        ("two\nlines", "two lines"),
        (True, "TRUE"),
    ],
    ids=str,
)
def test_a_pupils_number_is_read_as_it_is_seen(tmp_path: Path, kind: str, cell: Cell, read: str) -> None:
    assert marks(saved(tmp_path, kind, [cell, DAY, "AM", "/"]), kind) == [(read, DAY, "AM", "/")]


@KINDS
@pytest.mark.parametrize("form", sorted(DATE_FORMS))
@pytest.mark.parametrize("cell", [DAY, datetime(2026, 11, 2, 8, 55), Formula("TODAY()", DAY)], ids=str)
def test_a_cell_that_holds_a_day_is_that_day_whatever_form_is_stated(
    tmp_path: Path, kind: str, cell: Cell, form: str
) -> None:
    assert marks(saved(tmp_path, kind, ["1", cell, "AM", "/"]), kind, date_form=form) == [("1", DAY, "AM", "/")]


@KINDS
def test_the_text_of_a_day_is_read_in_the_stated_form(tmp_path: Path, kind: str) -> None:
    assert marks(saved(tmp_path, kind, ["1", "02/11/2026", "AM", "/"]), kind) == [("1", DAY, "AM", "/")]


def test_a_workbook_that_counts_its_days_from_1904(tmp_path: Path) -> None:
    assert marks(saved(tmp_path, "xlsx", ["1", DAY, "AM", "/"], epoch=1904)) == [("1", DAY, "AM", "/")]


@KINDS
@pytest.mark.parametrize("mark", ["/", "\\", "#", "-", "=", "+", "C1", ";", ",", '"', "'"])
def test_every_mark_is_itself(tmp_path: Path, kind: str, mark: str) -> None:
    assert marks(saved(tmp_path, kind, ["1", DAY, "AM", mark]), kind) == [("1", DAY, "AM", mark)]


@KINDS
def test_a_blank_cell_is_no_mark(tmp_path: Path, kind: str) -> None:
    assert marks(saved(tmp_path, kind, ["1", DAY, "AM", None], ["1", DAY, "PM", ""]), kind) == [
        ("1", DAY, "AM", None),
        ("1", DAY, "PM", None),
    ]


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
        _edit(folder / "marks.ods", "content.xml", "<table:table-row></table:table-row>" * 2, _BLANK_ROWS)
    assert [one.place for one in rejects(Table.MARKS, folder, marks=f"marks.{kind}")] == [f"marks.{kind}, line 5"]


_BLANK_ROWS = (
    '<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="16384"/>'
    "</table:table-row>"
)


@KINDS
def test_a_row_that_is_set_aside_is_named_by_its_row_in_the_sheet(tmp_path: Path, kind: str) -> None:
    folder = saved(tmp_path, kind, ["1", DAY, "AM", "/"], [], ["1", "never", "AM", "/"], ["1", DAY, "noon", "/"])
    assert [(one.place, one.column) for one in rejects(Table.MARKS, folder, marks=f"marks.{kind}")] == [
        (f"marks.{kind}, line 4", "Date"),
        (f"marks.{kind}, line 5", "AM/PM"),
    ]


@KINDS
def test_a_workbook_of_another_profile_is_refused(tmp_path: Path, kind: str) -> None:
    folder = saved(tmp_path, kind, *[[str(n), "2/Nov", "AM", SURNAME] for n in range(30)])
    sentence = refused(FixSettings, folder, marks=f"marks.{kind}")
    assert "is not of this profile: 30 of its 30 rows cannot be read. The first is line 2, Date" in sentence


@KINDS
def test_days_of_which_a_program_has_misread_some_are_refused(tmp_path: Path, kind: str) -> None:
    """Opened where the month comes first, 02/11 became 11 February and 13/11 stayed text."""
    folder = saved(tmp_path, kind, ["1", date(2026, 2, 11), "AM", "/"], ["1", "13/11/2026", "AM", "/"])
    assert "line 2 holds a day and line 3 only the text of one" in refused(FixSettings, folder, marks=f"marks.{kind}")


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


COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("marks.xls", COMPOUND + b"\x00" * 600, "save it as .xlsx, .ods or CSV"),
        ("marks.xlsb", b"PK\x03\x04", "save it as .xlsx, .ods or CSV"),
        ("marks.xlsx", COMPOUND + b"\x00" * 600, "of the old form .xls"),
        ("marks.xlsx", COMPOUND + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        ("marks.xlsx", b"Adno,Date\n", "is no workbook, whatever its name says"),
        ("marks.ods", b"PK\x03\x04 and nothing more", "is cut off or damaged"),
        ("marks.csv", workbook("xlsx", [HEADINGS]), "let its name end in .xlsx or .ods"),
        ("marks.xlsx", b"", "is empty (0 bytes)"),
        ("marks.xlsx", workbook("xlsx", [[]]), "has no line of headings"),
        ("marks.xlsx", workbook("xlsx", {}), "has no sheet that is shown"),
        ("marks.xlsx", workbook("ods", [HEADINGS]), "cannot be read as a workbook"),
        ("marks.xlsx", workbook("xlsx", [HEADINGS]), "has headings and no rows"),
    ],
)
def test_what_is_no_workbook_that_can_be_read(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(data)
    assert said in refused(FixSettings, tmp_path, marks=name)


@KINDS
def test_a_workbook_that_is_open_is_waited_for(tmp_path: Path, kind: str) -> None:
    saved(tmp_path, kind, ["1", DAY, "AM", "/"])
    (tmp_path / f"~$marks.{kind}").write_bytes(b"x")
    assert "is open in a spreadsheet program" in refused(RetryLater, tmp_path, marks=f"marks.{kind}")


def test_an_ods_with_a_password(tmp_path: Path) -> None:
    saved(tmp_path, "ods", ["1", DAY, "AM", "/"])
    _edit(
        tmp_path / "marks.ods",
        "META-INF/manifest.xml",
        "/></manifest",
        "><manifest:encryption-data/></manifest:file-entry></manifest",
    )
    assert "protected by a password" in refused(FixSettings, tmp_path, marks="marks.ods")


def test_a_document_type_is_refused_before_anything_reads_it(tmp_path: Path) -> None:
    saved(tmp_path, "xlsx", ["1", DAY, "AM", "/"])
    _edit(tmp_path / "marks.xlsx", "xl/workbook.xml", "<workbook ", '<!DOCTYPE x [<!ENTITY a "b">]><workbook ')
    assert "has a document type" in refused(FixSettings, tmp_path, marks="marks.xlsx")


@KINDS
def test_a_workbook_that_unpacks_to_too_much_is_not_unpacked(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed, "MOST_BYTES", 5_000)
    saved(tmp_path, kind, *[["1", DAY, "AM", "/"]] * 500)
    assert "unpacks to more than" in refused(FixSettings, tmp_path, marks=f"marks.{kind}")


def test_a_workbook_that_lies_about_its_size_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(tmp_path, "xlsx", *[["1", DAY, "AM", "/"]] * 500)
    path = tmp_path / "marks.xlsx"
    with zipfile.ZipFile(path) as read:
        size = read.getinfo("xl/worksheets/sheet1.xml").file_size
    path.write_bytes(path.read_bytes().replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little")))
    monkeypatch.setattr(packed, "MOST_BYTES", 5_000)
    assert "unpacks to more than" in refused(FixSettings, tmp_path, marks="marks.xlsx")


@KINDS
def test_a_stray_cell_far_off_asks_for_no_room(tmp_path: Path, kind: str) -> None:
    saved(tmp_path, kind, ["1", DAY, "AM", "/"])
    if kind == "xlsx":
        _edit(
            tmp_path / "marks.xlsx",
            "xl/worksheets/sheet1.xml",
            "</sheetData>",
            '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>',
        )
    else:
        _edit(
            tmp_path / "marks.ods", "content.xml", "</table:table>", _BLANK_ROWS.replace('"2"', '"1048000"') + _FAR_OFF
        )
    assert "has a cell far outside its table" in refused(FixSettings, tmp_path, marks=f"marks.{kind}")


_FAR_OFF = (
    '<table:table-row table:number-rows-repeated="500"><table:table-cell table:number-columns-repeated="16384" '
    'office:value-type="float" office:value="1"/></table:table-row></table:table>'
)


def test_blank_rows_to_the_end_of_an_ods_ask_for_no_room(tmp_path: Path) -> None:
    saved(tmp_path, "ods", ["1", DAY, "AM", "/"])
    _edit(
        tmp_path / "marks.ods",
        "content.xml",
        "</table:table>",
        _BLANK_ROWS.replace('"2"', '"1048574"') + "</table:table>",
    )
    assert marks(tmp_path, "ods") == [("1", DAY, "AM", "/")]


def test_how_far_a_sheet_reaches() -> None:
    sheet = workbook("xlsx", [HEADINGS, [*["x"] * 30]])
    with zipfile.ZipFile(io.BytesIO(sheet)) as read:
        extent = extents.of_xlsx({name: read.read(name) for name in read.namelist()}, 0)
    assert extent is not None
    assert extent.columns == 30
    assert extent.rows * extent.columns < extents.MOST_CELLS


def _edit(path: Path, part: str, old: str, new: str) -> None:
    """The workbook with something else in one of its parts."""
    with zipfile.ZipFile(path) as read:
        parts = {name: read.read(name) for name in read.namelist()}
    text = parts[part].decode()
    assert old in text
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as write:
        for name, data in parts.items():
            write.writestr(name, text.replace(old, new) if name == part else data)


def _is_a_mark(text: str) -> bool:
    """Text as a cell may hold it: without space around it, and no formula's error, which is set aside."""
    return text == text.strip() and re.match(sheets.ERRORS, text) is None


WRITTEN = st.lists(
    st.tuples(
        st.one_of(st.text("0123456789ABé\"',;|#\\", min_size=1, max_size=8), st.integers(0, 10**9)),
        st.integers(0, 4000),
        st.sampled_from(["AM", "PM"]),
        st.text("/\\#-=+@ABCIJLNOUYZ0129 '\",;|\téëü", max_size=6).filter(_is_a_mark),
    ),
    min_size=1,
    max_size=12,
)


def _read_back(contents: bytes, kind: str) -> list[tuple[Any, ...]]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / f"marks.{kind}").write_bytes(contents)
        window = Window(date(2020, 1, 1), date(2031, 1, 1))
        items = list(source(Path(folder), marks=f"marks.{kind}").pull(Table.MARKS, SCHOOL, window, None))
    return marks_of(pl.concat([item.rows for item in items if isinstance(item, Page)]))


@settings(max_examples=60, deadline=None)
@given(WRITTEN, st.sampled_from(["xlsx", "ods"]))
def test_marks_written_in_a_workbook_are_read_back_exactly(written: list[Any], kind: str) -> None:
    days = [date(2020, 1, 1) + timedelta(days=days) for _, days, _, _ in written]
    lines = [[key, day, session, mark] for day, (key, _, session, mark) in zip(days, written, strict=True)]
    meant = [(str(key), day, session, mark or None) for key, day, session, mark in lines]
    assert _read_back(workbook(kind, [HEADINGS, *lines]), kind) == meant


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["xlsx", "ods"]), st.data())
def test_a_damaged_workbook_never_yields_a_mark_that_was_not_there(kind: str, data: st.DataObject) -> None:
    lines: list[list[Cell]] = [[f"{UPN}{n}", DAY, "AM", mark] for n, mark in enumerate("/\\IOCN")]
    whole = workbook(kind, [HEADINGS, *lines])
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(len(whole), start + 20)))
    damaged = whole[:start] + data.draw(st.binary(max_size=12)) + whole[end:]
    try:
        found = _read_back(damaged, kind)
    except (FixSettings, RetryLater):
        return
    assert found == [tuple(line) for line in lines]
