"""What a school knows of a child beside marks: cohorts, and the people who must be told."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from support.rules_cases import SUMMER_2024, answer, looked_at

FRIDAY = date(2026, 9, 18)
UNEXPLAINED = {"2026-09-14..2026-09-18": "N O"}


def flag(name: str, first: date | None = None, last: date | None = None, **more: Any) -> dict[str, Any]:
    return {"flag": name, "from": first, "to": last} | more


def cohorts(*flags: dict[str, Any], **case: Any) -> dict[str, Any]:
    return answer("cohorts", FRIDAY, flags=list(flags), **case)


def notice(*flags: dict[str, Any], as_at: date = FRIDAY, **case: Any) -> dict[str, Any]:
    return answer("worker_notice", as_at, **({"flags": list(flags), "marks": UNEXPLAINED} | case))


def deletion(as_at: date, *flags: dict[str, Any], last: date, **case: Any) -> dict[str, Any]:
    pupil = {"on_roll": date(2026, 9, 3), "off_roll": last}
    return answer("worker_notice_deletion", as_at, flags=list(flags), pupil=pupil, **case)


# Cohorts


def test_a_flag_holds_from_its_first_day_to_its_last() -> None:
    held = [flag("fsm", date(2026, 9, 18)), flag("ehcp", None, FRIDAY), flag("eal")]
    gone = [flag("young_carer", None, date(2026, 9, 17)), flag("sen_support", date(2026, 9, 19))]
    assert cohorts(*held, *gone)["cohorts"] == ["eal", "ehcp", "fsm"]


def test_who_once_had_a_social_worker_formerly_had_one() -> None:
    ended = flag("social_worker", date(2025, 1, 6), date(2026, 7, 1))
    assert cohorts(ended)["cohorts"] == ["formerly_social_worker"]
    assert cohorts(flag("social_worker"))["cohorts"] == ["social_worker"]


def test_the_schools_own_groups_are_those_it_defines_and_a_slip_of_the_pen_is_none() -> None:
    said = cohorts(flag("Breakfast Club"), flag("fms"), local={"school": {"cohort_groups": ["breakfast club"]}})
    assert (said["cohorts"], said["groups"], said["unknown"]) == ([], ["breakfast club"], ["fms"])


def test_until_the_school_defines_a_group_there_is_none() -> None:
    """cohort_groups."""
    said = cohorts(flag("choir"))
    assert (said["groups"], said["unknown"]) == ([], ["choir"])


def test_a_part_time_timetable_is_no_cohort_and_no_unknown_word() -> None:
    said = cohorts(flag("part_time_timetable"))
    assert (said["cohorts"], said["groups"], said["unknown"]) == ([], [], [])


def test_no_table_of_flags_is_not_judged_and_an_empty_one_is_none() -> None:
    without = answer("cohorts", FRIDAY)
    assert without["cohorts"] is None
    assert "not judged: the source gives no flags" in without["not_judged"]
    assert cohorts()["cohorts"] == []


# Unexplained absence


@pytest.mark.parametrize(
    ("name", "worker"),
    [
        ("social_worker", "social worker"),
        ("youth_justice", "youth justice worker"),
        ("looked_after", "virtual school head"),
    ],
)
def test_who_is_told(name: str, worker: str) -> None:
    said = notice(flag(name))
    assert (said["due"], said["workers"], said["since"]) == (True, [worker], date(2026, 9, 14))
    assert said["sessions"] == 10


@pytest.mark.parametrize("name", ["fsm", "previously_looked_after", "formerly_social_worker", "child_in_need"])
def test_others_have_nobody_who_must_be_told(name: str) -> None:
    assert notice(flag(name))["due"] is False


def test_two_flags_are_two_people_and_the_sessions_count_once() -> None:
    said = notice(flag("social_worker"), flag("looked_after", authority="885"))
    assert said["workers"] == ["social worker", "virtual school head"]
    assert (said["authorities"], said["sessions"]) == ([None, "885"], 10)


def test_a_worker_is_named_at_each_authority_and_at_none_only_where_none_is_known() -> None:
    said = notice(flag("social_worker", authority="885"), flag("social_worker", authority="884"), flag("social_worker"))
    assert (said["workers"], said["authorities"]) == (["social worker"] * 2, ["884", "885"])


@pytest.mark.parametrize(
    ("friday", "due"),
    [("I I", False), ("/ \\", False), ("G G", False), ("/ N", True), ("- -", True), ("# #", True), ("O /", True)],
)
def test_one_unexplained_session_is_enough_and_a_day_that_is_explained_ends_it(friday: str, due: bool) -> None:
    assert notice(flag("social_worker"), marks=UNEXPLAINED | {"2026-09-18": friday})["due"] is due


def test_only_the_days_on_which_the_flag_held_count() -> None:
    assert notice(flag("social_worker", date(2026, 9, 16)))["since"] == date(2026, 9, 16)
    assert notice(flag("social_worker", None, date(2026, 9, 11)))["due"] is False


def test_a_child_below_compulsory_school_age_has_a_social_worker_too() -> None:
    young = {"dob": date(2022, 3, 10), "on_roll": date(2026, 9, 3)}
    assert notice(flag("social_worker"), pupil=young)["due"] is True


def test_of_a_stretch_that_began_before_the_guidance_the_days_since_it_count() -> None:
    pupil, marks = {"on_roll": date(2024, 6, 3)}, {"2024-07-15..2024-09-04": "N O"}
    said = notice(flag("social_worker"), as_at=date(2024, 9, 4), marks=marks, pupil=pupil, days=SUMMER_2024)
    assert (said["due"], said["since"], said["sessions"]) == (True, date(2024, 9, 3), 4)


def test_without_flags_it_is_not_judged() -> None:
    said = answer("worker_notice", FRIDAY, marks=UNEXPLAINED)
    assert said["due"] is None
    assert "not judged" in said["not_judged"]


def test_a_stretch_is_one_finding_whose_evidence_is_its_first_day() -> None:
    marks = UNEXPLAINED | {"2026-09-16": "/ \\"}
    said = looked_at(FRIDAY, rules=["worker_notice"], flags=[flag("social_worker")], marks=marks).findings.to_dicts()
    spans = [(one["first"], one["last"], one["reached"], one["ended"]) for one in said]
    assert spans == [
        (date(2026, 9, 14), date(2026, 9, 15), date(2026, 9, 14), True),
        (date(2026, 9, 17), FRIDAY, date(2026, 9, 17), False),
    ]
    assert json.loads(said[0]["evidence"]) == [
        {"date": "2026-09-14", "session": "AM", "code": "N"},
        {"date": "2026-09-14", "session": "PM", "code": "O"},
    ]
    assert json.loads(said[0]["figures"])["workers"] == ["social worker"]


# A coming deletion


@pytest.mark.parametrize(
    ("as_at", "due"),
    [
        (date(2026, 10, 8), False),
        (date(2026, 10, 9), True),
        (date(2026, 11, 6), True),
        (date(2026, 12, 4), True),
        (date(2026, 12, 5), False),
    ],
)
def test_told_from_four_weeks_before_the_last_day_to_four_weeks_after(as_at: date, due: bool) -> None:
    assert deletion(as_at, flag("social_worker"), last=date(2026, 11, 6))["due"] is due


def test_the_number_of_days_may_be_set() -> None:
    local = {"school": {"worker_notice_deletion_days": 7}}
    last = date(2026, 11, 6)
    assert deletion(date(2026, 10, 29), flag("looked_after"), last=last, local=local)["due"] is False
    said = deletion(date(2026, 10, 30), flag("looked_after"), last=last, local=local)
    assert (said["due"], said["last_day"], said["workers"]) == (True, last, ["virtual school head"])


@pytest.mark.parametrize(("as_at", "due"), [(date(2026, 10, 15), True), (date(2026, 10, 16), False)])
def test_with_the_last_day_of_the_flag_there_is_nobody_left_to_be_told(as_at: date, due: bool) -> None:
    ended = flag("social_worker", None, date(2026, 10, 15))
    assert deletion(as_at, ended, last=date(2026, 11, 6))["due"] is due


def test_whose_flag_ended_after_the_last_day_on_the_roll_is_told_of_it() -> None:
    ended = flag("social_worker", None, date(2026, 11, 8))
    assert deletion(date(2026, 11, 20), ended, last=date(2026, 11, 6))["due"] is True


@pytest.mark.parametrize(
    ("last", "due", "since"),
    [(date(2024, 9, 5), True, date(2024, 8, 19)), (date(2024, 8, 16), False, None)],
)
def test_a_deletion_since_the_guidance_began_is_told_of_from_its_first_day(
    last: date, due: bool, since: date | None
) -> None:
    pupil = {"on_roll": date(2024, 6, 3), "off_roll": last}
    case = {"flags": [flag("social_worker")], "pupil": pupil, "days": SUMMER_2024}
    said = answer("worker_notice_deletion", date(2024, 8, 20), **case)
    assert (said["due"], said["since"]) == (due, since)


def test_a_pupil_without_such_a_worker_is_nobodys_notice() -> None:
    assert deletion(date(2026, 11, 2), flag("fsm"), last=date(2026, 11, 6))["due"] is False


def test_a_coming_deletion_is_a_finding_that_stands_until_some_days_after() -> None:
    last = date(2026, 11, 6)
    case = {"flags": [flag("social_worker")], "pupil": {"on_roll": date(2026, 9, 3), "off_roll": last}}
    [one] = looked_at(date(2026, 11, 9), rules=["worker_notice_deletion"], **case).findings.to_dicts()
    assert (one["first"], one["last"], one["reached"]) == (date(2026, 10, 9), last, date(2026, 10, 9))
    assert (one["ended"], one["evidence"]) == (False, "[]")
