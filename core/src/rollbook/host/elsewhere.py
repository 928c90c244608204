"""Marks of other schools, as a source told them: kept beside the school's own, and read by the rules with those of
this installation's other schools.

Kept packed: a joiner brings hundreds of marks, which nobody ever looks at one by one in the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

import polars as pl
import sqlalchemy as sa

from rollbook.host.bring_people import numbered
from rollbook.host.config import SchoolConfig
from rollbook.host.known_settings import laestab_number
from rollbook.host.pull import Staged
from rollbook.host.store import dated
from rollbook.host.store.people import elsewhere
from rollbook.register.elsewhere import normalise_elsewhere
from rollbook.rules.registers import RULE_MARKS
from rollbook.tables.schemas import CODE, PUPIL, QUARANTINE, SESSION, Schema, Table, conform, empty

_PACKED: Schema = {"pupil": PUPIL, "where": pl.Int32, "year": pl.Int16, "marks": pl.String}
_FROM = ["pupil", "where"]
_KEY = [*_FROM, "date", "session"]
_STRANGER = "unknown_pupil"  # kind of reject: of a pupil who is none of the school's nothing was lost


def bring_elsewhere(
    conn: sa.Connection,
    school: SchoolConfig,
    staged: Staged,
    numbers: pl.DataFrame,
    *,
    code_map: Mapping[str, str],
    moment: datetime,
) -> pl.DataFrame:
    """Keep what a pull gave of other schools' marks, if it gave any, and return what was set aside (`QUARANTINE`).

    numbers: `key`, `pupil` of the pupils whom the source names now; what it told of others stays. What a source could
    not read takes nothing back: it does not say whose that was, and so of every pupil a mark that was known stands
    until another is told of its session. Where only rows were set aside here, so it is of the pupils of those rows.
    """
    if Table.ELSEWHERE not in staged.tables:
        return empty(QUARANTINE)
    rows = numbered(staged.tables[Table.ELSEWHERE], numbers)
    own = {school.urn, *([laestab_number(school.laestab)] if school.laestab else [])}
    marks, aside = normalise_elsewhere(rows, school=school.urn, own=own, mapped=code_map)
    kept = dated.frame(conn, elsewhere, school.urn, _PACKED, None)
    named = pl.col("pupil").is_in(numbers["pupil"].implode())
    unread = any(table is Table.ELSEWHERE and reject.kind != _STRANGER for table, reject in staged.rejects)
    doubted = named if unread else named & pl.col("pupil").is_in(aside["pupil"].drop_nulls().implode())
    stand = _unpacked(kept.filter(doubted)).join(marks, on=_KEY, how="anti")
    fresh = _packed(pl.concat([marks.select(stand.columns), stand]).sort(_KEY))
    dated.replace(conn, elsewhere, school.urn, pl.concat([kept.filter(~named), fresh]), moment)
    return aside


def marks_elsewhere(conn: sa.Connection, school: int, first: date, known: datetime | None) -> pl.DataFrame:
    """`RULE_MARKS` from the day `first`, sorted: `school` is where each was made, by its URN or its LAESTAB."""
    marks = _unpacked(dated.frame(conn, elsewhere, school, _PACKED, known)).rename({"where": "school"})
    return conform(marks.filter(pl.col("date") >= first), RULE_MARKS).sort("school", "pupil", "date", "session")


def _unpacked(packed: pl.DataFrame) -> pl.DataFrame:
    """pupil, where, date, session, code: a row for each mark."""
    each = packed.with_columns(pl.col("marks").str.split(",")).explode("marks")
    text = pl.col("marks").str
    return each.select(
        "pupil",
        "where",
        date=text.slice(0, 8).str.to_date("%Y%m%d"),
        session=text.slice(8, 1).cast(SESSION),
        code=text.slice(9).cast(CODE),
    )


def _packed(marks: pl.DataFrame) -> pl.DataFrame:
    """A row for each pupil, school and school year. Each mark is its day, its session's number and its code's id."""
    year = pl.col("date").dt.year() - (pl.col("date").dt.month() < 8)
    text = pl.format("{}{}{}", pl.col("date").dt.strftime("%Y%m%d"), "session", "code")
    whole = marks.select(*_FROM, year=year.cast(pl.Int16), marks=text)
    return conform(whole.group_by(*_FROM, "year", maintain_order=True).agg(pl.col("marks").str.join(",")), _PACKED)
