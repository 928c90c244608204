"""Which school days no export had, and up to which day a school has been read."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from rollbook.contract import Window
from rollbook.host.bring import covered_to, never_read
from rollbook.host.calendars import Calendar
from rollbook.host.pull import Staged
from rollbook.register.terms import sessions_from_terms
from rollbook.tables.schemas import Table, page_schema

HALF_TERM = (date(2026, 10, 26), date(2026, 10, 30))
CALENDAR = Calendar(sessions_from_terms(100001, [(date(2026, 9, 3), date(2026, 12, 18))], [HALF_TERM]), 0, ())


def november(number: int) -> date:
    return date(2026, 11, number)


def staged(days: list[int], covers: tuple[int, int] | None) -> Staged:
    """A pull that has marks of one pupil on these days of November."""
    rows = [{"pupil": "p1", "date": november(n), "session": "AM", "code": "/"} for n in days]
    made = Staged(Window(date(2026, 10, 1), november(20)))
    made.tables[Table.MARKS] = pl.DataFrame(rows, schema=page_schema(Table.MARKS))
    made.covers = [Window(november(covers[0]), november(covers[1]))] if covers else []
    return made


@pytest.mark.parametrize(
    ("story", "days", "covers", "missing", "reached"),
    [
        ("all days since", [3, 4, 5, 6], (3, 6), [], 6),
        ("a gap before the export", [5, 6], (5, 6), [3, 4], 2),
        ("days that came, though it was not whole for them", [3, 4, 5, 6], (5, 6), [], 6),
        ("some of them came", [3, 5, 6], (5, 6), [4], 3),
        ("a day left out between others", [3, 5, 6], (3, 6), [4], 6),
        ("a weekend", [3, 4, 5, 6, 9], (3, 9), [], 9),
        ("it cannot be said what was whole", [5, 6], None, [], 6),
    ],
)
def test_only_a_day_of_which_nothing_came_was_never_read(
    story: str, days: list[int], covers: tuple[int, int] | None, missing: list[int], reached: int
) -> None:
    pulled, before = staged(days, covers), november(2)
    found = never_read(pulled, CALENDAR, before)
    assert found == [november(n) for n in missing]
    assert covered_to(pulled, before, found) == november(reached)


def test_a_holiday_was_not_left_out() -> None:
    pulled, before = staged([2, 3], (2, 3)), HALF_TERM[0] - timedelta(days=3)
    assert never_read(pulled, CALENDAR, before) == []
    assert covered_to(pulled, before, []) == november(3)


def test_before_the_first_pull_nothing_is_missed() -> None:
    assert never_read(staged([5], (5, 5)), CALENDAR, None) == []
