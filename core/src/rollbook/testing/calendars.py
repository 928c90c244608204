"""A made-up school's calendar: terms, half terms, training days and an afternoon on which it closes."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

DAY = timedelta(days=1)


def year_of(day: date) -> int:
    """The calendar year in which the school year of `day` begins (1 August)."""
    return day.year if day.month >= 8 else day.year - 1


def school_calendar(first: date, last: date, offset: int = 0) -> pl.DataFrame:
    """Columns of the page `sessions`: two rows for each weekday from `first` to the summer after `last`.

    `offset` moves the half-day closure, so that schools differ. Closed weekdays are in it, as `open` false.
    """
    end = date(year_of(last) + 1, 7, 31)
    days = [first + n * DAY for n in range((end - first).days + 1)]
    weekdays = [day for day in days if day.weekday() < 5]
    closed = _closed_days(first, end)
    planned = [day for day in weekdays if day not in closed]
    half = planned[min(8 + offset, len(planned) - 1)] if planned else None
    rows = [
        (day, session, day not in closed and not (day == half and session == "PM"))
        for day in weekdays
        for session in ("AM", "PM")
    ]
    return pl.DataFrame(rows, schema={"date": pl.Date, "session": pl.String, "open": pl.Boolean}, orient="row")


def _closed_days(first: date, end: date) -> set[date]:
    """Holidays of every school year from `first` to `end`, with two training days a year."""
    closed: set[date] = set()
    for year in range(year_of(first), year_of(end) + 1):
        for start, finish in _holidays(year):
            closed.update(start + n * DAY for n in range((finish - start).days + 1))
        closed.add(_next_weekday(date(year, 9, 1)))
        closed.add(half_term(year) + 7 * DAY)
    return closed


def half_term(year: int) -> date:
    """The Monday of October's half term: the last Monday of the month."""
    return _monday_of(date(year, 10, 31))


def _holidays(year: int) -> list[tuple[date, date]]:
    """First and last day of each holiday of the school year that begins in `year`."""
    after, good_friday = year + 1, _easter(year + 1) - 2 * DAY
    autumn, winter, spring = half_term(year), _monday_of(date(after, 2, 18)), _monday_of(date(after, 5, 31))
    may_day = _monday_of(date(after, 5, 7))
    return [
        (date(year, 8, 1), date(year, 8, 31)),
        (autumn, autumn + 4 * DAY),
        (date(year, 12, 20), date(after, 1, 3)),
        (winter, winter + 4 * DAY),
        (good_friday - 4 * DAY, good_friday + 10 * DAY),
        (may_day, may_day),
        (spring, spring + 4 * DAY),
        (date(after, 7, 21), date(after, 7, 31)),
    ]


def _monday_of(day: date) -> date:
    return day - day.weekday() * DAY


def _next_weekday(day: date) -> date:
    return day if day.weekday() < 5 else day + (7 - day.weekday()) * DAY


def _easter(year: int) -> date:
    """Easter Sunday, by the arithmetic of the Gregorian calendar (Butcher's form)."""
    century, rest = divmod(year, 100)
    leap, left = divmod(century, 4)
    moon = (19 * (year % 19) + century - leap - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    week = (32 + 2 * left + 2 * (rest // 4) - moon - rest % 4) % 7
    shift = (year % 19 + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * shift + 114, 31)
    return date(year, month, day + 1)
