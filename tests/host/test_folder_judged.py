"""A folder of tables, judged: what several schools, leave and notices do to the answers."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from rollbook.contract.errors import FixSettings
from rollbook.host.judge_folder import judge_folder

UPN = "G801200026001"
FIRST, LAST = date(2026, 9, 7), date(2026, 11, 6)
DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
OPEN = [day for day in DAYS if day.weekday() < 5]


def write(folder: Path, name: str, header: str, rows: list[tuple[object, ...]]) -> None:
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header.split(","), *rows])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One pupil who moved from school 100001 to 100002 on 14 September, absent from the 10th, and again after leave."""
    schools = [(100001, "Ashdown", "801", "academy"), (100002, "Bourne", "801", "maintained")]
    write(tmp_path, "schools", "school,name,la,type", schools)
    sessions = [(school, day, half, "true") for school, *_ in schools for day in OPEN for half in ("AM", "PM")]
    write(tmp_path, "sessions", "school,date,session,open", sessions)
    pupils = [(100001, "a1", UPN, "2014-03-10"), (100002, "b7", UPN, "2014-03-10")]
    write(tmp_path, "pupils", "school,pupil,upn,dob", pupils)
    roll = [(100001, "a1", "2025-09-01", "2026-09-11", 7), (100002, "b7", "2026-09-14", "", 7)]
    write(tmp_path, "roll", "school,pupil,from,to,year_group", roll)
    marks = [
        (100001 if day <= date(2026, 9, 11) else 100002, "a1" if day <= date(2026, 9, 11) else "b7", day, half, code)
        for day in OPEN
        for half in ("AM", "PM")
        for code in [mark(day, half)]
    ]
    write(tmp_path, "marks", "school,pupil,date,session,code", marks)
    return tmp_path


def mark(day: date, half: str) -> str:
    if date(2026, 9, 10) <= day <= date(2026, 9, 16) or day >= date(2026, 10, 12):
        return "O"
    return "/" if half == "AM" else "\\"


def line(folder: Path, rule: str, pupil: str, as_at: date) -> dict[str, Any]:
    [found] = [one for one in judge_folder(folder, as_at, [rule]) if one["pupil"] == pupil]
    return found


def test_sessions_at_both_schools_of_one_upn_make_the_ten(folder: Path) -> None:
    said = line(folder, "penalty_notice", "b7", date(2026, 9, 16))
    assert (said["status"], said["sessions"], said["met_on"]) == ("met", 10, "2026-09-16")
    assert len(said["evidence"]) == 10


def test_absence_is_that_of_each_school_alone(folder: Path) -> None:
    assert line(folder, "absence", "b7", date(2026, 9, 16))["unauthorised"] == 6


def test_a_notice_recorded_at_the_school_before_is_one_to_the_same_child(folder: Path) -> None:
    write(folder, "notices", "school,pupil,parent,issued,outcome", [(100001, "a1", "mother", "2026-09-10", "paid")])
    assert line(folder, "notice_ladder", "b7", date(2026, 11, 2))["mother"] == "second"


def test_leave_that_was_not_come_back_from_is_seen(folder: Path) -> None:
    write(folder, "leave", "school,pupil,from,to", [(100002, "b7", "2026-10-05", "2026-10-09")])
    said = line(folder, "ground_review", "b7", date(2026, 10, 23))
    assert (said["leave_overrun"], said["continuous_absence"]) == ("2026-10-23", None)
    assert said["evidence"][0] == {"date": "2026-10-12", "session": "AM", "code": "O"}


def test_a_leaver_and_a_new_pupil_are_told_of_by_their_schools(folder: Path) -> None:
    left = line(folder, "deletion_return", "a1", date(2026, 9, 14))
    came = line(folder, "new_pupil_return", "b7", date(2026, 9, 14))
    assert (left["due"], left["due_by"]) == (True, "2026-09-11")
    assert (came["due"], came["due_by"]) == (True, "2026-09-19")


def test_an_outcome_of_a_notice_that_is_none_is_refused(folder: Path) -> None:
    write(folder, "notices", "school,pupil,parent,issued,outcome", [(100001, "a1", "mother", "2026-09-10", "dropped")])
    with pytest.raises(FixSettings, match=r"notices.csv, line 2, column outcome: is not one of paid, unpaid"):
        line(folder, "notice_ladder", "b7", date(2026, 11, 2))
