"""What stands above the headings and below the rows of a register, and never changes a mark."""

from __future__ import annotations

from pathlib import Path

import pytest

from rollbook.contract import FixSettings
from rollbook.tables.schemas import Table
from support.csv_files import HEADINGS, drop, good_lines, marks_of, pull, refused, rows

ROW = "001234,02/11/2026,AM,/"
TITLES = 'Larkspur Primary School\nRegister of 2" pages, "weekly\n\n'


def lines(*texts: str) -> str:
    return "\n".join([*texts, ""])


def test_titles_above_the_headings_are_passed_over(tmp_path: Path) -> None:
    found = rows(Table.MARKS, drop(tmp_path, marks=TITLES + lines(HEADINGS, ROW)), headings_line=4)
    assert marks_of(found)[0][3] == "/"
    assert found["line"].to_list() == [5]


def test_the_key_is_found_below_titles(tmp_path: Path) -> None:
    text = TITLES + lines("UPN,Date,AM/PM,Mark", "B801200005001,02/11/2026,AM,/")
    assert rows(Table.MARKS, drop(tmp_path, marks=text), headings_line=4)["pupil"].to_list() == ["B801200005001"]


@pytest.mark.parametrize("line", [2, 9])
def test_a_line_of_headings_that_is_blank_or_beyond_the_end(tmp_path: Path, line: int) -> None:
    folder = drop(tmp_path, marks=lines("Title", "", HEADINGS, ROW))
    assert f"has nothing on line {line}, where headings_line says" in refused(FixSettings, folder, headings_line=line)


def test_headings_without_line_or_title_are_on_the_first_line_that_is_not_blank(tmp_path: Path) -> None:
    assert rows(Table.MARKS, drop(tmp_path, marks="\n\n,,,\n" + lines(HEADINGS, "", ROW, "", "", ROW)))[
        "line"
    ].to_list() == [6, 9]


@pytest.mark.parametrize(
    "end", ["Total,1,,\n", "total 1\n", '"Total: 1"\n', ",,Total,1\n", "Total", "Total,1,,\nPrinted at 9\n,,,\n"]
)
def test_totals_end_the_register(tmp_path: Path, end: str) -> None:
    pages, done = pull(Table.MARKS, drop(tmp_path, marks=lines(HEADINGS, ROW) + end), totals=["Total"])
    assert (pages[0].rows.height, pages[0].rejects) == (1, [])
    assert done.covers is not None


def test_a_file_that_should_end_with_totals_and_does_not_is_cut_off(tmp_path: Path) -> None:
    folder = drop(tmp_path, marks=lines(HEADINGS, *good_lines(3)))
    assert "has no row that begins with Total" in refused(FixSettings, folder, totals=["Total"])


def test_a_pupil_below_the_totals_of_a_class_is_not_lost_unseen(tmp_path: Path) -> None:
    folder = drop(tmp_path, marks=lines(HEADINGS, ROW, "Total,1,,", "001235,02/11/2026,AM,N", "Total,1,,"))
    assert "marks.csv, line 4: a row of a pupil below the totals" in refused(FixSettings, folder, totals=["Total"])


def test_a_name_that_begins_like_a_total_is_no_total(tmp_path: Path) -> None:
    text = lines("Surname," + HEADINGS, f"Totally,{ROW}", f"Other,{ROW}", "Total,,,,2")
    assert rows(Table.MARKS, drop(tmp_path, marks=text), totals=["Total"]).height == 2


def test_titles_and_totals_are_those_of_the_register_alone(tmp_path: Path) -> None:
    folder = drop(tmp_path, marks=TITLES + lines(HEADINGS, ROW, "Total"), roll="Adno,From\n001234,03/09/2025\n")
    assert rows(Table.ROLL, folder, headings_line=4, totals=["Total"]).height == 1


def test_a_heading_with_a_line_break_in_it(tmp_path: Path) -> None:
    text = '"Admission\nNo","02/11/2026\nAM"\n007,/\n'
    assert marks_of(rows(Table.MARKS, drop(tmp_path, marks=text), shape="grid"))[0][0] == "007"
