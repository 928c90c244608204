"""A page of roll-call marks: JSON to columns, without a Python object a mark beyond the decoder's own.

A page is decoded as a whole; where that fails, record by record, so that one bad mark is set aside and the rest pass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
import polars as pl

from rollbook.contract import Reject

BAD_JSON = (msgspec.DecodeError, UnicodeDecodeError)
COLUMNS = {"id": pl.String, "student": pl.String, "roll_call": pl.String, "mark": pl.String, "date": pl.String}


class Named(msgspec.Struct, gc=False):
    """An object that is referred to: by id in GraphQL, by address in REST; a mark with its letter."""

    id: str | int | None = None
    href: str | None = None
    attendanceMark: str | None = None  # noqa: N815 - as Arbor names it
    code: str | None = None
    markShortDescription: str | None = None  # noqa: N815


class DateObject(msgspec.Struct, gc=False):
    """A day as an object."""

    date: str | None = None


class Mark(msgspec.Struct, gc=False, rename="camel"):
    """A roll-call record. What else it has is not read."""

    id: str | int | None = None
    href: str | None = None
    record_date: DateObject | str | None = None
    student: Named | str | None = None
    attendance_roll_call: Named | str | None = None
    attendance_mark: Named | str | None = None
    is_redundant: bool | int | str | None = None


@dataclass
class Decoded:
    """marks: the records of a page. rejects: those that could not be read, by their place on it."""

    marks: list[Mark]
    rejects: list[Reject] = field(default_factory=list)


_PAGE = msgspec.json.Decoder(list[Mark])
_RAW = msgspec.json.Decoder(list[msgspec.Raw])
_ONE = msgspec.json.Decoder(Mark)


def decode(page: bytes | msgspec.Raw, origin: str) -> Decoded:
    """The marks of a JSON list. Raises `msgspec.DecodeError` where it is no list."""
    try:
        return Decoded(_PAGE.decode(page))
    except BAD_JSON:
        return _one_by_one(_RAW.decode(page), origin)


def _one_by_one(records: Sequence[msgspec.Raw], origin: str) -> Decoded:
    decoded = Decoded([])
    for number, raw in enumerate(records, start=1):
        try:
            decoded.marks.append(_ONE.decode(raw))
        except BAD_JSON as error:
            place = str(error).rpartition(" - at ")[2].strip("`$. ") if " - at " in str(error) else ""
            decoded.rejects.append(
                Reject(f"{origin}, record {number}", place, "it is not in the form of a roll-call record")
            )
    return decoded


def ids_of(marks: Sequence[Mark]) -> list[str]:
    """The id of each; a record without one has its place instead, so that none is taken for another."""
    return [_reference(mark) or f"#{number}" for number, mark in enumerate(marks)]


def columns(marks: Sequence[Mark], letters: Mapping[str, str | None]) -> pl.DataFrame:
    """`COLUMNS`, and `code`: the letter by the school's table of marks, else by the row's own mark.

    Rows that Arbor says are superseded are left out.
    """
    kept = [mark for mark in marks if mark.is_redundant in (None, False, 0, "0", "false", "")]
    own = [_own_letter(mark.attendance_mark) for mark in kept]
    frame = pl.DataFrame(
        {
            "id": [_reference(mark) for mark in kept],
            "student": [_reference(mark.student) for mark in kept],
            "roll_call": [_reference(mark.attendance_roll_call) for mark in kept],
            "mark": [_reference(mark.attendance_mark) for mark in kept],
            "date": [_day(mark.record_date) for mark in kept],
        },
        schema=COLUMNS,
    )
    known = pl.col("mark").replace_strict(dict(letters), default=None, return_dtype=pl.String) if letters else None
    letter = pl.Series("own", own, dtype=pl.String)
    return frame.with_columns(code=letter if known is None else pl.coalesce(known, letter))


def _reference(value: Mark | Named | str | None) -> str | None:
    found = value
    if isinstance(value, Mark | Named):
        found = str(value.id) if value.id is not None else value.href
    assert found is None or isinstance(found, str)
    return found.rstrip("/").rpartition("/")[2] or None if found else None


def _day(value: DateObject | str | None) -> str | None:
    text = value.date if isinstance(value, DateObject) else value
    return text[:10] if text else None


def _own_letter(mark: Named | str | None) -> str | None:
    if not isinstance(mark, Named):
        return None
    for value in (mark.attendanceMark, mark.code, mark.markShortDescription):
        if value and len(value.strip()) <= 3 and value.strip():
            return value.strip()
    return None
