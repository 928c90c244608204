"""The marks of a window: the statutory records of the roll call, a page at a time, as columns.

Whether a record is of the morning or of the afternoon, the type of its register says, never the hour.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import islice

import msgspec
import polars as pl

from rollbook.contract import NeedsCredentials, Page, Reject, VendorMustAct, Window
from rollbook_arbor.answers import Refused
from rollbook_arbor.decoding import decode, with_letters
from rollbook_arbor.entities import (
    ATTENDANCE_MARK,
    MODE,
    MODE_ASSIGNMENT,
    REGISTER_TYPE,
    ROLL_CALL,
    ROLL_CALL_RECORD,
    YEAR_ENROLMENT,
)
from rollbook_arbor.letters import table_of
from rollbook_arbor.permission import may_not_read
from rollbook_arbor.reading import Filter, Reader
from rollbook_arbor.shapes import reference
from rollbook_arbor.tables.enrolments import guests
from rollbook_arbor.tables.loading import check_records

_DETAILS = 2500  # of REST, on a page of ours
_NEEDED = ("student", "roll_call", "date")
_LESSON = "lesson"
_YES, _NO = ("true", "1"), ("false", "0")


def pages(read: Reader, window: Window, host: str) -> Iterator[Page]:
    """The marks of the window, but for those of guests, who are on another school's roll and not on this one.

    Raises RetryLater, NeedsCredentials (nothing of it may be read), VendorMustAct (the shape changed).
    """
    read.read_all([ATTENDANCE_MARK, ROLL_CALL, REGISTER_TYPE, MODE_ASSIGNMENT, MODE, YEAR_ENROLMENT])
    letters, halves, away = table_of(read(ATTENDANCE_MARK)), _known_sessions(read, host), _guests(read)
    if not letters:
        raise may_not_read(ATTENDANCE_MARK.name, host)
    only = Filter("recordDate", window.first.isoformat(), window.last.isoformat())
    rows = 0
    for number, raw in enumerate(_raw(read, only), start=1):
        origin = f"{host}, {ROLL_CALL_RECORD.name}, page {number}"
        decoded = decode(raw, origin)
        frame = with_letters(decoded.rows, letters)
        rows += decoded.records
        _check_shape(frame, raw, host)
        good, rejects = _good(frame, halves, away, origin)
        yield Page(good, rejects=[*decoded.rejects, *rejects], origin=origin)
    if not rows and not read.any(ROLL_CALL_RECORD):
        raise may_not_read(ROLL_CALL_RECORD.name, host)


def sessions_of(read: Reader) -> dict[str, str | None]:
    """From each roll call's id: `AM`, `PM`, `lesson` where both are denied, or None where Arbor does not say."""
    kinds = {reference(kind): _half(kind) for kind in read(REGISTER_TYPE)}
    return {
        known: kinds.get(reference(call.get("attendanceRegisterType")))
        for call in read(ROLL_CALL)
        if (known := reference(call)) is not None
    }


def _half(kind: Mapping[str, object]) -> str | None:
    morning, afternoon = (str(kind.get(name)).lower() for name in ("isMorning", "isAfternoon"))
    if (morning in _YES) != (afternoon in _YES):
        return "AM" if morning in _YES else "PM"
    return _LESSON if morning in _NO and afternoon in _NO else None


def _known_sessions(read: Reader, host: str) -> dict[str, str | None]:
    """As `sessions_of`. Raises NeedsCredentials where it says nothing of a morning, or nothing of an afternoon: marks
    would be missed, and missing ones taken for deleted.
    """
    for entity in (ROLL_CALL, REGISTER_TYPE):
        check_records(entity, read(entity))
    halves = sessions_of(read)
    lacking = [name for half, name in (("AM", "morning"), ("PM", "afternoon")) if half not in halves.values()]
    if lacking:
        raise NeedsCredentials(
            f"{host} shows no roll call of the {' and none of the '.join(lacking)}: ask the school to set isMorning "
            f"and isAfternoon of its register types in Arbor, or to approve reading AttendanceRegisterType and "
            f"AttendanceRollCall for this application.",
            detail=f"no roll call of the {', '.join(lacking)}",
        )
    return halves


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
    frame: pl.DataFrame, halves: Mapping[str, str | None], away: pl.DataFrame, origin: str
) -> tuple[pl.DataFrame, list[Reject]]:
    """Rows that say what they must, in the columns of a page; and a reject for each other one, by its id."""
    session = pl.col("roll_call").replace_strict(dict(halves), default=None, return_dtype=pl.String)
    rows = frame.with_columns(session=session, day=pl.col("date").str.to_date("%Y-%m-%d", strict=False))
    rows = _without_guests(rows, away)
    rows = rows.filter(pl.col("session").ne_missing(_LESSON))  # which is no statutory session
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


def _guests(read: Reader) -> pl.DataFrame:
    """student, first, last: the spells as a guest."""
    spells = [(student, one.first, one.last) for student, some in guests(read).items() for one in some]
    schema = {"student": pl.String, "first": pl.Date, "last": pl.Date}
    return pl.DataFrame(spells, schema=schema, orient="row")


def _without_guests(rows: pl.DataFrame, away: pl.DataFrame) -> pl.DataFrame:
    if away.is_empty():
        return rows
    numbered = rows.with_row_index("row")
    spells = numbered.select("row", "student", "day").join(away, on="student", how="inner")
    within = (pl.col("day") >= pl.col("first").fill_null(date.min)) & (
        pl.col("day") <= pl.col("last").fill_null(date.max)
    )
    return numbered.join(spells.filter(within), on="row", how="anti").drop("row")


_REASONS = {
    "student": "it does not say whose it is",
    "recordDate": "its day cannot be read",
    "attendanceRollCall": "its roll call is none that the school has, or is not said to be of the morning or afternoon",
    "attendanceMark": "the school's table of marks has no letter for its mark",
}


def _reject(known: str | None, column: str, origin: str) -> Reject:
    kind = "unknown_code" if column == "attendanceMark" else "malformed"
    return Reject(f"{origin}, record {known or '?'}", column, _REASONS[column], kind)


def _check_shape(frame: pl.DataFrame, raw: bytes | msgspec.Raw, host: str) -> None:
    """Raises VendorMustAct when a property that every record must have is on none of a page. The mark may be null on
    all of them: registers that are not marked yet. Without `isRedundant`, a record that was replaced would be a second
    mark of its session.
    """
    if len(frame) < 2:
        return
    gone = [name for name in _NEEDED if frame.get_column(name).null_count() == len(frame)]
    gone += [name for name in ("attendanceMark", "isRedundant") if f'"{name}"'.encode() not in bytes(raw)]
    if gone:
        names = {"roll_call": "attendanceRollCall", "date": "recordDate"}
        told = ", ".join(names.get(name, name) for name in gone)
        raise VendorMustAct(
            f"The vendor's shape changed: no {ROLL_CALL_RECORD.name} of {host} has {told}. Nothing was guessed, and "
            f"what was known before stands. Tell us."
        )
