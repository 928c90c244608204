"""One return for one absence, or one more in each later month: as the authority asks."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from support.rules_years import answer, findings

ASKED = {"authority": {"attendance_return_followup": True}}
# Absent from Monday 14 September: the tenth school day is Friday the 25th. Half term is the week of 26 October.
LONG = {"2026-09-14..2026-11-13": "O O"}
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 3)  # the Monday is closed


def followup(as_at: date, **case: Any) -> dict[str, Any]:
    return answer("attendance_followup", as_at, **({"marks": LONG, "local": ASKED} | case))


def test_where_the_authority_asks_for_none_there_is_none() -> None:
    assert followup(date(2026, 11, 13), local={}) == {"due": None, "since": None, "due_by": None}
    assert findings("attendance_followup", date(2026, 11, 13), marks=LONG) == []


@pytest.mark.parametrize(
    ("day", "since", "due_by"),
    [
        (date(2026, 9, 30), None, None),  # the month of the tenth day: the return itself
        (OCTOBER, OCTOBER, date(2026, 10, 31)),
        (date(2026, 10, 31), OCTOBER, date(2026, 10, 31)),
        (date(2026, 11, 2), None, None),  # closed: no school day of November yet
        (NOVEMBER, NOVEMBER, date(2026, 11, 30)),
        (date(2026, 11, 16), None, None),  # back
    ],
)
def test_it_is_due_in_each_later_month_from_its_first_school_day_of_absence(
    day: date, since: date | None, due_by: date | None
) -> None:
    assert followup(day) == {"due": since is not None, "since": since, "due_by": due_by}


def test_an_authority_that_wants_returns_sooner_wants_follow_ups_sooner() -> None:
    sooner = {"authority": {"attendance_return_followup": True, "attendance_return_due_days": 5}}
    assert followup(OCTOBER, local=sooner)["due_by"] == date(2026, 10, 6)


def test_each_month_is_a_finding_whose_evidence_stays_the_same_while_it_goes_on() -> None:
    found = findings("attendance_followup", date(2026, 11, 12), marks=LONG, local=ASKED)
    assert [(one["first"], one["last"], one["ended"]) for one in found] == [
        (OCTOBER, date(2026, 10, 23), True),
        (NOVEMBER, date(2026, 11, 12), False),
    ]
    assert [[row["date"] for row in one["evidence"]] for one in found] == [["2026-10-01"] * 2, ["2026-11-03"] * 2]


def test_an_absence_under_ten_days_in_two_months_is_none() -> None:
    assert followup(date(2026, 10, 2), marks={"2026-09-24..2026-10-02": "O O"})["due"] is False


def test_a_pupil_who_came_back_and_is_absent_again_is_a_new_return_and_no_follow_up() -> None:
    twice = {"2026-09-14..2026-09-25": "O O", "2026-10-05..2026-10-16": "O O"}
    assert followup(date(2026, 10, 16), marks=twice)["due"] is False
    returns = findings("attendance_return", date(2026, 10, 16), marks=twice)
    assert [one["first"] for one in returns] == [date(2026, 9, 14), date(2026, 10, 5)]
