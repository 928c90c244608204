"""A register in each shape that exports have gives the same marks, and what is in doubt gives none."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rollbook.contract import FixSettings, Window
from rollbook.tables.schemas import Table
from rollbook_csv.source import CsvSource
from support.csv_files import SURNAME, drop, marks_of, pull, refused, rejects, rows, source

MON, TUE, WED, THU, FRI = (date(2026, 11, day) for day in (2, 3, 4, 5, 6))
NEXT_MON = date(2026, 11, 9)
REGISTER = [("001", MON, "AM", "/"), ("001", MON, "PM", "\\"), ("001", TUE, "AM", "C1")]
OTHER = [("002", MON, "AM", "-"), ("002", MON, "PM", "#"), ("002", TUE, "AM", "="), ("002", TUE, "PM", "+")]
DAY_FILE = "Adno,Date,AM,PM\n001,02/11/2026,/,\\\n001,03/11/2026,C1,\n002,02/11/2026,-,#\n002,03/11/2026,=,+\n"
SESSIONS = [
    "02/11/2026 AM,02/11/2026 PM,03/11/2026 AM,03/11/2026 PM",
    "AM 02/11/2026,pm 02/11/2026,Am-03/11/2026,PM_3/11/2026",
    "02/11/2026 (AM),02/11/2026 (PM),03/11/2026-AM,03/11/2026: PM",
    "02/11/2026,02/11/2026,03/11/2026,03/11/2026",
]
CALENDAR = "Date,AM/PM,Open\n" + "".join(
    f"{day:02d}/11/2026,{half},{'no' if day == 4 else 'yes'}\n" for day in (2, 3, 4, 5, 6) for half in ("AM", "PM")
)


@pytest.fixture(autouse=True)
def _evening(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CsvSource, "today", staticmethod(lambda: FRI))


def grid(headings: str, *lines: str) -> str:
    return "\n".join([f"Adno,{headings}", *lines, ""])


def string(*lines: str, headings: str = "Adno,Start Date,Marks") -> str:
    return "\n".join([headings, *lines, ""])


def given(folder: Path, text: str, **settings: Any) -> list[tuple[Any, ...]]:
    return marks_of(rows(Table.MARKS, drop(folder, marks=text), **settings))


def reasons(folder: Path, text: str, **settings: Any) -> list[str]:
    return [f"{reject.place}, {reject.reason}" for reject in rejects(Table.MARKS, drop(folder, marks=text), **settings)]


# A row for each pupil and day


def test_a_row_for_each_pupil_and_day(tmp_path: Path) -> None:
    assert given(tmp_path, DAY_FILE, shape="day") == [*REGISTER, *OTHER]


@pytest.mark.parametrize("headings", ["AM Mark,PM Mark", "Morning,Afternoon", "am,pm"])
def test_the_usual_headings_of_morning_and_afternoon(tmp_path: Path, headings: str) -> None:
    text = f"Adno,Date,{headings}\n001,02/11/2026,/,N\n"
    assert given(tmp_path, text, shape="day") == [("001", MON, "AM", "/"), ("001", MON, "PM", "N")]


def test_one_column_of_marks_is_no_day(tmp_path: Path) -> None:
    folder = drop(tmp_path, marks="Adno,Date,AM\n001,02/11/2026,/\n")
    assert "marks.csv has no column for pm_mark" in refused(FixSettings, folder, shape="day")


# A grid


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


def test_a_saturday_without_a_column_counts_where_the_grid_has_saturdays(tmp_path: Path) -> None:
    days = ["31/10/2026", *(f"{day}/11/2026" for day in (2, 3, 4, 5, 6, 9))]
    folder = drop(tmp_path, marks=grid(",".join(f"{day},{day}" for day in days), "001" + ",/" * 14))
    assert pull(Table.MARKS, folder, shape="grid")[1].covers == Window(NEXT_MON, NEXT_MON)


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


def test_a_heading_longer_than_any_day_costs_no_time(tmp_path: Path) -> None:
    text = grid(f"02/11/2026 AM,{'-' * 30_000}", "001,/,")
    assert given(tmp_path, text, shape="grid") == [("001", MON, "AM", "/")]


def test_more_columns_than_any_register_has(tmp_path: Path) -> None:
    folder = drop(tmp_path, marks="Adno," * 20_000 + "\n")
    assert "marks.csv has 20001 headings, and no register has more than 3000" in refused(FixSettings, folder)


PEOPLE = {
    "pupils": "Adno,DOB\n001,10/03/2014\n",
    "roll": "Adno,From\n001,03/09/2025\n",
}


# A string of marks


def test_one_character_a_session(tmp_path: Path) -> None:
    text = string("001,06/11/2026,/\\-#")
    assert given(tmp_path, text, shape="string", string_days="weekdays") == [
        ("001", FRI, "AM", "/"),
        ("001", FRI, "PM", "\\"),
        ("001", NEXT_MON, "AM", "-"),
        ("001", NEXT_MON, "PM", "#"),
    ]


def test_marks_with_commas_between(tmp_path: Path) -> None:
    text = string('001,02/11/2026,"/,\\,C1,"')
    assert given(tmp_path, text, shape="string", string_days="weekdays") == REGISTER


def test_each_string_of_a_file_is_of_its_own_form(tmp_path: Path) -> None:
    text = string('001,02/11/2026,"/,C1"', "002,02/11/2026,/N")
    assert [mark[3] for mark in given(tmp_path, text, shape="string", string_days="all")] == ["/", "C1", "/", "N"]


@pytest.mark.parametrize(("counted", "days"), [("weekdays", [TUE, WED]), ("all", [TUE, WED]), ("open", [TUE, THU])])
def test_the_days_that_a_string_counts(tmp_path: Path, counted: str, days: list[date]) -> None:
    folder = drop(tmp_path, marks=string("001,03/11/2026,/\\##"), calendar=CALENDAR)
    found = rows(Table.MARKS, folder, shape="string", string_days=counted)
    assert found["date"].unique().sort().to_list() == days


def test_weekends_are_in_a_string_of_all_days(tmp_path: Path) -> None:
    text = string("001,06/11/2026,/\\####/\\")
    window = Window(NEXT_MON, NEXT_MON)
    found = rows(Table.MARKS, drop(tmp_path, marks=text), shape="string", string_days="all", window=window)
    assert found["code"].to_list() == ["/", "\\"]


def test_a_string_that_begins_with_an_afternoon(tmp_path: Path) -> None:
    text = string("001,02/11/2026,PM,\\NN", "002,02/11/2026,,/\\", headings="Adno,Start Date,First Session,Marks")
    assert given(tmp_path, text, shape="string", string_days="weekdays") == [
        ("001", MON, "PM", "\\"), ("001", TUE, "AM", "N"), ("001", TUE, "PM", "N"),
        ("002", MON, "AM", "/"), ("002", MON, "PM", "\\"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("02/11/2026,/\\/", "Marks: has not two marks for each day"),
        ("02/11/2026,C1", "Marks: C1 and its like cannot be told from C and 1"),
        ("02/11/2026,/\\ /\\", "Marks: has blanks in it"),
        ("02/11/2026, \\/\\", "Marks: has blanks in it"),
        ('02/11/2026,"/\\,N"', "Marks: a part between commas (not shown) is no single mark"),
        ('02/11/2026,"/,ABCD"', "Marks: a part between commas (not shown) is no single mark"),
        ("07/11/2026,/\\", "Start Date: the start is on a weekend"),
        ("November,/\\", "Start Date: the value (not shown) is not a day in the form dd/mm/yyyy"),
        ("04/11/2026,/\\", "Marks: has a mark on 2026-11-04, when the calendar has no such session"),
        ("13/11/2026,##/\\", "Marks: has the pupil present on 2026-11-16, which is yet to come"),
    ],
)
def test_a_string_whose_marks_may_be_of_other_days_is_set_aside_whole(tmp_path: Path, line: str, said: str) -> None:
    text = string(f"001,{line}", "002,02/11/2026,/N")
    folder = drop(tmp_path, calendar=CALENDAR)
    settings: dict[str, Any] = {"shape": "string", "string_days": "weekdays"}
    (reason,) = reasons(folder, text, **settings)
    assert reason.startswith(f"marks.csv, line 2, {said}")
    assert {mark[0] for mark in given(folder, text, **settings)} == {"002"}
    assert pull(Table.MARKS, folder, **settings)[1].covers is None


@pytest.mark.parametrize("length", [254, 255, 256])
def test_a_string_as_long_as_systems_cut_them_is_set_aside_where_none_is_longer(tmp_path: Path, length: int) -> None:
    """Cut at 255 characters, C1 at the end would be C."""
    cut = (",".join("/" for _ in range(120)) + ",C1" * 40)[:length]
    text = string(f'001,02/03/2026,"{cut}"', "002,02/11/2026,/\\")
    settings: dict[str, Any] = {"shape": "string", "string_days": "weekdays"}
    (reason,) = reasons(tmp_path, text, **settings)
    assert reason.startswith("marks.csv, line 2, Marks: is 254 to 256 characters long, where many systems cut")
    assert {mark[0] for mark in given(tmp_path, text, **settings)} == {"002"}
    assert pull(Table.MARKS, tmp_path, **settings)[1].covers is None


def test_a_string_of_that_length_is_whole_where_another_is_longer(tmp_path: Path) -> None:
    text = string(f"001,01/12/2025,{'-' * 256}", f"002,01/12/2025,{'-' * 258}")
    assert reasons(tmp_path, text, shape="string", string_days="weekdays") == []


@pytest.mark.parametrize(
    ("lines", "covers"),
    [
        (["001,02/11/2026,,/\\/\\", "002,02/11/2026,,/\\/\\"], (MON, TUE)),
        (["001,02/11/2026,,/\\/\\/\\", "002,02/11/2026,,/\\/\\"], (MON, TUE)),
        (["001,02/11/2026,,/\\/\\/\\", "002,03/11/2026,,/\\/\\/\\"], (TUE, WED)),
        (["001,02/11/2026,PM,\\/\\/\\", "002,02/11/2026,,/\\/\\/\\"], (TUE, WED)),
        (["001,02/11/2026,,/\\", "002,03/11/2026,,/\\"], None),
        (["001,02/11/2026,,/\\", "002,02/11/2026,,"], None),
        (["001,02/11/2026,PM,\\", "002,02/11/2026,,/\\"], None),
    ],
)
def test_what_a_string_does_not_reach_does_not_count_as_deleted(
    tmp_path: Path, lines: list[str], covers: tuple[date, date] | None
) -> None:
    folder = drop(tmp_path, marks=string(*lines, headings="Adno,Start Date,First Session,Marks"))
    done = pull(Table.MARKS, folder, shape="string", string_days="weekdays")[1]
    assert done.covers == (Window(*covers) if covers else None)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("04/11/2026,/\\", "Start Date: the start is no open day"),
        ("06/11/2026,/\\/\\", "Start Date: has more days than"),
    ],
)
def test_a_string_of_open_days_stays_within_the_calendar(tmp_path: Path, line: str, said: str) -> None:
    folder = drop(tmp_path, calendar=CALENDAR)
    (reason,) = reasons(folder, string(f"001,{line}", "002,02/11/2026,/N"), shape="string", string_days="open")
    assert reason.startswith(f"marks.csv, line 2, {said}")


def test_a_string_of_open_days_needs_a_calendar(tmp_path: Path) -> None:
    folder = drop(tmp_path, marks=string("001,02/11/2026,/\\"))
    sentence = refused(FixSettings, folder, shape="string", string_days="open")
    assert 'string_days = "open" counts the open days of calendar.csv, and there is no such file' in sentence


def test_a_file_whose_strings_count_other_days_is_refused(tmp_path: Path) -> None:
    folder = drop(tmp_path, marks=string(*[f"{n:03d},02/11/2026,/\\/\\/\\" for n in range(30)]), calendar=CALENDAR)
    assert "30 of its 30 rows cannot be read" in refused(FixSettings, folder, shape="string", string_days="weekdays")


def test_leave_that_is_known_beforehand_is_no_reason_against_a_string(tmp_path: Path) -> None:
    text = string("001,02/11/2026," + "/\\" * 5 + "--" * 10 + "CC")
    assert len(given(tmp_path, text, shape="string", string_days="weekdays")) == 32


# People out of a register of another shape


DRAWN = {
    "day": "Adno,DOB,Year,Date,AM,PM\n001,10/03/2014,Y6,02/11/2026,/,\n002,10/03/2014,Y5,02/11/2026,Z,\n"
    "002,10/03/2014,Y5,03/11/2026,N,N\n",
    "grid": grid("DOB,Year,02/11/2026 AM,03/11/2026 AM", "001,10/03/2014,Y6,/,/", "002,10/03/2014,Y5,,N"),
    "string": "Adno,DOB,Year,Start Date,Marks\n001,10/03/2014,Y6,02/11/2026,/\\\n002,10/03/2014,Y5,03/11/2026,NN\n",
}


@pytest.mark.parametrize("shape", list(DRAWN))
def test_pupils_and_roll_are_drawn_from_every_shape(tmp_path: Path, shape: str) -> None:
    folder = drop(tmp_path, marks=DRAWN[shape])
    settings = {"shape": shape} | ({"string_days": "all"} if shape == "string" else {})
    roll = rows(Table.ROLL, folder, **settings)
    assert roll.select("pupil", "from", "year_group").rows() == [("001", date(2026, 8, 1), 6), ("002", TUE, 5)]
    assert rows(Table.PUPILS, folder, **settings)["dob"].to_list() == [date(2014, 3, 10)] * 2
