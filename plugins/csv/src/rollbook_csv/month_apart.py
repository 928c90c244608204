"""Registers whose days are a month apart, as 02/11, 03/11 and 04/11 are where a program took the month for the day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

from rollbook.contract import FixSettings
from rollbook_csv import misread, sheets
from rollbook_csv.pages import calendar_file
from rollbook_csv.reading import Reading

_RUN = 3  # days that follow each other, as columns of a register do
_MOST, _FEW = 0.8, 0.5  # shares of days on which the school was open
_SATURDAY = 5


def refuse(reading: Reading, days: Iterable[date], least: int = _RUN) -> None:
    """Raises FixSettings where days of a register are the same of successive months, and would be successive school
    days with day and month exchanged. Such a row of days is the mark of a misreading: a week of November, taken so,
    is the 11th of five successive months.

    Nothing is refused where days can be read in one way alone, where the school was open on most of the days and on
    few of the exchanged ones, or where the settings say that the days are right.
    least: how many such days in a row are no chance; in a register without any others, two may be enough.
    """
    settings = reading.settings
    doubtful = misread.may_be(settings["date_form"]) or sheets.is_workbook(reading.file)
    if not doubtful or settings["days_a_month_apart"]:
        return
    days = sorted(set(days))
    runs = [run for run in _runs(days) if len(run) >= _RUN or len(run) == least == len(days)]
    run = next((run for run in runs if not _acquitted(reading, run)), None)
    if run is None:
        return
    raise FixSettings(
        f"{reading.file}: its days go from {run[0]} to {run[1]} at once, as if a program or date_form had taken 02/11 "
        f"for 11 February. Nothing of the file was used: correct date_form, or export it again, and let no "
        f"program open and save it before it is taken. In a spreadsheet, format days as text first. If there are "
        f"registers of these days alone, set days_a_month_apart = true."
    )


def _runs(days: Sequence[date]) -> Iterator[list[date]]:
    """The days, in order, parted wherever one does not follow the other with day and month exchanged."""
    run = [*days[:1]]
    for before, after in pairwise(days):
        if not _follow(before, after):
            yield run
            run = []
        run.append(after)
    yield run


def _follow(before: date, after: date) -> bool:
    """Whether they are the same day of two months, and exchanged are one day and the next, or Friday and Monday."""
    one, other = _exchanged(before), _exchanged(after)
    if one is None or other is None or before.day != after.day:
        return False
    return other - one == timedelta(days=1) or (one.weekday() == _SATURDAY - 1 and other - one == timedelta(days=3))


def _exchanged(day: date) -> date | None:
    """Day and month exchanged; None for a day beyond the 12th, which can be taken for no month."""
    return date(day.year, day.day, day.month) if day.day <= misread.MONTHS else None


def _acquitted(reading: Reading, run: Sequence[date]) -> bool:
    """Whether the school was open on most of these days, and on few of the exchanged ones: by the calendar's file, or
    on weekdays where there is none.
    """
    calendar = calendar_file(reading.settings)
    known = None if calendar is None else {*calendar.filter("open")["date"]}

    def share(some: Sequence[date]) -> float:
        return sum(day in known if known is not None else day.weekday() < _SATURDAY for day in some) / len(some)

    return share(run) >= _MOST and share([day for one in run if (day := _exchanged(one))]) < _FEW
