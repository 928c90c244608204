"""What Arbor says besides of some pupils: notes of absence, care, protection, SEN, meals, boarding; lessons' marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import polars as pl

from rollbook.tables.schemas import Table
from rollbook.tables.words import Flag
from rollbook_arbor.simulator.book import Book, at
from rollbook_arbor.simulator.fixed import AUTHORITY, OTHER_AUTHORITY, word_of
from rollbook_arbor.simulator.model import Link

_SINCE = date(2026, 1, 5)
_WEEK_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")


def write_statuses(book: Book, held: Mapping[Table, pl.DataFrame]) -> None:
    """Every tenth pupil or so has one."""
    pupils = held[Table.PUPILS]["pupil"].to_list()
    _notes(book, held)
    _lessons(book, held[Table.MARKS])
    for key in pupils[3::40]:
        _in_care(book, key, status="1", authority=AUTHORITY)
    for key in pupils[5::80]:
        _in_care(book, key, status="1", authority=OTHER_AUTHORITY)
    for key in pupils[7::80]:
        _in_care(book, key, status="2", authority=AUTHORITY)  # was once: does not count
    for key in pupils[4::40]:
        spell = {"startDate": _SINCE, "endDate": None}
        book.add("ChildProtectionStatusAssignment", key, student=key, responsibleLocalAuthority=AUTHORITY, **spell)
    for number, key in enumerate(pupils[::6]):
        book.add("SenStatusAssignment", key, student=key, senStatus=str(number % 3 + 1), startDate=_SINCE)
    for number, key in enumerate(pupils[1::5]):
        who = Link("Person" if number % 2 else "Student", key)
        kind = "2" if number % 4 == 3 else "1"
        book.add("EligibilityRecord", key, eligibility=kind, person=who, startDate=_SINCE)
    for key in pupils[:1]:
        _boarded_once(book, key)


def flags_of(pupils: Sequence[str], la: str) -> pl.DataFrame:
    """Columns of the page `flags`: what is said of those pupils, where it counts. `la`: the number of our authority."""
    sen = [(key, (Flag.EDUCATION_HEALTH_CARE_PLAN, Flag.SEN_SUPPORT, None)[n % 3]) for n, key in enumerate(pupils[::6])]
    said = [
        *((key, Flag.LOOKED_AFTER, la) for key in pupils[3::40]),
        *((key, Flag.LOOKED_AFTER, "802") for key in pupils[5::80]),
        *((key, Flag.SOCIAL_WORKER, None) for key in pupils[4::40]),
        *((key, flag, None) for key, flag in sen if flag),
        *((key, Flag.FREE_SCHOOL_MEALS, None) for n, key in enumerate(pupils[1::5]) if n % 4 != 3),
    ]
    rows = [(key, flag.value, _SINCE, None, authority) for key, flag, authority in said]
    types = {"pupil": pl.String, "flag": pl.String, "from": pl.Date, "to": pl.Date, "authority": pl.String}
    return pl.DataFrame(rows, schema=types, orient="row")


def _in_care(book: Book, key: str, *, status: str, authority: str) -> None:
    book.add(
        "InCareStatusAssignment",
        key,
        inCareStatus=status,
        student=key,
        startDate=_SINCE,
        responsibleLocalAuthority=authority,
    )


def _boarded_once(book: Book, key: str) -> None:
    days = {f"{day}BoardingStatus": "1" for day in _WEEK_DAYS}
    book.add("BoardingPattern", key, student=key, effectiveDate=date(2020, 9, 1), endDate=date(2021, 7, 20), **days)


def _notes(book: Book, held: Mapping[Table, pl.DataFrame]) -> None:
    """Leave that was granted; leave that was asked for and not granted; and illness."""
    for pupil, first, last in held[Table.LEAVE].select("pupil", "from", "to").iter_rows():
        _note(book, f"{pupil}{first:%y%m%d}", pupil, (first, last), "C", approved=first - timedelta(days=7))
    ill = held[Table.MARKS].filter(pl.col("code") == "I").unique("pupil", keep="first", maintain_order=True)
    for number, (pupil, day) in enumerate(ill.select("pupil", "date").head(20).iter_rows()):
        _note(book, f"{pupil}{day:%y%m%d}1", pupil, (day, day), "I", approved=day if number % 2 else None)
        if number == 0:
            _note(book, f"{pupil}{day:%y%m%d}2", pupil, (day, day), "C", approved=None)


def _note(book: Book, key: str, pupil: str, days: tuple[date, date], letter: str, *, approved: date | None) -> None:
    book.add(
        "StudentAbsenceNote",
        key,
        student=pupil,
        absenceStartDatetime=at(days[0], 8, 30),
        absenceEndDatetime=at(days[1], 15, 30),
        approvedDate=approved,
        attendanceMark=word_of(letter),
    )


def _lessons(book: Book, marks: pl.DataFrame) -> None:
    """Marks of lessons, which are no marks of the register; some of them superseded."""
    mornings = marks.filter(pl.col("session") == "AM").head(40)
    for number, (pupil, day) in enumerate(mornings.select("pupil", "date").iter_rows()):
        book.add(
            "AttendanceRecord",
            f"{pupil}{day:%y%m%d}",
            attendanceMark=word_of("N"),
            student=pupil,
            startDatetime=at(day, 9),
            endDatetime=at(day, 10),
            isRedundant=number % 5 == 0,
        )
