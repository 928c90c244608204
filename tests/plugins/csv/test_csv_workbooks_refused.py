"""What is no workbook that can be read, and what would take too much room: refused before anything reads it."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from rollbook.contract import FixSettings, RetryLater
from rollbook_csv import extents, packed
from support.csv_files import refused
from support.csv_workbooks import BLANK_ROWS, DAY, HEADINGS, KINDS, edit, marks, saved
from support.workbooks import workbook

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
    edit(
        tmp_path / "marks.ods",
        "META-INF/manifest.xml",
        "/></manifest",
        "><manifest:encryption-data/></manifest:file-entry></manifest",
    )
    assert "protected by a password" in refused(FixSettings, tmp_path, marks="marks.ods")


def test_a_document_type_is_refused_before_anything_reads_it(tmp_path: Path) -> None:
    saved(tmp_path, "xlsx", ["1", DAY, "AM", "/"])
    edit(tmp_path / "marks.xlsx", "xl/workbook.xml", "<workbook ", '<!DOCTYPE x [<!ENTITY a "b">]><workbook ')
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
        edit(
            tmp_path / "marks.xlsx",
            "xl/worksheets/sheet1.xml",
            "</sheetData>",
            '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>',
        )
    else:
        edit(tmp_path / "marks.ods", "content.xml", "</table:table>", BLANK_ROWS.replace('"2"', '"1048000"') + _FAR_OFF)
    assert "has a cell far outside its table" in refused(FixSettings, tmp_path, marks=f"marks.{kind}")


_FAR_OFF = (
    '<table:table-row table:number-rows-repeated="500"><table:table-cell table:number-columns-repeated="16384" '
    'office:value-type="float" office:value="1"/></table:table-row></table:table>'
)


def test_blank_rows_to_the_end_of_an_ods_ask_for_no_room(tmp_path: Path) -> None:
    saved(tmp_path, "ods", ["1", DAY, "AM", "/"])
    edit(
        tmp_path / "marks.ods",
        "content.xml",
        "</table:table>",
        BLANK_ROWS.replace('"2"', '"1048574"') + "</table:table>",
    )
    assert marks(tmp_path, "ods") == [("1", DAY, "AM", "/")]


def test_how_far_a_sheet_reaches() -> None:
    sheet = workbook("xlsx", [HEADINGS, [*["x"] * 30]])
    with zipfile.ZipFile(io.BytesIO(sheet)) as read:
        extent = extents.of_xlsx({name: read.read(name) for name in read.namelist()}, 0)
    assert extent is not None
    assert extent.columns == 30
    assert extent.rows * extent.columns < extents.MOST_CELLS
