"""The school's calendar, where it comes from term dates; and the school year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

import polars as pl

from rollbook.tables.schemas import SESSION, SESSIONS, conform

_SESSIONS: Final = {"AM": 0, "PM": 1}
_FIRST_MONTH: Final = 8  # the school year runs from 1 August to 31 July
_SATURDAY: Final = 5
DIFFERENCES: Final = {"date": pl.Date, "session": SESSION, "source": pl.Boolean, "configured": pl.Boolean}


def sessions_from_terms(
    school: int,
    terms: Sequence[tuple[date, date]],
    closed: Sequence[tuple[date, date]] = (),
    half_days: Sequence[tuple[date, str]] = (),
) -> pl.DataFrame:
    """`SESSIONS`: two sessions for each weekday of each term, `open` but for the closed ones.

    terms: first and last day of each, both included. closed: spells of days without a session. half_days: a day and
    the session (`AM` or `PM`) on which the school is closed.
    Raises ValueError, naming the dates, when a spell ends before it begins, two terms overlap, or a half day is not a
    weekday of a term.
    """
    _check_spells(terms, closed)
    shut = {day for first, last in closed for day in _days(first, last)}
    weekdays = [day for first, last in sorted(terms) for day in _days(first, last) if day.weekday() < _SATURDAY]
    half = set(_half_days(half_days, set(weekdays)))
    rows = [
        (school, day, number, day not in shut and (day, number) not in half)
        for day in weekdays
        for number in _SESSIONS.values()
    ]
    return pl.DataFrame(rows, schema=SESSIONS, orient="row")


def differences(source: pl.DataFrame, configured: pl.DataFrame) -> pl.DataFrame:
    """`date`, `session`, `source`, `configured`: the sessions on which two calendars of a school do not agree.

    Each is `SESSIONS`; true is open. Only the days that both calendars reach to are compared; a session that a
    calendar does not name is closed in it. Sorted by date and session.
    """
    if source.is_empty() or configured.is_empty():
        return pl.DataFrame(schema=DIFFERENCES)
    first = max(_day(source["date"].min()), _day(configured["date"].min()))
    last = min(_day(source["date"].max()), _day(configured["date"].max()))
    key = ["date", "session"]
    theirs = source.select(*key, pl.col("open").alias("source"))
    ours = configured.select(*key, pl.col("open").alias("configured"))
    both = theirs.join(ours, on=key, how="full", coalesce=True).with_columns(
        pl.col("source", "configured").fill_null(value=False)
    )
    unlike = both.filter(pl.col("date").is_between(first, last), pl.col("source") != pl.col("configured"))
    return conform(unlike, dict(DIFFERENCES)).sort(key)


def school_year(day: date) -> int:
    """The calendar year in which the school year of `day` began: 2026 from 1 August 2026 to 31 July 2027."""
    return day.year if day.month >= _FIRST_MONTH else day.year - 1


def split_by_year(rows: pl.DataFrame) -> dict[int, pl.DataFrame]:
    """`rows` by the school year of their `date`, each part in the order the rows had."""
    first = pl.col("date").dt.year() - (pl.col("date").dt.month() < _FIRST_MONTH).cast(pl.Int32)
    parts = rows.with_columns(_year=first).partition_by("_year", maintain_order=True, include_key=True)
    return {part["_year"][0]: part.drop("_year") for part in parts}


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _day(value: object) -> date:
    if not isinstance(value, date):
        raise TypeError("a calendar's dates must be dates")
    return value


def _check_spells(terms: Sequence[tuple[date, date]], closed: Sequence[tuple[date, date]]) -> None:
    for name, spells in (("term", terms), ("closure", closed)):
        for first, last in spells:
            if last < first:
                raise ValueError(f"a {name} ends ({last}) before it begins ({first}): correct its dates")
    ordered = sorted(terms)
    for (_, last), (first, _) in pairwise(ordered):
        if first <= last:
            raise ValueError(f"two terms overlap: one ends on {last}, another begins on {first}")


def _half_days(half_days: Sequence[tuple[date, str]], weekdays: set[date]) -> list[tuple[date, int]]:
    for day, session in half_days:
        if session not in _SESSIONS:
            raise ValueError(f"the half day of {day} must say AM or PM")
        if day not in weekdays:
            raise ValueError(f"the half day of {day} is not a weekday of any term")
    return [(day, _SESSIONS[session]) for day, session in half_days]
