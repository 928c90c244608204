"""The headings of a grid: one that leaves a day or a session in doubt refuses the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from rollbook.contract import FixSettings
from support.csv_files import SURNAME, drop, refused
from support.csv_shapes import MON, REGISTER, given, grid


@pytest.mark.parametrize(
    ("headings", "said"),
    [
        ("Total", "has no column headed by a day in the form dd/mm/yyyy"),
        ("02/11 AM", "'02/11 AM' looks like a day and is none in the form dd/mm/yyyy, with its year"),
        ("02/11/2026 AM,2026-11-02 PM", "'2026-11-02 PM' looks like a day"),
        ("02/11/2026 AM,31/11/2026 AM", "'31/11/2026 AM' looks like a day"),
        ("02/11/2026", "it is not known which session the columns headed 2026-11-02 are of"),
        ("02/11/2026,02/11/2026,02/11/2026", "it is not known which session"),
        ("02/11/2026 AM,2/11/2026 am", "has two columns for 2026-11-02 AM"),
    ],
)
def test_headings_that_leave_a_session_in_doubt_refuse_the_file(tmp_path: Path, headings: str, said: str) -> None:
    text = grid(headings, "001" + "," * (headings.count(",") + 1))
    assert said in refused(FixSettings, drop(tmp_path, marks=text), shape="grid")


@pytest.mark.parametrize(
    "heading",
    [
        "Tue 03/11/2026 AM", "03/11/2026 PM *", "03/11/2026 (INSET)", "Tuesday 3rd November", "Nov 3", "Tue AM",
        "(AM) Tue", "Tuesday", "46329", "20261103", "03112026 PM", "Day 03 11 26", "Marks of 3.11",
        "03/11/2026" + "x" * 90,
    ],
)  # fmt: skip
def test_a_heading_with_something_like_a_day_in_it_is_not_passed_over(tmp_path: Path, heading: str) -> None:
    folder = drop(tmp_path, marks=grid(f"02/11/2026 AM,02/11/2026 PM,{heading}", "001,/,/,N"))
    sentence = refused(FixSettings, folder, shape="grid")
    assert sentence.startswith("marks.csv, column 4: its heading (not shown) looks like a day")


def test_a_heading_with_a_day_and_a_name_is_not_repeated(tmp_path: Path) -> None:
    folder = drop(tmp_path, marks=grid(f"02/11/2026 AM,{SURNAME} 10/03/2014", "001,/,N"))
    assert "10/03/2014" not in refused(FixSettings, folder, shape="grid")


@pytest.mark.parametrize(
    "heading", ["% 2026/27", "2025-2026", "Present AM", "Autumn 2", "Mark 2", "November 2026", "Week 10"]
)
def test_a_heading_without_a_day_is_left_alone(tmp_path: Path, heading: str) -> None:
    text = grid(f"02/11/2026 AM,{heading}", "001,/,9")
    assert given(tmp_path, text, shape="grid") == [("001", MON, "AM", "/")]


@pytest.mark.parametrize("heading", ["02/11/2026 09:00", "02/11/2026T9:00:00", "02/11/2026 00:00:01"])
def test_a_time_of_day_is_no_session_unless_it_is_named(tmp_path: Path, heading: str) -> None:
    folder = drop(tmp_path, marks=grid(f"02/11/2026 00:00,{heading}", "001,N,/"))
    assert f"column 3: {heading!r} has a time of day" in refused(FixSettings, folder, shape="grid")


def test_times_of_day_that_are_named_in_any_order(tmp_path: Path) -> None:
    text = grid("02/11/2026 13:00,02/11/2026 09:00,03/11/2026 09:05 AM", "001,\\,/,C1")
    assert given(tmp_path, text, shape="grid", am=["09:00", "AM"], pm=["13:00"]) == REGISTER


def test_midnight_is_a_day_without_a_time(tmp_path: Path) -> None:
    text = grid("02/11/2026 00:00,02/11/2026 00:00:00", "001,/,\\")
    assert given(tmp_path, text, shape="grid") == REGISTER[:2]


def test_a_time_of_day_above_a_line_of_sessions(tmp_path: Path) -> None:
    text = "Adno,02/11/2026 13:00,02/11/2026 09:00\n,PM,AM\n001,\\,/\n"
    assert given(tmp_path, text, shape="grid", headings_line=1, sessions_line=2) == REGISTER[:2]


def test_a_line_of_sessions_that_leaves_one_out(tmp_path: Path) -> None:
    folder = drop(tmp_path, marks="Adno,02/11/2026,03/11/2026\n,AM,\n001,/,/\n")
    sentence = refused(FixSettings, folder, shape="grid", headings_line=1, sessions_line=2)
    assert "line 2, column 3 (the day 2026-11-03): it is neither morning nor afternoon" in sentence


def test_a_heading_longer_than_any_day_costs_no_time(tmp_path: Path) -> None:
    text = grid(f"02/11/2026 AM,{'-' * 30_000}", "001,/,")
    assert given(tmp_path, text, shape="grid") == [("001", MON, "AM", "/")]


def test_more_columns_than_any_register_has(tmp_path: Path) -> None:
    folder = drop(tmp_path, marks="Adno," * 20_000 + "\n")
    assert "marks.csv has 20001 headings, and no register has more than 3000" in refused(FixSettings, folder)


@pytest.mark.parametrize(
    "headings",
    [
        "04/11/2026 AM,04/11/2026 PM,03/11/2026 AM,03/11/2026 PM,02/11/2026 AM,02/11/2026 PM",
        "02/11/2026 AM,03/11/2026 AM,04/11/2026 AM,02/11/2026 PM,03/11/2026 PM,04/11/2026 PM",
        "02/11/2026,03/11/2026,04/11/2026,02/11/2026,03/11/2026,04/11/2026",
        "02/09/2026 AM,02/11/2026 AM,03/11/2026 AM",
    ],
    ids=["the last day first", "mornings, then afternoons", "of both, without saying so", "a day far off"],
)
def test_days_in_an_order_of_their_own(tmp_path: Path, headings: str) -> None:
    text = grid(headings, "001" + ",/" * (headings.count(",") + 1))
    assert len(given(tmp_path, text, shape="grid")) == headings.count(",") + 1


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ("11/03/2026 11/04/2026 13/11/2026 16/11/2026 17/11/2026 11/05/2026", "column 7: its day, 2026-05-11, is out"),
        ("02/11/2026 04/11/2026 03/11/2026 05/11/2026", "column 4: its day, 2026-11-03, is out of order behind"),
        ("05/11/2026 04/11/2026 02/11/2026 03/11/2026", "column 5: its day, 2026-11-03, is out of order behind"),
        ("11/02/2026 11/03/2026", "its days go from 2026-02-11 to 2026-03-11 at once"),
        ("12/07/2026 12/08/2026 12/09/2026 14/12/2026", "its days go from 2026-07-12 to 2026-08-12 at once"),
    ],
)
def test_days_of_which_some_may_have_been_misread_refuse_the_file(tmp_path: Path, days: str, said: str) -> None:
    """Where the month comes first, 03/11 became 11 March and 13/11 stayed as it was."""
    text = grid(",".join(f"{day} AM" for day in days.split()), "001" + ",/" * len(days.split()))
    assert said in refused(FixSettings, drop(tmp_path, marks=text), shape="grid")
