"""What makes a pull of marks doubtful: it may be cut off, or its days may be read the wrong way round.

A doubt is said to a person. While there is one, no mark that is missing counts as deleted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

import polars as pl

from rollbook.contract.errors import FixSettings
from rollbook.contract.source import Window
from rollbook.host.calendars import Calendar
from rollbook.host.config import SchoolConfig
from rollbook.host.manifests import Entry, read_marks
from rollbook.host.pull import Staged
from rollbook.host.registers import RegisterFiles
from rollbook.register.normalise import Normalised
from rollbook.register.terms import school_year
from rollbook.tables.keys import lacks_zeros, strangers
from rollbook.tables.schemas import Table

_LONG_ENOUGH = 5  # school days on the roll without a row, before a pupil is missed: a new one may have no mark yet
_SHOWN = 10  # days that are named
_NAMED = 3  # pupils whose numbers are told
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
        f"were not taken as deleted. Check that it has every pupil to its end. {who(missed)}"
    ]


def silent_days(
    staged: Staged, files: RegisterFiles, kept: Iterable[Entry], calendar: Calendar, whole: Window
) -> list[date]:
    """The open days of `whole` of which the register has marks, and the pull has nothing at all of anybody.

    kept: the school's register of each year. A pupil's marks are deleted, and a class's; a whole school's day is
    likelier to have been left out of the export.
    """
    silent = [day for day in calendar.open_days(whole.first, whole.last) if day not in staged.days]
    if not silent:
        return []
    years = {school_year(day) for day in silent}
    days = [read_marks(files, one)["date"].unique() for one in kept if one.year in years]
    known = set(pl.concat(days).to_list()) if days else set()
    return [day for day in silent if day in known]


def left_out(school: SchoolConfig, silent: Sequence[date]) -> list[str]:
    """Said of such days."""
    if not silent:
        return []
    shown = ", ".join(day.isoformat() for day in silent[:_SHOWN]) + (", ..." if len(silent) > _SHOWN else "")
    days = "1 school day" if len(silent) == 1 else f"{len(silent)} school days"
    return [
        f"The connection {school.connection} has no row of anybody for {days} of {school.name} ({school.urn}) of which "
        f"marks are known ({shown}): they were not taken as deleted. Export these days once more. If the school was "
        f"closed then, say so in its calendar; if the marks were taken out on purpose, sync the school again and "
        f"accept it with your name (--accept-smaller-roll {school.urn} --by NAME)."
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


def who(pupils: pl.Series) -> str:
    """Where to look for these pupils, of whom no more than the number may be said."""
    first = pupils.unique().sort().head(_NAMED).to_list()
    more = f" and {pupils.n_unique() - len(first)} more" if pupils.n_unique() > len(first) else ""
    return f"`rollbook pupils show NUMBER` says on a terminal who it is: {', '.join(map(str, first))}{more}."


def _pupils(number: int) -> str:
    return "1 pupil is" if number == 1 else f"{number} pupils are"
