"""A register with a row for each pupil, and its sessions in the headings: cells, and what a missing column says."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from rollbook.contract import FixSettings, Window
from rollbook.tables.schemas import Table
from support.csv_files import SURNAME, drop, pull, refused, source
from support.csv_shapes import CALENDAR, FRI, MON, NEXT_MON, OTHER, REGISTER, THU, TUE, given, grid, reasons

SESSIONS = [
    "02/11/2026 AM,02/11/2026 PM,03/11/2026 AM,03/11/2026 PM",
    "AM 02/11/2026,pm 02/11/2026,Am-03/11/2026,PM_3/11/2026",
    "02/11/2026 (AM),02/11/2026 (PM),03/11/2026-AM,03/11/2026: PM",
    "02/11/2026,02/11/2026,03/11/2026,03/11/2026",
]
PEOPLE = {
    "pupils": "Adno,DOB\n001,10/03/2014\n",
    "roll": "Adno,From\n001,03/09/2025\n",
}


@pytest.mark.parametrize("headings", SESSIONS)
def test_a_column_for_each_session(tmp_path: Path, headings: str) -> None:
    text = grid(headings, "001,/,\\,C1,", "002,-,#,=,+")
    assert given(tmp_path, text, shape="grid") == [*REGISTER, *OTHER]


@pytest.mark.parametrize("cells", ["/\\,", "/ \\,", '"/,\\",', '" / , \\ ",'])
def test_a_column_for_each_day_with_both_marks_in_each_cell(tmp_path: Path, cells: str) -> None:
    text = grid("02/11/2026,03/11/2026", f"001,{cells}")
    assert given(tmp_path, text, shape="grid", cell="pair") == REGISTER[:2]


def test_two_marks_of_which_one_is_missing(tmp_path: Path) -> None:
    text = grid("02/11/2026,03/11/2026", '001,"/,",",N"')
    found = [("001", MON, "AM", "/"), ("001", TUE, "PM", "N")]
    assert given(tmp_path, text, shape="grid", cell="pair") == found


@pytest.mark.parametrize("cell", ["/", "C1", "/\\/", "i1", "/ \\ N", '"/,N,I"', SURNAME, f"{SURNAME} Pat"])
def test_a_cell_that_is_not_two_marks_is_set_aside_and_not_repeated(tmp_path: Path, cell: str) -> None:
    text = grid("02/11/2026", f"001,{cell}", "002,/\\")
    (reason,) = reasons(tmp_path, text, shape="grid", cell="pair")
    assert reason.startswith("marks.csv, line 2, 02/11/2026: the value (not shown) is not two marks")
    assert given(tmp_path, text, shape="grid", cell="pair") == [("002", MON, "AM", "/"), ("002", MON, "PM", "\\")]


def test_a_grid_of_one_mark_a_cell_is_not_of_the_profile_of_pairs(tmp_path: Path) -> None:
    folder = drop(tmp_path, marks=grid("02/11/2026,03/11/2026", "001,/,/", "002,N,/"))
    assert "4 of its 4 cells cannot be read" in refused(FixSettings, folder, shape="grid", cell="pair")


TWO_LINES = [
    (1, 2, "Adno,02/11/2026,,03/11/2026,\n,AM,PM,AM,PM\n"),
    (1, 2, ",02/11/2026,,03/11/2026,\nAdno,AM,PM,AM,PM\n"),
    (2, 1, ",AM,PM,AM,PM\nAdno,02/11/2026,02/11/2026,03/11/2026,03/11/2026\n"),
]


@pytest.mark.parametrize(("days", "halves", "text"), TWO_LINES)
def test_days_on_one_line_and_morning_and_afternoon_on_the_next(
    tmp_path: Path, days: int, halves: int, text: str
) -> None:
    found = given(tmp_path, text + "001,/,\\,C1,\n", shape="grid", headings_line=days, sessions_line=halves)
    assert found == REGISTER


def test_a_saturday_without_a_column_counts_where_the_grid_has_saturdays(tmp_path: Path) -> None:
    days = ["31/10/2026", *(f"{day}/11/2026" for day in (2, 3, 4, 5, 6, 9))]
    folder = drop(tmp_path, marks=grid(",".join(f"{day},{day}" for day in days), "001" + ",/" * 14))
    assert pull(Table.MARKS, folder, shape="grid")[1].covers == Window(NEXT_MON, NEXT_MON)


def test_other_columns_of_a_grid_are_left_alone_and_told(tmp_path: Path) -> None:
    text = grid("Surname,House,02/11/2026 AM,Present", f"001,{SURNAME},Red,/,1")
    told = "\n".join(remark.text for remark in source(drop(tmp_path, marks=text, **PEOPLE), shape="grid").check())
    assert (
        "marks.csv is read as a grid, with a row for each pupil: its sessions are from 2026-11-02 to 2026-11-02."
        in told
    )
    assert "Neither a day nor known, and not read: House, Present." in told
    assert SURNAME not in told


@pytest.mark.parametrize(
    ("calendar", "days", "covers"),
    [
        (None, "2 3 4 5", (MON, THU)),
        (None, "2 3 5 6", (THU, FRI)),
        (CALENDAR, "2 3 5 6", (MON, FRI)),
    ],
)
def test_a_day_without_a_column_does_not_mean_that_its_marks_were_deleted(
    tmp_path: Path, calendar: str | None, days: str, covers: tuple[date, date]
) -> None:
    """In this calendar the Wednesday, 4 November, is closed."""
    headings = ",".join(f"{day}/11/2026,{day}/11/2026" for day in days.split())
    folder = drop(tmp_path, marks=grid(headings, "001" + ",/" * 2 * len(days.split())))
    if calendar:
        drop(folder, calendar=calendar)
    assert pull(Table.MARKS, folder, shape="grid")[1].covers == Window(*covers)


def test_a_session_of_the_calendar_without_a_column_is_told_and_nothing_counts_as_deleted(tmp_path: Path) -> None:
    text = grid("2/11/2026,2/11/2026,3/11/2026 AM,5/11/2026,5/11/2026", "001,/,/,/,/,/")
    folder = drop(tmp_path, marks=text, calendar=CALENDAR)
    pages, done = pull(Table.MARKS, folder, shape="grid")
    assert [reject.column for reject in pages[0].rejects] == ["2026-11-03 PM"]
    assert (pages[0].rows.height, done.covers) == (5, None)


def test_a_last_day_that_lacks_its_afternoon_covers_nothing(tmp_path: Path) -> None:
    folder = drop(tmp_path, marks=grid("02/11/2026 AM", "001,/"))
    assert pull(Table.MARKS, folder, shape="grid")[1].covers is None


def test_a_week_without_any_column_is_a_holiday(tmp_path: Path) -> None:
    days = ["19/10/2026", *(f"{n}/10/2026" for n in (20, 21, 22, 23)), "02/11/2026"]
    folder = drop(tmp_path, marks=grid(",".join(f"{day},{day}" for day in days), "001" + ",/" * 12))
    assert pull(Table.MARKS, folder, shape="grid")[1].covers == Window(date(2026, 10, 19), MON)
