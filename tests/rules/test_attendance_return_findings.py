"""Ten school days of absence: the answer on the day, and the finding that a case will rest on."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from rollbook.tables.schemas import FINDINGS
from support.rules_cases import answer, looked_at

# Ten school days from Monday 7 to Friday 18 September.
TEN = {"2026-09-07..2026-09-18": "O O"}
TENTH = date(2026, 9, 18)


def findings(as_at: date, **case: Any) -> list[dict[str, Any]]:
    said = looked_at(as_at, rules=["attendance_return"], **case).findings
    assert dict(said.schema) == FINDINGS
    return said.to_dicts()


def finding(as_at: date, **case: Any) -> dict[str, Any]:
    [one] = findings(as_at, **case)
    return one


def test_nine_days_are_no_finding() -> None:
    assert findings(date(2026, 9, 17), marks=TEN) == []


def test_the_tenth_day_makes_one() -> None:
    one = finding(TENTH, marks=TEN)
    days = (one["first"], one["last"], one["reached"], one["ended"])
    assert days == (date(2026, 9, 7), TENTH, TENTH, False)


def test_the_first_mark_of_presence_ends_it_and_leaves_it_standing() -> None:
    one = finding(date(2026, 9, 21), marks=TEN)
    assert (one["first"], one["last"], one["ended"]) == (date(2026, 9, 7), TENTH, True)


def test_a_run_corrected_into_illness_was_never_a_finding() -> None:
    amended = [{"date": date(2026, 9, 21), "marks": {"2026-09-10": "I I"}}]
    assert findings(date(2026, 9, 21), marks=TEN, amended=amended) == []


def test_a_run_that_goes_on_is_the_same_evidence_with_a_later_last_day() -> None:
    longer = {"2026-09-07..2026-09-25": "O O"}
    then, now = finding(TENTH, marks=longer), finding(date(2026, 9, 25), marks=longer)
    assert now["last"] == date(2026, 9, 25)
    assert now["evidence"] == then["evidence"]


def test_the_evidence_is_every_session_of_the_ten_days_with_its_code() -> None:
    evidence = json.loads(finding(TENTH, marks=TEN | {"2026-09-08": "N U"})["evidence"])
    assert len(evidence) == 20
    assert evidence[2:4] == [
        {"date": "2026-09-08", "session": "AM", "code": "N"},
        {"date": "2026-09-08", "session": "PM", "code": "U"},
    ]


def test_a_planned_closure_inside_the_run_is_no_evidence() -> None:
    marks = {"2026-09-07..2026-09-18": "O O", "2026-09-09": "O #"}
    assert len(json.loads(finding(TENTH, marks=marks)["evidence"])) == 19


def test_two_runs_are_two_findings() -> None:
    marks = TEN | {"2026-09-22..2026-10-05": "G G"}
    assert [one["first"] for one in findings(date(2026, 10, 5), marks=marks)] == [date(2026, 9, 7), date(2026, 9, 22)]


def test_a_pupil_who_left_ended_the_run() -> None:
    left = {"on_roll": date(2026, 9, 3), "off_roll": TENTH}
    assert finding(TENTH, marks=TEN, pupil=left)["ended"] is False
    assert finding(date(2026, 9, 19), marks=TEN, pupil=left)["ended"] is True


def test_the_return_is_due_by_the_end_of_the_month_of_the_tenth_day() -> None:
    assert json.loads(finding(TENTH, marks=TEN)["figures"])["due_by"] == "2026-09-30"


@pytest.mark.parametrize(("days", "due_by"), [(5, "2026-09-23"), (31, "2026-09-30")])
def test_the_authority_may_want_it_sooner_and_never_later(days: int, due_by: str) -> None:
    one = finding(TENTH, marks=TEN, local={"authority": {"attendance_return_due_days": days}})
    assert json.loads(one["figures"])["due_by"] == due_by


def test_the_settings_say_who_set_them() -> None:
    one = finding(TENTH, marks=TEN, local={"authority": {"attendance_return_due_days": 5}})
    assert {row["name"]: row["set_by"] for row in json.loads(one["settings"])} == {
        "attendance_return_school_days": "law",
        "attendance_return_codes": "law",
        "attendance_return_due_days": "authority",
    }


@pytest.mark.parametrize(
    ("friday", "last_attended"),
    [
        ("/ \\", "2026-09-04"),
        ("U I", "2026-09-04"),
        ("V V", "2026-09-04"),
        ("I I", "2026-09-03"),
        ("- -", "2026-09-03"),
    ],
)
def test_last_attended_is_the_last_day_the_pupil_was_seen(friday: str, last_attended: str) -> None:
    figures = json.loads(finding(TENTH, marks=TEN | {"2026-09-04": friday})["figures"])
    assert figures["last_attended"] == last_attended


def test_a_pupil_who_never_came_was_last_attending_on_no_day() -> None:
    marks = {"2026-09-03..2026-09-16": "O O"}
    assert json.loads(finding(date(2026, 9, 16), marks=marks)["figures"])["last_attended"] is None


@pytest.mark.parametrize(
    ("wednesday", "run_days"),
    [
        ("/ \\", 7),  # came in
        ("O \\", 7),  # for half a day
        ("I I", 7),
        ("D D", 7),
        ("Q Q", 7),
        ("Y4 Y4", 7),
        ("- -", 9),  # not recorded: passes
        ("O -", 9),
        ("/ -", 7),
        ("# #", 9),  # planned closure: passes
        ("O #", 10),
        ("# -", 9),
        ("ZZ O", 9),  # invalid is no record
        ("J J", 9),  # nor is lossy
        ("X X", 9),  # X at compulsory school age is invalid
        ("Z Z", 9),
        ("U U", 10),
    ],
)
def test_what_one_day_does_to_a_run(wednesday: str, run_days: int) -> None:
    assert answer("attendance_return", TENTH, marks=TEN | {"2026-09-09": wednesday})["run_days"] == run_days


def test_a_run_begins_with_compulsory_school_age() -> None:
    # Five on 12 December 2021 + 5: compulsory school age begins on 31 December 2026, after these days.
    young = {"on_roll": date(2026, 9, 3), "dob": date(2021, 12, 12), "year_group": 0}
    assert answer("attendance_return", TENTH, marks=TEN, pupil=young)["run_days"] == 0
