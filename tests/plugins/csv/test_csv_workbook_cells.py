"""The cells of a workbook, `.xlsx` or `.ods`: each is what a person sees, and its row is its line."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from rollbook.contract import FixSettings
from rollbook.tables.schemas import Table
from rollbook_csv.values import DATE_FORMS
from support.csv_files import SURNAME, refused, rejects
from support.csv_workbooks import DAY, KINDS, marks, saved
from support.workbooks import Cell, Formula


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
