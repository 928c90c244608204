"""`rollbook csv profile` knows strings of marks by what is in the cells, whatever stands above them."""

from __future__ import annotations

from pathlib import Path

import pytest

from rollbook_csv.profiling.string_cells import share
from support.csv_files import marks_file
from support.csv_profiled import doubts, given, profiled, proposed

WEEK, WITH_WEEKEND = "/\\/\\/\\NN/\\", "/\\/\\/\\NN/\\####"
SAID = ("--date-form", "dd/mm/yyyy", "--string-days", "weekdays")


@pytest.mark.parametrize("marks", ["Marks", "Mark", "Attendance", "Code"])
@pytest.mark.parametrize("start", ["Week Start", "Week Commencing", "Start Date", "Date"])
def test_strings_are_known_by_their_content(tmp_path: Path, start: str, marks: str) -> None:
    path = given(tmp_path, marks_file(f"001234,02/11/2026,{WEEK}", headings=f"Adno,{start},{marks}"))
    data = proposed(path, *SAID)
    assert (data["profile"]["shape"], data["complete"]) == ("string", True)
    assert [row["mark"] for row in data["previews"][0]["rows"]] == list(WEEK)


@pytest.mark.parametrize(("string", "count"), [(WEEK, 10), (WITH_WEEKEND, 14), (f'"{",".join(WEEK)}"', 10)])
def test_which_days_are_in_them_is_asked_with_how_many_marks_they_have(tmp_path: Path, string: str, count: int) -> None:
    data = proposed(given(tmp_path, marks_file(f"001234,02/11/2026,{string}", headings="Adno,Week Start,Marks")))
    assert data["asked"] == ["date_form", "string_days"]
    assert f"Each of these has {count} marks" in data["why"]["string_days"]


def test_a_string_under_an_unusual_heading_is_doubted(tmp_path: Path) -> None:
    path = given(tmp_path, marks_file(f"001234,02/11/2026,{WEEK}", headings="Adno,Week Start,Mark"))
    assert doubts(path)["shape"].startswith("that each cell under 'Mark' is a string of marks")


def test_strings_among_single_marks_are_asked_about_and_not_finished(tmp_path: Path) -> None:
    lines = [f"{n},02/11/2026,AM,/" for n in range(4)]
    typed = profiled(given(tmp_path, marks_file(*lines, f"9,02/11/2026,AM,{WEEK}")), "--date-form", "dd/mm/yyyy")
    assert typed.status == 1
    assert "whether some cells hold a string of marks, and not one mark" in typed.out
    assert "Not finished: some cells seem to hold more than one mark." in typed.err


def test_single_marks_under_the_heading_of_strings_are_single_marks(tmp_path: Path) -> None:
    data = proposed(given(tmp_path, marks_file("001234,02/11/2026,AM,C1", headings="Adno,Date,AM/PM,Marks")), *SAID[:2])
    assert (data["profile"]["shape"], data["previews"][0]["rows"][0]["mark"]) == ("mark", "C1")


@pytest.mark.parametrize(
    "cells",
    [["Smith", "Jones", "Peel"], ["5B/X", "6C/Y"], ["02/11/2026"], ["C1", "N"], ["P/T"] + ["Smith"] * 9, [""]],
)
def test_names_classes_days_and_marks_are_no_strings(cells: list[str]) -> None:
    assert share(cells) < 0.9


TWO_WEEKS = marks_file(f"001234,02/11/2026,{WEEK}{WEEK}", headings="Adno,Week Start,Marks")


def test_it_is_shown_which_day_each_choice_reaches_and_what_is_on_weekends(tmp_path: Path) -> None:
    typed = profiled(given(tmp_path, TWO_WEEKS), "--date-form", "dd/mm/yyyy")
    assert "  weekdays: to 13 November 2026, 0 of 16 marks of presence on a weekend.\n" in typed.out
    assert "  all: to 11 November 2026, 4 of 16 marks of presence on a weekend.\n" in typed.out


def test_presence_on_sundays_disproves_what_was_said(tmp_path: Path) -> None:
    typed = profiled(given(tmp_path, TWO_WEEKS), "--date-form", "dd/mm/yyyy", "--string-days", "all")
    assert typed.status == 1
    assert 'Not finished: string_days = "all" has 2 marks of presence on Sundays: say what the strings' in typed.err
    assert profiled(tmp_path / "marks.csv", *SAID).status == 0


def test_strings_with_weekends_are_taken_for_what_they_are(tmp_path: Path) -> None:
    text = marks_file(f"001234,02/11/2026,{WITH_WEEKEND}{WITH_WEEKEND}", headings="Adno,Week Start,Marks")
    typed = profiled(given(tmp_path, text), "--date-form", "dd/mm/yyyy", "--string-days", "all")
    assert (typed.status, typed.err) == (0, "")


def test_a_first_day_that_is_none_is_passed_over(tmp_path: Path) -> None:
    text = marks_file(f"001234,31/02/2026,{WEEK}", f"001234,02/11/2026,{WEEK}", headings="Adno,Week Start,Marks")
    assert "  weekdays: to 06 November 2026, 0 of 8" in profiled(given(tmp_path, text)).out
