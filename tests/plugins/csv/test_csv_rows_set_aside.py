"""A bad row is set aside with its place and column, and the others pass; a file of bad rows is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from rollbook.contract import FixSettings
from rollbook.tables.schemas import Table
from support.csv_files import PUPILS, SURNAME, drop, good_lines, marks_file, refused, rejects, rows


def test_a_date_in_another_form_is_set_aside_with_its_line(tmp_path: Path) -> None:
    folder = drop(tmp_path, marks=marks_file(*good_lines(3), "001234,2026-11-02,AM,/"))
    (reject,) = rejects(Table.MARKS, folder)
    assert (reject.place, reject.column, reject.kind) == ("marks.csv, line 5", "Date", "malformed")
    assert reject.reason == (
        "Date: '2026-11-02' is not a day in the form dd/mm/yyyy, which the settings state. "
        "Correct it in the MIS, and export again"
    )


@pytest.mark.parametrize(
    "written", ["31/02/2026", "02/13/2026", "02/11/26", "2/11/0026", "", "02-11-2026", "٠٢/11/2026"]
)
def test_a_day_that_there_is_not_is_never_guessed(tmp_path: Path, written: str) -> None:
    folder = drop(tmp_path, marks=marks_file(*good_lines(3), f"001234,{written},AM,/"))
    assert len(rejects(Table.MARKS, folder)) == 1
    assert rows(Table.MARKS, folder).height == 3


def test_a_whole_file_of_dates_in_another_form_is_refused(tmp_path: Path) -> None:
    folder = drop(tmp_path, marks=marks_file(*good_lines(50)))
    sentence = refused(FixSettings, folder, date_form="yyyy-mm-dd")
    assert sentence.startswith(
        "marks.csv is not of this profile: 50 of its 50 rows cannot be read. The first is line 2"
    )
    assert "'02/11/2026' is not a day in the form yyyy-mm-dd" in sentence


def test_a_file_beside_the_marks_in_another_form_is_told_to_be_exported_like_them(tmp_path: Path) -> None:
    folder = drop(tmp_path, marks=marks_file("001234,02-Nov-2026,AM,/"), pupils=PUPILS)
    sentence = refused(FixSettings, folder, Table.PUPILS, date_form="dd-mmm-yyyy")
    assert sentence.endswith(
        "Every file of a folder must write days alike: by date_form the marks have 03-Sep-2026, and this file "
        "03/09/2026: export both alike."
    )
    assert "10/03/2014" not in sentence


def test_up_to_one_row_in_twenty_may_be_bad(tmp_path: Path) -> None:
    bad = ["001234,02/11/2026,EV,/"] * 21
    folder = drop(tmp_path, marks=marks_file(*good_lines(399), *bad))
    assert len(rejects(Table.MARKS, folder)) == 21
    drop(folder, marks=marks_file(*good_lines(398), *bad))
    assert "21 of its 419 rows" in refused(FixSettings, folder)


def test_a_value_that_may_be_a_name_is_not_repeated(tmp_path: Path) -> None:
    folder = drop(
        tmp_path, marks=marks_file(*good_lines(3), f"001234,{SURNAME},AM,/", f"001234,02/11/2026,{SURNAME},/")
    )
    found = rejects(Table.MARKS, folder)
    assert len(found) == 2
    assert SURNAME not in repr(found)


def test_a_row_with_too_many_or_too_few_fields_is_set_aside(tmp_path: Path) -> None:
    folder = drop(tmp_path, marks=marks_file("001,02/11/2026,AM,/,extra", "002,02/11/2026,AM", *good_lines(3)))
    assert [reject.place for reject in rejects(Table.MARKS, folder)] == ["marks.csv, line 2", "marks.csv, line 3"]
    assert rows(Table.MARKS, folder).height == 3


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("001,02/11/2026,AM,/,extra", "row: has 5 fields, and the headings 4: a value may hold the delimiter"),
        ("001,02/11/2026,AM", "row: has 3 fields, and the headings 4"),
        ('001,"02,11,2026",AM', "row: has 3 fields, and the headings 4"),
        ("001", "row: has 1 field, and the headings 4"),
        ('001,02/11/2026,A"M",/', "row: has a quotation mark where none may be"),
    ],
)
def test_of_a_row_that_is_broken_it_is_said_how_and_what_to_do(tmp_path: Path, line: str, said: str) -> None:
    (reject,) = rejects(Table.MARKS, drop(tmp_path, marks=marks_file(line, *good_lines(3))))
    assert reject.reason.startswith(said)
    assert reject.reason.endswith("Correct it in the MIS, and export again")


def test_a_row_without_a_pupil_is_set_aside(tmp_path: Path) -> None:
    folder = drop(tmp_path, marks=marks_file(*good_lines(3), " ,02/11/2026,AM,/"))
    (reject,) = rejects(Table.MARKS, folder)
    assert reject.column == "Adno"
    assert reject.reason.endswith("is not known whose row this is. Correct it in the MIS, and export again")
