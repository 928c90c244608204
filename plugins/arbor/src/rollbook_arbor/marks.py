"""The marks of a window: the statutory records of the roll call, a page at a time, as columns.

Whether a record is of the morning or of the afternoon, the type of its register says, never the hour.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from itertools import islice

import msgspec
import polars as pl

from rollbook.contract import Page, Reject, VendorMustAct, Window
from rollbook_arbor.answers import Refused
from rollbook_arbor.decoding import columns, decode
from rollbook_arbor.entities import ATTENDANCE_MARK, REGISTER_TYPE, ROLL_CALL, ROLL_CALL_RECORD
from rollbook_arbor.letters import table_of
from rollbook_arbor.permission import may_not_read
from rollbook_arbor.reading import Filter, Reader
from rollbook_arbor.shapes import reference

_DETAILS = 2500  # of REST, on a page of ours
_NEEDED = ("student", "roll_call", "mark", "date")


def pages(read: Reader, window: Window, host: str, guests: Collection[str]) -> Iterator[Page]:
    """The marks of the window. guests: pupils who are not on the roll, whose marks are no marks of this school.

    Raises RetryLater, NeedsCredentials (nothing of it may be read), VendorMustAct (the shape changed).
    """
    read.read_all([ATTENDANCE_MARK, ROLL_CALL, REGISTER_TYPE])
    letters, halves = table_of(read(ATTENDANCE_MARK)), sessions_of(read)
    if not letters:
        raise may_not_read(ATTENDANCE_MARK.name, host)
    only = Filter("recordDate", window.first.isoformat(), window.last.isoformat())
    rows = 0
    for number, raw in enumerate(_raw(read, only), start=1):
        origin = f"{host}, {ROLL_CALL_RECORD.name}, page {number}"
        decoded = decode(raw, origin)
        frame = columns(decoded.marks, letters)
        rows += len(decoded.marks) + len(decoded.rejects)
        _check_shape(frame, host)
        good, rejects = _good(frame, halves, guests, origin)
        yield Page(good, rejects=[*decoded.rejects, *rejects], origin=origin)
    if not rows and not _any(read):
        raise may_not_read(ROLL_CALL_RECORD.name, host)


def sessions_of(read: Reader) -> dict[str, str | None]:
    """From each roll call's id: `AM`, `PM`, or None for one that is neither (of a lesson, or of no known kind)."""
    kinds: dict[str | None, str | None] = {}
    for kind in read(REGISTER_TYPE):
        flags = {half for half, name in (("AM", "isMorning"), ("PM", "isAfternoon")) if _yes(kind.get(name))}
        kinds[reference(kind)] = flags.pop() if len(flags) == 1 else None
    return {
        known: kinds.get(reference(call.get("attendanceRegisterType")))
        for call in read(ROLL_CALL)
        if (known := reference(call)) is not None
    }


def _raw(read: Reader, only: Filter) -> Iterator[bytes | msgspec.Raw]:
    """JSON lists of records, by the route that gives them."""
    entity = ROLL_CALL_RECORD
    while read.graphql is not None and entity.name not in read.by_rest:
        found = read.graphql.pages(read.cut(entity), only)
        try:
            first = list(islice(found, 1))  # a refusal comes with the first page
        except Refused as refused:
            read.refuse(refused, [entity])
            continue
        yield from first
        yield from found
        return
    if read.rest is not None:
        bodies = read.rest.bodies(entity, only)
        while some := list(islice(bodies, _DETAILS)):
            yield b"[" + b",".join(some) + b"]"


def _good(
    frame: pl.DataFrame, halves: Mapping[str, str | None], guests: Collection[str], origin: str
) -> tuple[pl.DataFrame, list[Reject]]:
    """Rows that say what they must, in the columns of a page; and a reject for each other one, by its id."""
    session = pl.col("roll_call").replace_strict(dict(halves), default=None, return_dtype=pl.String)
    rows = frame.with_columns(session=session, day=pl.col("date").str.to_date("%Y-%m-%d", strict=False))
    rows = rows.filter(pl.col("student").is_in(list(guests)).not_().fill_null(value=True))
    # A roll call that the school has and that is neither morning nor afternoon is no statutory session.
    lesson = pl.col("session").is_null() & pl.col("roll_call").is_in(list(halves))
    rows = rows.filter(~lesson.fill_null(value=False))
    why = (
        pl.when(pl.col("student").is_null())
        .then(pl.lit("student"))
        .when(pl.col("day").is_null())
        .then(pl.lit("recordDate"))
        .when(pl.col("session").is_null())
        .then(pl.lit("attendanceRollCall"))
        .when(pl.col("code").is_null() & pl.col("mark").is_not_null())
        .then(pl.lit("attendanceMark"))
    )
    rows = rows.with_columns(why=why)
    bad = rows.filter(pl.col("why").is_not_null()).select("id", "why")
    rejects = [_reject(known, column, origin) for known, column in bad.iter_rows()]
    good = rows.filter(pl.col("why").is_null())
    return good.select(pupil="student", date="day", session="session", code="code"), rejects


_REASONS = {
    "student": "it does not say whose it is",
    "recordDate": "its day cannot be read",
    "attendanceRollCall": "its roll call is none that the school has",
    "attendanceMark": "the school's table of marks has no letter for its mark",
}


def _reject(known: str | None, column: str, origin: str) -> Reject:
    kind = "unknown_code" if column == "attendanceMark" else "malformed"
    return Reject(f"{origin}, record {known or '?'}", column, _REASONS[column], kind)


def _check_shape(frame: pl.DataFrame, host: str) -> None:
    """Raises VendorMustAct when a property that every record must have is on none of a page."""
    if len(frame) < 2:
        return
    gone = [name for name in _NEEDED if frame.get_column(name).null_count() == len(frame)]
    if gone:
        names = {"roll_call": "attendanceRollCall", "mark": "attendanceMark", "date": "recordDate"}
        told = ", ".join(names.get(name, name) for name in gone)
        raise VendorMustAct(
            f"The vendor's shape changed: no {ROLL_CALL_RECORD.name} of {host} has {told}. Nothing was guessed, and "
            f"what was known before stands. Tell us."
        )


def _any(read: Reader) -> bool:
    route = read.graphql if read.graphql is not None and ROLL_CALL_RECORD.name not in read.by_rest else read.rest
    return route is not None and route.any(ROLL_CALL_RECORD)


def _yes(value: object) -> bool:
    return str(value).lower() in ("true", "1")


def newest_day(read: Reader, window: Window, host: str) -> date | None:
    """The day of the newest mark in the window, for `check`."""
    newest = [page.rows.get_column("date").max() for page in pages(read, window, host, ())]
    return max((day for day in newest if isinstance(day, date)), default=None)
