"""N must be settled within five school days."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from support.rules_cases import answer, looked_at

MONDAY = {"2026-09-07": "N N"}


def unexplained(as_at: date, **case: Any) -> dict[str, Any]:
    return answer("unexplained", as_at, **case)


@pytest.mark.parametrize(("as_at", "overdue"), [(date(2026, 9, 14), 0), (date(2026, 9, 15), 2)])
def test_the_fifth_school_day_is_the_deadline_and_the_day_after_is_late(as_at: date, overdue: int) -> None:
    assert unexplained(as_at, marks=MONDAY) == {"overdue": overdue, "due_by": date(2026, 9, 14)}


def test_a_deadline_passes_at_a_weekend_too() -> None:
    friday = {"2026-09-04": "N N"}
    assert unexplained(date(2026, 9, 12), marks=friday) == {"overdue": 2, "due_by": date(2026, 9, 11)}


def test_holidays_are_not_school_days() -> None:
    before_half_term = {"2026-10-23": "N N"}
    assert unexplained(date(2026, 10, 23), marks=before_half_term)["due_by"] == date(2026, 11, 6)


def test_with_fewer_than_five_school_days_known_there_is_no_deadline_yet() -> None:
    last_week = {"2026-12-14": "N N"}
    assert unexplained(date(2026, 12, 18), marks=last_week) == {"overdue": 0, "due_by": None}


def test_the_deadline_is_that_of_the_oldest_mark() -> None:
    assert unexplained(date(2026, 9, 9), marks={"2026-09-07..2026-09-09": "N \\"})["due_by"] == date(2026, 9, 14)


def test_a_mark_that_was_settled_is_gone() -> None:
    settled = [{"date": date(2026, 9, 15), "marks": {"2026-09-07": "I O"}}]
    assert unexplained(date(2026, 9, 15), marks=MONDAY, amended=settled) == {"overdue": 0, "due_by": None}


def test_it_goes_on_after_the_pupil_left() -> None:
    left = {"on_roll": date(2026, 9, 3), "off_roll": date(2026, 9, 8)}
    assert unexplained(date(2026, 10, 1), marks=MONDAY, pupil=left)["overdue"] == 2


def test_the_evidence_is_the_marks_that_are_overdue() -> None:
    said = looked_at(date(2026, 9, 16), marks=MONDAY | {"2026-09-09": "N \\"})
    rows = said.evidence["unexplained"].select("date", "session").rows()
    assert rows == [(date(2026, 9, 7), 0), (date(2026, 9, 7), 1)]
