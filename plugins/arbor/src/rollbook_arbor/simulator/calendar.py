"""A made-up school's calendar as Arbor holds it: years, terms, holidays, and a row for every day.

Arbor's calendar knows days, not sessions: a day on which the school closes at noon is a school day.
A weekday of a holiday may be marked as a good school day all the same: the holiday is what closes it.
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from rollbook.testing.calendars import year_of
from rollbook_arbor.simulator.book import Book
from rollbook_arbor.simulator.model import Link

DAY = timedelta(days=1)
_HOLIDAY = 3  # weekdays on end that are closed: fewer are training days and bank holidays
_LONG = 8  # a holiday as long as that parts two terms


def write_calendar(book: Book, sessions: pl.DataFrame) -> None:
    """From the page `sessions`: rows for every day from its first to its last, and one year before it."""
    weekdays = dict(sessions.group_by("date").agg(pl.col("open").any()).sort("date").iter_rows())
    if not weekdays:
        return
    first, last = min(weekdays), max(weekdays)
    for year in range(year_of(first) - 1, year_of(last) + 1):
        _year(book, year)
    holidays = _holidays(book, weekdays)
    terms = _terms(book, weekdays, holidays)
    for number in range((last - first).days + 1):
        _day(book, first + number * DAY, weekdays, holidays, terms)


def _year(book: Book, year: int) -> None:
    book.add(
        "AcademicYear",
        year,
        academicYearName=f"{year}/{year + 1}",
        code=str(year),
        startDate=date(year, 9, 1),
        endDate=date(year + 1, 8, 31),
    )


def _holidays(book: Book, weekdays: dict[date, bool]) -> list[tuple[date, date, int, Link]]:
    """First and last day, weekdays, and the object of each."""
    found: list[tuple[date, date, int, Link]] = []
    run: list[date] = []
    for day, is_open in [*weekdays.items(), (date.max, True)]:
        if not is_open:
            run.append(day)
            continue
        if len(run) >= _HOLIDAY:
            spell = {"startDate": run[0], "endDate": run[-1]}
            link = book.add("AcademicHoliday", f"{run[0]:%y%m%d}", holidayLabel=f"Holiday {len(found) + 1}", **spell)
            found.append((run[0], run[-1], len(run), link))
        run = []
    return found


def _terms(
    book: Book, weekdays: dict[date, bool], holidays: list[tuple[date, date, int, Link]]
) -> list[tuple[date, date, Link]]:
    breaks = [first for first, _, length, _ in holidays if length >= _LONG]
    terms: dict[int, list[date]] = {}
    for day, is_open in weekdays.items():
        if is_open:
            terms.setdefault(sum(first <= day for first in breaks), []).append(day)
    found = []
    for days in terms.values():
        first, last = days[0], days[-1]
        key, year = f"{first:%y%m%d}", str(year_of(first))
        link = book.add("Term", key, academicYear=year, termName=f"Term of {first:%B}", startDate=first, endDate=last)
        found.append((first, last, link))
    return found


def _day(
    book: Book,
    day: date,
    weekdays: dict[date, bool],
    holidays: list[tuple[date, date, int, Link]],
    terms: list[tuple[date, date, Link]],
) -> None:
    holiday = next((link for first, last, _, link in holidays if first <= day <= last), None)
    bank_holiday = day.month == 5 and day.weekday() == 0 and holiday is None and not weekdays.get(day, False)
    good = weekdays.get(day, False) or (holiday is not None and day.weekday() < 5)
    book.add(
        "AcademicCalendarDate",
        f"{day:%Y%m%d}",
        code=day.isoformat(),
        active=True,
        startDate=day,
        endDate=day,
        calendarYear=day.year,
        calendarMonth=day.month,
        calendarDay=day.day,
        calendarDayOfWeek=day.isoweekday(),
        isPublicHoliday=bank_holiday,
        academicYear=str(year_of(day)),
        term=next((link for first, last, link in terms if first <= day <= last), None),
        academicHoliday=holiday,
        isGoodSchoolDay=good,
    )
