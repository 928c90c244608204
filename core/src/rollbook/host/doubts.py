"""What makes a pull of marks doubtful: it may be cut off, or its days may be read the wrong way round.

A doubt is said to a person. While there is one, no mark that is missing counts as deleted.
"""

from __future__ import annotations

from collections import Counter

import polars as pl

from rollbook.contract.errors import FixSettings
from rollbook.contract.source import Window
from rollbook.host.calendars import Calendar
from rollbook.host.config import SchoolConfig
from rollbook.host.pull import Staged
from rollbook.register.normalise import Normalised
from rollbook.tables.keys import lacks_zeros, strangers
from rollbook.tables.schemas import Table

_LONG_ENOUGH = 5  # school days on the roll without a row, before a pupil is missed: a new one may have no mark yet
_FEW = 20  # rows on closed days that are never thought to be more than a slip


def check_days(school: SchoolConfig, asked: Normalised, calendar: Calendar) -> None:
    """Raises FixSettings when a quarter of the marks or more are of closed days: day and month may be exchanged.

    Marks of days after the calendar's last are another matter: its terms were not renewed.
    """
    known = asked.quarantine.filter(pl.col("kind") == "closed_day", pl.col("date") <= calendar.last)
    read, closed = asked.counts["read"], known.height
    if closed >= _FEW and closed * 4 >= read:
        raise FixSettings(
            f"{closed} of {read} marks of {school.name} ({school.urn}) at the connection {school.connection} are of "
            f"days on which the school was closed: nothing was kept. Are day and month read the right way round, does "
            f"a string of marks count the days that string_days of its connection says, and is the calendar that of "
            f"this year?"
        )


def none_known(school: SchoolConfig, staged: Staged) -> list[str]:
    """Said when no pupil of the marks is in the list of pupils, so that every mark was set aside."""
    marks, pupils = (staged.tables[table]["pupil"] for table in (Table.MARKS, Table.PUPILS))
    number = strangers(marks, pupils)
    if not number:
        return []
    which = "the marks" if lacks_zeros(marks, pupils) else "the list of pupils" if lacks_zeros(pupils, marks) else ""
    do = "Give both the same number of each pupil, and sync again."
    if which:
        do = (
            f"The numbers of {which} lack the zeros before them, which a spreadsheet program takes away: export them "
            f"again, open and save them in no such program, and format that column of a workbook as text."
        )
    return [
        f"None of the {number} pupils of the marks of {school.name} ({school.urn}) is in its list of pupils by the "
        f"same number, so that every mark was set aside. {do}"
    ]


def cut_off(
    school: SchoolConfig, asked: Normalised, roll: pl.DataFrame, calendar: Calendar, whole: Window
) -> list[str]:
    """Said when pupils on the roll have no row at all in the days that the pull says it covers."""
    days = calendar.open_days(whole.first, whole.last)
    if len(days) < _LONG_ENOUGH:
        return []
    there = roll.filter(pl.col("in_source") & pl.col("to").is_null() & (pl.col("from") <= days[-_LONG_ENOUGH]))
    missed = there["pupil"].unique()
    missed = missed.filter(missed.is_in(asked.pupils.implode()).not_())
    if missed.is_empty():
        return []
    return [
        f"{_pupils(len(missed))} on the roll of {school.name} ({school.urn}) without one row of marks from "
        f"{whole.first.isoformat()} to {whole.last.isoformat()}: the export may be cut off. Marks that are missing "
        f"were not taken as deleted. Check that it has every pupil to its end."
    ]


def unread(school: SchoolConfig, staged: Staged) -> list[str]:
    """Said when rows of marks could not be read."""
    places = [reject.place for table, reject in staged.rejects if table is Table.MARKS]
    if not places:
        return []
    more = f" and {len(places) - 1} more" if len(places) > 1 else ""
    return [
        f"Marks of {school.name} ({school.urn}) could not be read: {places[0]}{more}. Until they can, marks that are "
        f"missing are not taken as deleted. `rollbook quarantine --school {school.urn}` says what is wrong with each."
    ]


def new_aside(school: SchoolConfig, aside: pl.DataFrame, opened: int) -> list[str]:
    """A note of what was newly set aside, by kind."""
    if not opened:
        return []
    kinds = Counter(aside["kind"].to_list())
    named = ", ".join(f"{kind} {number}" for kind, number in sorted(kinds.items()))
    return [
        f"Newly set aside at {school.name} ({school.urn}): {opened}. In this pull: {named}. "
        f"`rollbook quarantine --school {school.urn}` says why, and what to do."
    ]


def _pupils(number: int) -> str:
    return "1 pupil is" if number == 1 else f"{number} pupils are"
