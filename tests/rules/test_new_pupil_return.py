"""The return of a new pupil: when it is due, and who is exempt."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from rollbook.rules.evaluate import evaluate
from support.rules_years import answer, findings, registers

FIRST_SCHOOL = {"lowest_year": 0, "highest_year": 6}
RECEPTION = {"dob": date(2022, 3, 1), "year_group": 0, "on_roll": date(2026, 9, 3)}


def new_pupil(as_at: date, on_roll: date, **case: Any) -> dict[str, Any]:
    return answer("new_pupil_return", as_at, pupil={"on_roll": on_roll}, **case)


def test_the_fifth_day_after_the_entry_is_a_calendar_day_and_may_be_a_saturday() -> None:
    assert new_pupil(date(2026, 11, 9), date(2026, 11, 9)) == {"due_by": date(2026, 11, 14), "due": True}


def test_it_is_due_to_the_end_of_the_school_year_for_no_register_shows_that_it_was_sent() -> None:
    assert new_pupil(date(2026, 11, 15), date(2026, 11, 9)) == {"due_by": date(2026, 11, 14), "due": True}
    assert new_pupil(date(2027, 7, 31), date(2026, 11, 9))["due"] is True
    assert new_pupil(date(2027, 8, 1), date(2026, 11, 9))["due"] is False


def test_an_entry_to_come_is_no_entry() -> None:
    assert new_pupil(date(2026, 11, 6), date(2026, 11, 9)) == {"due_by": None, "due": False}


def test_the_authority_may_want_it_sooner() -> None:
    local = {"authority": {"new_pupil_return_due_days": 2}}
    assert new_pupil(date(2026, 11, 9), date(2026, 11, 9), local=local)["due_by"] == date(2026, 11, 11)


@pytest.mark.parametrize(
    ("pupil", "exempt"),
    [
        ({}, True),
        ({"on_roll": date(2026, 9, 4)}, False),
        ({"on_roll": date(2026, 9, 1)}, False),  # not the first day with a session
        ({"year_group": 1}, False),
        ({"year_group": None}, False),
    ],
)
def test_who_begins_with_the_others_is_exempt(pupil: dict[str, Any], exempt: bool) -> None:
    said = answer("new_pupil_return", date(2026, 9, 4), school=FIRST_SCHOOL, pupil=RECEPTION | pupil)
    assert (said["due_by"] is None) is exempt


def test_where_the_most_junior_year_is_not_known_nobody_is_exempt() -> None:
    assert answer("new_pupil_return", date(2026, 9, 3), pupil=RECEPTION)["due_by"] == date(2026, 9, 8)


def test_the_finding_says_on_which_school_day_somebody_can_still_send_it() -> None:
    [one] = findings("new_pupil_return", date(2026, 11, 14), pupil={"on_roll": date(2026, 11, 9)})
    assert {one[name] for name in ("first", "last", "reached")} == {date(2026, 11, 9)}
    assert one["ended"] is False
    assert one["figures"] == {
        "due_by": "2026-11-14",
        "send_by": "2026-11-13",
        "entered_on": "2026-11-09",
        "year_group": 7,
    }


@pytest.mark.parametrize(
    ("day", "over"), [(date(2026, 11, 15), False), (date(2027, 7, 31), False), (date(2027, 8, 1), True)]
)
def test_the_finding_stays_when_its_day_is_over_and_ends_with_the_school_year(day: date, over: bool) -> None:
    [one] = findings("new_pupil_return", day, pupil={"on_roll": date(2026, 11, 9)})
    assert one["ended"] is over


def test_entries_before_the_regulations_are_no_findings() -> None:
    assert findings("new_pupil_return", date(2026, 11, 9), pupil={"on_roll": date(2024, 8, 18)}) == []


def test_a_pupil_who_joins_in_the_holiday_can_be_told_of_on_no_school_day() -> None:
    [one] = findings("new_pupil_return", date(2026, 8, 3), pupil={"on_roll": date(2026, 8, 3)})
    assert (one["figures"]["due_by"], one["figures"]["send_by"]) == ("2026-08-08", None)


def test_an_authority_may_ask_for_those_who_begin_with_the_others_too() -> None:
    asked = {"authority": {"new_pupil_return_for_all": True}}
    said = answer("new_pupil_return", date(2026, 9, 4), school=FIRST_SCHOOL, pupil=RECEPTION, local=asked)
    assert said == {"due_by": date(2026, 9, 8), "due": True}


def test_a_stay_written_as_two_spells_is_one_entry() -> None:
    known = registers(date(2026, 11, 9), pupil={"on_roll": date(2025, 9, 3)})
    [row] = known.roll.to_dicts()
    spells = [(date(2025, 9, 3), date(2026, 8, 31)), (date(2026, 9, 1), date(2026, 10, 2)), (date(2026, 10, 6), None)]
    roll = pl.DataFrame([row | {"from": first, "to": last} for first, last in spells], schema=known.roll.schema)
    said = evaluate(replace(known, roll=roll), date(2026, 11, 9), rules=["new_pupil_return"])
    assert [one["first"] for one in said.findings.to_dicts()] == [date(2025, 9, 3), date(2026, 10, 6)]
