"""The school calendar: AM and PM of each day of term, open or closed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import SimpleNamespace
from typing import Final

from rollbook.contract import NeedsCredentials, Page, Window
from rollbook.tables.schemas import Table
from rollbook_arbor.tables.loading import Read, Reading, Row
from rollbook_arbor.tables.shaped import CALENDAR_DATE
from rollbook_arbor.tables.spells import years_of

REFERRED: Final = ("Term", "AcademicHoliday")
"""Entities of which nothing is read but that a day refers to them: which is not shown where they are not approved."""


def sessions(read: Read, window: Window) -> Page:
    """The calendar of the school years that the window touches, to the end of its last: deadlines run ahead of today.

    Rows for each day that is in a term or said to be a good school day; open where it is both and in no holiday.
    Raises NeedsCredentials (also where there are good school days and not one is open), VendorMustAct, and what `read`
    raises.
    """
    told = Reading(read)
    days = _days(told, years_of(window))
    rows = [SimpleNamespace(date=day, session=half, open=days[day]) for day in sorted(days) for half in ("AM", "PM")]
    return Page.of(Table.SESSIONS, rows, rejects=told.rejects, origin="AcademicCalendarDate")


def _days(told: Reading, years: Window) -> Mapping[date, bool]:
    days: dict[date, bool] = {}
    seen = False  # a good school day
    for row in told.rows(CALENDAR_DATE):
        day, good = row["startDate"], row["isGoodSchoolDay"]
        if not years.first <= day <= years.last or not (row["term"] or good):
            continue
        if days.setdefault(day, _is_open(row)) != _is_open(row):
            told.reject(CALENDAR_DATE, row["id"], "startDate", "is a day of which another row says the opposite")
        seen = seen or good
    if seen and not any(days.values()):
        raise _all_closed()
    return days


def _all_closed() -> NeedsCredentials:
    """Two school years without an open day are none: a term that may not be read is null, as if there were none."""
    return NeedsCredentials(
        f"This school's Arbor has school days, and none of them is in a term and out of every holiday: ask the school "
        f"to approve reading {' and '.join(REFERRED)} for this application (System > Partner Apps), or to enter "
        f"its terms.",
        detail="no permission for Term, or no terms",
    )


def _is_open(row: Row) -> bool:
    return bool(row["isGoodSchoolDay"] and row["term"] and not row["academicHoliday"])
