"""The terms of a made-up school, for the configuration of one whose MIS gives out no calendar."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rollbook.testing.schools import MadeSchool

A_WEEK = 5
"""From so many school days on, a closure lies between two terms, and not within one."""


def settings(school: MadeSchool) -> dict[str, Any]:
    """`terms`, `closed` and `half_days` of that school, as `[[schools]]` has them."""
    spells = list(_spells(school))
    between = [days for is_open, days in spells if not is_open and len(days) >= A_WEEK]
    within = [days for is_open, days in spells if not is_open and len(days) < A_WEEK]
    holidays = {day for days in between for day in days}
    terms = [
        list(days)
        for is_holiday, days in groupby((day for _, days in spells for day in days), lambda day: day in holidays)
        if not is_holiday
    ]
    closed = [_written(days) for days in within]
    said = {"terms": [_written(days) for days in terms], "closed": closed, "half_days": _half_days(school)}
    return {name: days for name, days in said.items() if days}


def _half_days(school: MadeSchool) -> list[str]:
    """Each closed session of a day of which the other is open."""
    rows = _table(school).select("date", "session", "open").sort("date", "session").rows()
    whole = {day for day, _, is_open in rows if is_open}
    return [f"{day} {session}" for day, session, is_open in rows if not is_open and day in whole]


def _spells(school: MadeSchool) -> Iterator[tuple[bool, list[date]]]:
    """The weekdays of its calendar, in stretches of open and of closed ones."""
    rows = _table(school).select("date", "open").sort("date").iter_rows()
    by_day = ((day, any(is_open for _, is_open in rows)) for day, rows in groupby(rows, lambda row: row[0]))
    for is_open, days in groupby(by_day, lambda one: one[1]):
        yield is_open, [day for day, _ in days]


def _table(school: MadeSchool) -> Any:
    [sessions] = [rows for table, rows in school.known_on(school.last).items() if table == "sessions"]
    return sessions


def _written(days: Iterable[date]) -> str:
    first, *rest = days
    return f"{first}..{rest[-1]}" if rest else f"{first}"
