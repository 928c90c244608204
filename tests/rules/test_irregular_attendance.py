"""A pupil who fails to attend regularly, by the authority's own number."""

from __future__ import annotations

from datetime import date
from typing import Any

from support.rules_years import answer, findings

TEN = {"authority": {"irregular_sessions": 10}}
# Five days of a morning each, and a week of holiday: the tenth session is on Wednesday 7 October.
MARKS = {"2026-09-07..2026-09-11": "O \\", "2026-10-05..2026-10-09": "G G"}
TENTH = date(2026, 10, 7)


def irregular(as_at: date, **case: Any) -> dict[str, Any]:
    return answer("irregular", as_at, **({"marks": MARKS} | case))


def test_without_a_number_of_the_authority_nothing_is_due_or_not_due() -> None:
    assert irregular(date(2026, 10, 9)) == {"sessions": 15, "due": None}
    assert findings("irregular", date(2026, 10, 9), marks=MARKS) == []


def test_it_is_due_from_the_session_that_makes_the_number() -> None:
    assert irregular(date(2026, 10, 6), local=TEN) == {"sessions": 9, "due": False}
    assert irregular(TENTH, local=TEN) == {"sessions": 11, "due": True}


def test_it_begins_again_with_the_school_year() -> None:
    july = {"2026-07-13..2026-07-17": "O O"}
    assert irregular(date(2026, 7, 31), marks=july, local=TEN) == {"sessions": 10, "due": True}
    assert irregular(date(2026, 8, 1), marks=july, local=TEN) == {"sessions": 0, "due": False}


def test_sessions_before_compulsory_school_age_do_not_count() -> None:
    # Five on 20 July 2026: of compulsory school age from 31 August.
    young = {"dob": date(2021, 7, 20), "year_group": 0}
    july = {"2026-07-13..2026-07-17": "O O"}
    assert irregular(date(2026, 7, 31), marks=july, pupil=young)["sessions"] == 0


def test_after_the_last_day_on_the_roll_nothing_is_due_and_the_sessions_stand() -> None:
    left = {"off_roll": date(2026, 10, 9)}
    assert irregular(date(2026, 10, 9), pupil=left, local=TEN)["due"] is True
    assert irregular(date(2026, 10, 10), pupil=left, local=TEN) == {"sessions": 15, "due": False}


def test_the_finding_is_of_the_school_year_with_the_sessions_up_to_the_number() -> None:
    [one] = findings("irregular", date(2026, 10, 9), marks=MARKS, local=TEN)
    days = (one["first"], one["last"], one["reached"], one["ended"])
    assert days == (date(2026, 9, 7), date(2026, 10, 9), TENTH, False)
    assert one["figures"] == {"sessions": 15, "number": 10, "due_by": "2026-10-31"}
    assert [row["date"] for row in one["evidence"][-2:]] == ["2026-10-07", "2026-10-07"]


def test_what_was_found_stays_found_when_the_year_is_over() -> None:
    july = {"2026-07-13..2026-07-17": "O O"}
    [one] = findings("irregular", date(2026, 9, 4), marks=july, local=TEN)
    assert (one["reached"], one["ended"]) == (date(2026, 7, 17), True)
