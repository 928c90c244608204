"""A page of roll-call marks: JSON to columns, without a Python object a mark beyond the decoder's own.

A page is decoded as a whole, in the form that GraphQL usually gives; where that fails, in any form that is known; and
where that fails too, record by record, so that one bad mark is set aside and the rest pass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import msgspec
import polars as pl

from rollbook.contract import Reject
from rollbook_arbor.letters import ORDER, first_letter

BAD_JSON = (msgspec.DecodeError, UnicodeDecodeError)
_Columns: TypeAlias = Mapping[str, Sequence[str | None]]
_TEXT = pl.String()
_REFERENCES = ("id", "student", "roll_call", "mark")
_LAST_PART = r"([^/]+)/*$"
_NOT_REDUNDANT = (None, False, 0, "0", "false", "")


class _Id(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """An object that is referred to, as GraphQL gives it."""

    id: str


class _UsualMark(msgspec.Struct, gc=False, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """A roll-call record in GraphQL's usual form, with what the query asks for alone, in its order."""

    id: str
    record_date: str
    is_redundant: bool | None = None
    student: _Id
    attendance_roll_call: _Id
    attendance_mark: _Id | None


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
    """A roll-call record in any form. What else it has is not read."""

    id: str | int | None = None
    href: str | None = None
    record_date: DateObject | str | None = None
    student: Named | str | None = None
    attendance_roll_call: Named | str | None = None
    attendance_mark: Named | str | None = None
    is_redundant: bool | int | str | None = None


@dataclass
class Decoded:
    """rows: `id`, `student`, `roll_call`, `mark`, `date` (ISO text) and, where records may have a letter of their own,
    `own`; without those that Arbor says are superseded. records: how many came. rejects: those that could not be read.
    """

    rows: pl.DataFrame
    records: int
    rejects: list[Reject] = field(default_factory=list)


_USUAL = msgspec.json.Decoder(list[_UsualMark])
_PAGE = msgspec.json.Decoder(list[Mark])
_RAW = msgspec.json.Decoder(list[msgspec.Raw])
_ONE = msgspec.json.Decoder(Mark)


def decode(page: bytes | msgspec.Raw, origin: str) -> Decoded:
    """The marks of a JSON list. Raises `msgspec.DecodeError` where it is no list."""
    text = bytes(page)
    if b"/" not in text and b'""' not in text:  # no address that an id must be cut out of, and none that is empty
        try:
            return _of_usual(_USUAL.decode(page))
        except BAD_JSON:
            pass
    try:
        return _of_any(_PAGE.decode(page), [])
    except BAD_JSON:
        return _of_any(*_one_by_one(_RAW.decode(page), origin))


def with_letters(rows: pl.DataFrame, letters: Mapping[str, str | None]) -> pl.DataFrame:
    """`rows` with `code`: the letter by the school's table of marks, else by the row's own mark."""
    known = pl.col("mark").replace_strict(dict(letters), default=None, return_dtype=_TEXT) if letters else pl.lit(None)
    return rows.with_columns(code=pl.coalesce(known, "own") if "own" in rows.columns else known)


def _of_usual(marks: list[_UsualMark]) -> Decoded:
    columns: _Columns = {
        "id": [mark.id for mark in marks],
        "student": [mark.student.id for mark in marks],
        "roll_call": [mark.attendance_roll_call.id for mark in marks],
        "mark": [mark.attendance_mark.id if mark.attendance_mark else None for mark in marks],
        "date": [mark.record_date[:10] for mark in marks],
    }
    return _decoded(columns, [bool(mark.is_redundant) for mark in marks], [])


def _of_any(marks: list[Mark], rejects: list[Reject]) -> Decoded:
    columns: _Columns = {
        "id": [_reference(mark) for mark in marks],
        "student": [_reference(mark.student) for mark in marks],
        "roll_call": [_reference(mark.attendance_roll_call) for mark in marks],
        "mark": [_reference(mark.attendance_mark) for mark in marks],
        "date": [_day(mark.record_date) for mark in marks],
        "own": [_own_letter(mark.attendance_mark) for mark in marks],
    }
    decoded = _decoded(columns, [mark.is_redundant not in _NOT_REDUNDANT for mark in marks], rejects)
    decoded.rows = decoded.rows.with_columns(pl.col(_REFERENCES).str.extract(_LAST_PART))
    return decoded


def _decoded(columns: _Columns, redundant: list[bool], rejects: list[Reject]) -> Decoded:
    rows = pl.DataFrame([pl.Series(name, values, dtype=_TEXT) for name, values in columns.items()])
    kept = rows.filter(~pl.Series(redundant, dtype=pl.Boolean)) if any(redundant) else rows
    return Decoded(kept, len(redundant) + len(rejects), rejects)


def _one_by_one(records: Sequence[msgspec.Raw], origin: str) -> tuple[list[Mark], list[Reject]]:
    marks, rejects = [], []
    for number, raw in enumerate(records, start=1):
        try:
            marks.append(_ONE.decode(raw))
        except BAD_JSON as error:
            place = str(error).rpartition(" - at ")[2].strip("`$. ") if " - at " in str(error) else ""
            why = "it is not in the form of a roll-call record"
            rejects.append(Reject(f"{origin}, record {number}", place, why))
    return marks, rejects


def _reference(value: Mark | Named | str | None) -> str | None:
    if isinstance(value, Mark | Named):
        return str(value.id) if value.id is not None else value.href
    return value


def _day(value: DateObject | str | None) -> str | None:
    text = value.date if isinstance(value, DateObject) else value
    return text[:10] if text else None


def _own_letter(mark: Named | str | None) -> str | None:
    return first_letter(getattr(mark, name) for name in ORDER) if isinstance(mark, Named) else None
