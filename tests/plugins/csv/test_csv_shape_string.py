"""A register with a string of marks for each pupil: one that may be of other days gives none."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rollbook.contract import FixSettings, Window
from rollbook.tables.schemas import Table
from rollbook_csv.source import CsvSource
from support.csv_files import drop, pull, refused, rows
from support.csv_shapes import CALENDAR, FRI, MON, NEXT_MON, REGISTER, THU, TUE, WED, given, reasons, string


@pytest.fixture(autouse=True)
def _evening(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CsvSource, "today", staticmethod(lambda: FRI))


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
