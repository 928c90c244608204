"""Children who are missing: four types of report, and what is said where a table was not given."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from support.rules_cases import answer, looked_at

TEN = {"2026-09-07..2026-09-18": "N N"}
TENTH = date(2026, 9, 18)
NOBODY: list[dict[str, Any]] = []


def missing(as_at: date = TENTH, **case: Any) -> dict[str, Any]:
    return answer("missing", as_at, **case)


def findings(as_at: date = TENTH, **case: Any) -> list[dict[str, Any]]:
    rows = looked_at(as_at, rules=["missing"], **case).findings.to_dicts()
    return [row | {"figures": json.loads(row["figures"])} for row in rows]


def attempt(day: int, kind: str = "call", outcome: str = "no_answer") -> dict[str, Any]:
    return {"date": date(2026, 9, day), "type": kind, "outcome": outcome}


def left(day: date, **more: Any) -> dict[str, Any]:
    return {"on_roll": date(2026, 9, 3), "off_roll": day} | more


# Registered pupils


def test_ten_school_days_without_a_reason_are_a_missing_pupil() -> None:
    said = missing(marks=TEN, contact_log=NOBODY)
    assert (said["due"], said["case_type"]) == (True, "missing_registered_pupil")
    assert (said["since"], said["reached_on"]) == (date(2026, 9, 7), TENTH)
    assert missing(date(2026, 9, 17), marks=TEN)["due"] is False


@pytest.mark.parametrize(
    ("wednesday", "due"),
    [("O O", True), ("N O", True), ("G G", False), ("I I", False), ("/ N", False), ("N U", False), ("- -", False)],
)
def test_a_reason_or_being_seen_breaks_it(wednesday: str, due: bool) -> None:
    assert missing(marks=TEN | {"2026-09-16": wednesday})["due"] is due


def test_a_pupil_who_never_came_failed_to_start() -> None:
    marks = {"2026-09-03..2026-09-18": "N N"}
    assert missing(marks=marks)["case_type"] == "failed_to_start"


@pytest.mark.parametrize(
    ("kind", "case", "also"),
    [
        ("missing_registered_pupil", {"marks": TEN}, {"no_reason_codes", "missing_when_enquiries_done"}),
        (
            "failed_to_start",
            {"marks": {"2026-09-03..2026-09-18": "N N"}},
            {"no_reason_codes", "missing_when_enquiries_done"},
        ),
        ("leaver_destination_unknown", {"pupil": {"off_roll": date(2026, 9, 10), "destination": "unknown"}}, set()),
    ],
)
def test_a_report_names_the_values_of_its_own_type_alone(kind: str, case: dict[str, Any], also: set[str]) -> None:
    [found] = findings(**case)
    own = {f"{kind}_{value}" for value in ("days", "taken", "called")}
    assert found["figures"]["case_type"] == kind
    assert {row["name"] for row in json.loads(found["settings"])} == own | also


def test_a_pupil_on_the_roll_since_before_the_data_cannot_be_said_to_have_failed_to_start() -> None:
    marks = {"2026-09-03..2026-09-18": "N N"}
    assert missing(marks=marks, pupil={"on_roll": date(2024, 9, 3)})["case_type"] == "missing_registered_pupil"


@pytest.mark.parametrize(
    ("calendar_from", "case_type"),
    [("2026-09-03", "failed_to_start"), ("2026-10-05", "missing_registered_pupil")],
)
def test_who_may_have_come_before_the_calendar_began_did_not_fail_to_start(calendar_from: str, case_type: str) -> None:
    days = {"terms": [f"{calendar_from}..2026-12-18"], "closed": []}
    marks = {"2026-09-01..2026-10-16": "N N"}
    said = missing(date(2026, 10, 16), days=days, marks=marks, pupil={"on_roll": date(2026, 9, 1)})
    assert (said["due"], said["case_type"]) == (True, case_type)


def test_a_child_below_compulsory_school_age_is_not_reported() -> None:
    assert missing(marks=TEN, pupil={"dob": date(2022, 3, 10), "on_roll": date(2026, 9, 3)})["due"] is False


def test_the_authority_may_want_it_sooner_and_call_it_otherwise() -> None:
    local = {"missing_registered_pupil_days": 5, "missing_registered_pupil_called": "CME referral (on roll)"}
    said = missing(date(2026, 9, 11), marks=TEN, local={"authority": local})
    assert (said["due"], said["called"]) == (True, "CME referral (on roll)")


def test_a_type_that_the_authority_does_not_take_is_still_shown() -> None:
    said = missing(marks=TEN, local={"authority": {"missing_registered_pupil_taken": False}})
    assert (said["due"], said["taken"]) == (True, False)


# The log of contact attempts


def test_without_a_log_it_is_said_that_contact_is_not_judged() -> None:
    said = missing(marks=TEN)
    assert (said["attempts"], said["outstanding"]) == (None, None)
    assert "not judged: the source gives no log" in said["not_judged"]


def test_with_a_log_the_enquiries_still_to_be_made_are_named() -> None:
    said = missing(marks=TEN, contact_log=[attempt(7), attempt(9, "email", "message_left"), attempt(4, "visit")])
    assert (said["attempts"], said["outstanding"], said["not_judged"]) == (2, ["home visit"], None)


@pytest.mark.parametrize("outcome", ["reached", "seen"])
def test_days_are_counted_from_the_last_time_anyone_was_reached(outcome: str) -> None:
    log = [attempt(9, "call", outcome)]
    marks = {"2026-09-07..2026-09-23": "N N"}
    assert missing(date(2026, 9, 22), marks=marks, contact_log=log)["due"] is False
    said = missing(date(2026, 9, 23), marks=marks, contact_log=log)
    assert (said["due"], said["since"]) == (True, date(2026, 9, 10))


def test_reaching_someone_on_the_day_ends_it() -> None:
    marks = {"2026-09-07..2026-09-23": "N N"}
    [one] = findings(date(2026, 9, 21), marks=marks, contact_log=[attempt(21, "visit", "seen")])
    assert (one["ended"], one["last"]) == (True, date(2026, 9, 21))
    assert missing(date(2026, 9, 21), marks=marks, contact_log=[attempt(21, "visit", "seen")])["due"] is False


def test_where_the_authority_says_so_it_is_due_when_every_enquiry_was_made() -> None:
    log = [attempt(7), attempt(8, "letter"), attempt(10, "visit")]
    said = missing(date(2026, 9, 10), marks=TEN, contact_log=log)
    assert said["due"] is False
    sooner = {"authority": {"missing_when_enquiries_done": True}}
    said = missing(date(2026, 9, 10), marks=TEN, contact_log=log, local=sooner)
    assert (said["due"], said["reached_on"]) == (True, date(2026, 9, 10))


# Findings


def test_a_finding_has_the_marks_up_to_the_day_it_was_reached() -> None:
    [one] = findings(date(2026, 9, 22), marks={"2026-09-07..2026-09-22": "N O"})
    assert (one["first"], one["reached"], one["last"]) == (date(2026, 9, 7), TENTH, date(2026, 9, 22))
    assert len(json.loads(one["evidence"])) == 20
    assert one["figures"]["last_attended"] == "2026-09-04"


def test_a_pupil_who_came_back_ended_it() -> None:
    [one] = findings(date(2026, 9, 22), marks=TEN)
    assert (one["ended"], one["figures"]["case_type"]) == (True, "missing_registered_pupil")


def test_what_is_due_comes_with_its_evidence() -> None:
    assert len(looked_at(TENTH, rules=["missing"], marks=TEN).evidence["missing"]) == 20


# Leavers

WEDNESDAY = date(2026, 9, 16)


@pytest.mark.parametrize(
    ("leaving", "case_type"),
    [
        ({"destination": "unknown"}, "leaver_destination_unknown"),
        ({"ground": "g"}, "leaver_destination_unknown"),
        ({"ground": "i"}, "leaver_destination_unknown"),
        ({"ground": "o"}, "cme_not_on_roll"),
        ({"destination": "home", "ground": "f"}, None),
        ({"ground": "f"}, None),
        ({"ground": "k"}, None),
        ({"destination": "123456", "ground": "a"}, None),
        ({"destination": "abroad"}, None),
        ({"destination": "Unknown"}, "leaver_destination_unknown"),
    ],
)
def test_what_is_known_of_where_a_leaver_went(leaving: dict[str, str], case_type: str | None) -> None:
    said = missing(date(2026, 10, 1), pupil=left(WEDNESDAY, **leaving))
    assert (said["due"], said["case_type"]) == (case_type is not None, case_type)


def test_it_begins_with_the_first_school_day_off_the_roll() -> None:
    friday = left(TENTH, destination="unknown")
    assert missing(date(2026, 9, 20), pupil=friday)["due"] is False
    assert missing(date(2026, 9, 21), pupil=friday)["since"] == date(2026, 9, 21)


def test_the_authority_may_wait_for_the_destination() -> None:
    local = {"authority": {"leaver_destination_unknown_days": 10}}
    gone = left(WEDNESDAY, destination="unknown")
    assert missing(date(2026, 9, 25), pupil=gone, local=local)["due"] is False
    assert missing(date(2026, 9, 26), pupil=gone, local=local)["reached_on"] == date(2026, 9, 26)


def test_where_no_leaver_of_the_school_has_a_destination_it_is_not_judged() -> None:
    said = missing(date(2026, 10, 1), pupil=left(WEDNESDAY))
    assert said["due"] is None
    assert "not judged" in said["not_judged"]


def test_the_end_of_the_schools_last_year_group_is_no_missing_child() -> None:
    last = left(date(2026, 12, 18), year_group=6, destination="unknown", dob=date(2015, 10, 1))
    primary = {"lowest_year": 0, "highest_year": 6}
    assert missing(date(2026, 12, 18), pupil=last, school=primary)["due"] is False


def test_past_compulsory_school_age_nothing_is_due() -> None:
    assert (
        missing(date(2026, 10, 1), pupil=left(WEDNESDAY, destination="unknown", dob=date(2010, 3, 1)))["due"] is False
    )


@pytest.mark.parametrize(("as_at", "since"), [(date(2027, 1, 4), None), (date(2027, 1, 5), date(2027, 1, 5))])
def test_who_left_below_compulsory_school_age_is_missing_once_of_that_age(as_at: date, since: date | None) -> None:
    """Five in November: of compulsory school age from the end of December, and so missing from the first school day."""
    days = {"terms": ["2026-09-03..2026-12-18", "2027-01-05..2027-03-25"], "closed": []}
    young = left(date(2026, 11, 6), destination="unknown", dob=date(2021, 11, 10))
    said = missing(as_at, pupil=young, days=days)
    assert (said["due"], said["since"]) == (since is not None, since)


def other_school(on_roll: date) -> list[dict[str, Any]]:
    return [{"school": "B", "calendar": "a", "on_roll": on_roll, "off_roll": None, "marks": {}}]


def test_a_leaver_on_another_schools_roll_is_found() -> None:
    gone = left(WEDNESDAY, destination="unknown")
    [one] = findings(date(2026, 10, 1), pupil=gone, also_at=other_school(date(2026, 9, 28)))
    assert (one["ended"], one["last"]) == (True, date(2026, 9, 27))
    assert findings(date(2026, 10, 1), pupil=gone, also_at=other_school(date(2026, 9, 17))) == []


def test_a_leaver_who_came_onto_no_roll_of_the_school_named_is_on_no_roll() -> None:
    gone = left(WEDNESDAY, destination="100001")
    early, late = other_school(date(2026, 9, 28)), other_school(date(2026, 10, 12))
    said = missing(date(2026, 9, 26), pupil=gone, also_at=late)
    assert (said["due"], said["case_type"], said["since"]) == (True, "cme_not_on_roll", date(2026, 9, 17))
    assert missing(date(2026, 10, 2), pupil=gone, also_at=early)["due"] is False


# What the authority has not said otherwise


@pytest.mark.parametrize(
    ("name", "called", "reached", "case"),
    [
        (
            "missing_registered_pupil",
            "Registered pupil whose whereabouts are not known",
            date(2026, 9, 18),
            {"marks": {"2026-09-07..2026-10-01": "N N"}},
        ),
        (
            "failed_to_start",
            "Pupil who was expected and never came",
            date(2026, 9, 16),
            {"marks": {"2026-09-03..2026-10-01": "N N"}},
        ),
        (
            "leaver_destination_unknown",
            "Leaver whose destination is not known",
            date(2026, 9, 17),
            {"pupil": left(WEDNESDAY, destination="unknown")},
        ),
        ("cme_not_on_roll", "Child on no school's roll", date(2026, 9, 26), {"pupil": left(WEDNESDAY, ground="o")}),
    ],
)
def test_each_type_is_taken_and_called_so_after_so_many_days(
    name: str, called: str, reached: date, case: dict[str, Any]
) -> None:
    """missing_registered_pupil_days, missing_registered_pupil_taken, missing_registered_pupil_called,
    failed_to_start_days, failed_to_start_taken, failed_to_start_called,
    leaver_destination_unknown_days, leaver_destination_unknown_taken, leaver_destination_unknown_called,
    cme_not_on_roll_days, cme_not_on_roll_taken, cme_not_on_roll_called.
    """
    said = missing(date(2026, 10, 1), **case)
    assert (said["case_type"], said["called"], said["taken"]) == (name, called, True)
    assert said["reached_on"] == reached
