"""The attendance codes as dated data (`codes.toml`), and how a written mark becomes one of them.

A code is held everywhere as its small integer id. An id has one category for ever: where a letter changed its
meaning, each meaning has its own id or its own dates.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files

import polars as pl

NOT_RECORDED, INVALID, LOSSY = 0, 1, 2
NOTHING_WRITTEN = frozenset({"", "-"})
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)


class Category(StrEnum):
    """What a code says of a session. Only the first four make a session possible."""

    PRESENT = "present"
    APPROVED_ACTIVITY = "approved_activity"
    AUTHORISED = "authorised"
    UNAUTHORISED = "unauthorised"
    UNABLE_TO_ATTEND = "unable_to_attend"
    NOT_REQUIRED = "not_required"
    DUAL = "dual"
    COVID = "covid"


class Quality(StrEnum):
    """How surely a written mark was understood. `invalid` and `lossy` are never a code."""

    EXACT = "exact"
    ALIAS = "alias"
    LOSSY = "lossy"
    INVALID = "invalid"
    NOT_RECORDED = "not_recorded"


@dataclass(frozen=True)
class Code:
    """One meaning of one letter: `first` and `last` are the session days on which it may be used."""

    id: int
    code: str
    category: Category
    title: str
    reference: str
    first: date
    last: date


@dataclass(frozen=True)
class Meaning:
    """What a written mark is on a day. `code` is None, and `id` a gap, when it is not a code."""

    id: int
    quality: Quality
    reason: str = ""

    @property
    def code(self) -> Code | None:
        """The national code, or None."""
        return by_id().get(self.id)


@cache
def _data() -> dict[str, list[dict[str, object]]]:
    text = files("rollbook.tables").joinpath("codes.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def all_codes() -> tuple[Code, ...]:
    """Every code, current and legacy, in the order of its id."""
    return tuple(
        Code(
            id=int(str(row["id"])),
            code=str(row["code"]),
            category=Category(str(row["category"])),
            title=str(row["title"]),
            reference=str(row["reference"]),
            first=_day(row, "from", FIRST_DAY),
            last=_day(row, "to", LAST_DAY),
        )
        for row in _data()["code"]
    )


@cache
def by_id() -> Mapping[int, Code]:
    """The code of an id. The three gaps (not recorded, invalid, lossy) are not in it."""
    return {code.id: code for code in all_codes()}


@cache
def ids(*letters: str) -> tuple[int, ...]:
    """The ids of these letters in every meaning they have had, for example `ids("G", "N", "O", "U")`."""
    return tuple(code.id for code in all_codes() if code.code in letters)


@cache
def ids_in(*categories: Category) -> tuple[int, ...]:
    """The ids of every code of these categories."""
    return tuple(code.id for code in all_codes() if code.category in categories)


def letter(code_id: int) -> str:
    """How an id is written: the letter, or `-` not recorded, `invalid`, `lossy`."""
    code = by_id().get(code_id)
    if code is not None:
        return code.code
    return {NOT_RECORDED: "-", INVALID: "invalid", LOSSY: "lossy"}[code_id]


def meaning(raw: str, day: date, mapped: Mapping[str, str] | None = None) -> Meaning:
    """What `raw` means on `day`: after `mapped`, the vendor's or the school's own table of marks.

    The same answer as `resolve` gives for a column, for a single mark. Raises nothing: what is no code
    on that day has quality `invalid`, what could be several has `lossy`.
    """
    own = (mapped or {}).get(raw)
    written = (raw if own is None else own).strip()
    if written in NOTHING_WRITTEN:
        return Meaning(NOT_RECORDED, Quality.NOT_RECORDED)
    upper = written.upper()
    for row in _data()["lossy"]:
        if row["raw"] == upper and _in_force(row, day):
            return Meaning(LOSSY, Quality.LOSSY, str(row["reason"]))
    same = raw == upper
    for code in all_codes():
        if code.code == upper and code.category is not Category.COVID and code.first <= day <= code.last:
            return Meaning(code.id, Quality.EXACT if same else Quality.ALIAS)
    for row in _data()["alias"]:
        if row["raw"] == upper and _in_force(row, day):
            return Meaning(int(str(row["to_code"])), Quality.ALIAS, str(row["note"]))
    return Meaning(INVALID, Quality.INVALID, _why_invalid(upper))


def resolve(marks: pl.DataFrame, mapped: Mapping[str, str] | None = None) -> pl.DataFrame:
    """`marks` (with `date` and the written `raw`, text or null) with `code` (id), `quality` and `reason` added.

    A column at a time: each different mark is looked up once for each stretch of days on which no meaning changes.
    """
    eras = sorted({FIRST_DAY, *_changes()})
    written = marks.get_column("raw").unique().to_list()
    rows = [
        (raw, era, found.id, found.quality.value, found.reason)
        for raw in written
        for era in eras
        for found in [meaning(raw or "", era, mapped)]
    ]
    schema = {"raw": pl.String, "_era": pl.Date, "code": pl.UInt8, "quality": pl.String, "reason": pl.String}
    table = pl.DataFrame(rows, schema=schema, orient="row")
    starts = pl.Series("_starts", eras, dtype=pl.Date)
    era = (starts.search_sorted(marks.get_column("date"), side="right") - 1).alias("_n")
    return (
        marks.with_columns(starts.gather(era).alias("_era"))
        .join(table, on=["raw", "_era"], how="left", nulls_equal=True, maintain_order="left")
        .drop("_era")
    )


@cache
def _changes() -> frozenset[date]:
    """Every day on which some letter begins or stops to mean something."""
    spans = [(code.first, code.last) for code in all_codes()]
    rows = [*_data()["alias"], *_data()["lossy"]]
    spans += [(_day(row, "from", FIRST_DAY), _day(row, "to", LAST_DAY)) for row in rows]
    ends = {last + timedelta(days=1) for _, last in spans if last < LAST_DAY}
    return frozenset({first for first, _ in spans} | ends)


def _day(row: Mapping[str, object], key: str, otherwise: date) -> date:
    value = row.get(key)
    return value if isinstance(value, date) else otherwise


def _in_force(row: Mapping[str, object], day: date) -> bool:
    return _day(row, "from", FIRST_DAY) <= day <= _day(row, "to", LAST_DAY)


def _why_invalid(upper: str) -> str:
    known = [code for code in all_codes() if code.code == upper]
    if not known:
        return "not a national code, and no map of this connection knows it"
    spans = ", ".join(_span(code) for code in known)
    return f"not a code on that day (in use {spans})"


def _span(code: Code) -> str:
    first = "" if code.first == FIRST_DAY else f"from {code.first.isoformat()}"
    last = "" if code.last == LAST_DAY else f"to {code.last.isoformat()}"
    return f"{first} {last}".strip()
