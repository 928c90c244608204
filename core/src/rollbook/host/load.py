"""Load a school whole, as the rules read it: this school year and the one before, as known now or at a moment."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl
import sqlalchemy as sa

from rollbook.host import given
from rollbook.host.config import SchoolConfig
from rollbook.host.elsewhere import marks_elsewhere
from rollbook.host.manifests import entries, read_marks, read_replaced
from rollbook.host.registers import RegisterFiles
from rollbook.host.store import dated, people
from rollbook.register.amend import as_known
from rollbook.register.terms import school_year
from rollbook.rules.registers import RULE_MARKS, Registers
from rollbook.tables.schemas import (
    FLAGS,
    LEAVE,
    MARKS,
    NOTICES,
    OPTIONAL,
    PUPILS,
    ROLL,
    SCHOOLS,
    SESSIONS,
    conform,
    empty,
)


@dataclass(frozen=True)
class Loaded:
    """registers: of one school. horizon: the first day of its data. unjudged: pupils left out, who have no date of
    birth. digest: of all that a judgement of it rests on, but for when and in which run it became known.
    """

    registers: Registers
    horizon: date
    unjudged: tuple[int, ...]
    digest: str

    @property
    def school_days(self) -> list[date]:
        """Every open day of the calendar."""
        return self.registers.sessions.filter("open")["date"].unique().sort().to_list()


def load(
    conn: sa.Connection, files: RegisterFiles, school: SchoolConfig, as_at: date, known: datetime | None = None
) -> Loaded:
    """The school as it is known now, or as it was known at the moment `known`: every table. Its own facts are those of
    `school`; `known_settings` says what they and the local settings were. A table that the source never gave is None.

    Raises FixSettings when a register file is damaged.
    """
    urn = school.urn
    first = date(school_year(as_at) - 1, 8, 1)
    pupils = dated.frame(conn, people.pupils, urn, PUPILS, known)
    roll = dated.frame(conn, people.roll, urn, ROLL, known)
    unjudged = pupils.filter(pl.col("dob").is_null())["pupil"]
    judged = pupils.filter(pl.col("dob").is_not_null())
    others = _at_other_schools(conn, urn, judged["pupil"].to_list(), known)
    registers = Registers(
        schools=_school(school),
        sessions=dated.frame(conn, people.sessions, urn, SESSIONS, known).filter(pl.col("date") >= first),
        pupils=judged,
        roll=_of(roll, judged),
        marks=_of(_marks(conn, files, urn, as_at, known), judged),
        elsewhere=_elsewhere(
            _of(marks_elsewhere(conn, urn, first, known), judged), _at_others(conn, files, others, as_at, known)
        ),
        notices_elsewhere=_notices_elsewhere(conn, others, known),
        **_optional(conn, urn, judged, known),
    )
    begins = registers.sessions["date"].min()
    horizon = max(first, begins) if isinstance(begins, date) else first
    return Loaded(registers, horizon, tuple(unjudged.to_list()), _digest(registers))


def _school(school: SchoolConfig) -> pl.DataFrame:
    row = {
        "school": school.urn,
        "name": school.name,
        "la": school.la,
        "type": school.type,
        "lowest_year": school.lowest_year,
        "highest_year": school.highest_year,
    }
    return conform(pl.DataFrame([row]), SCHOOLS)


def _of(rows: pl.DataFrame, pupils: pl.DataFrame) -> pl.DataFrame:
    return rows.join(pupils.select("pupil"), on="pupil", how="semi", maintain_order="left")


def _marks(conn: sa.Connection, files: RegisterFiles, school: int, as_at: date, known: datetime | None) -> pl.DataFrame:
    """`RULE_MARKS` of the school year of `as_at` and the one before, sorted."""
    wanted = {school_year(as_at) - 1, school_year(as_at)}
    parts = [empty(MARKS)]
    for kept in entries(conn, school):
        if kept.year in wanted:
            marks = read_marks(files, kept)
            parts.append(marks if known is None else as_known(marks, read_replaced(files, kept), known))
    whole = pl.concat(parts).with_columns(school=pl.lit(school)).sort("pupil", "date", "session")
    return conform(whole, RULE_MARKS)


def _optional(
    conn: sa.Connection, school: int, pupils: pl.DataFrame, known: datetime | None
) -> dict[str, pl.DataFrame | None]:
    there = {
        table: dated.frame(conn, given.KEPT_IN[table], school, OPTIONAL[table], known)
        for table in given.tables_given(conn, school, known) & OPTIONAL.keys()
    }
    return {table.value: _of(there[table], pupils) if table in there else None for table in OPTIONAL}


def _elsewhere(told: pl.DataFrame, held: pl.DataFrame | None) -> pl.DataFrame | None:
    """Marks that pupils of this school were given at others. These and notices are all that crosses schools.

    told: by this school's own source. held: of registers that are here; what they say too is not said twice.
    """
    if held is None:
        return told if told.height else None
    same = ["pupil", "date", "session", "code"]
    new = told.join(held, on=same, how="anti").join(held, on=["school", *same[:3]], how="anti")
    return pl.concat([held, new]).sort("school", "pupil", "date", "session")


def _at_others(
    conn: sa.Connection,
    files: RegisterFiles,
    others: Mapping[int, Collection[int]],
    as_at: date,
    known: datetime | None,
) -> pl.DataFrame | None:
    """Marks that pupils of this school were given at `others`, which are here."""
    parts = [
        _marks(conn, files, other, as_at, known).filter(pl.col("pupil").is_in(sorted(numbers)))
        for other, numbers in sorted(others.items())
    ]
    return pl.concat(parts).sort("school", "pupil", "date", "session") if parts else None


def _notices_elsewhere(
    conn: sa.Connection, others: Mapping[int, Collection[int]], known: datetime | None
) -> pl.DataFrame | None:
    """Notices to their parents that `others` have recorded: the law counts them by parent and child."""
    parts = [
        dated.frame(conn, people.notices, other, NOTICES, known).filter(pl.col("pupil").is_in(sorted(numbers)))
        for other, numbers in sorted(others.items())
    ]
    return pl.concat(parts) if parts else None


def _at_other_schools(
    conn: sa.Connection, school: int, numbers: Collection[int], known: datetime | None
) -> dict[int, set[int]]:
    here = set(numbers)
    stood = dated.as_known(people.roll, known)
    ours = sa.select(people.roll.c.pupil).where(people.roll.c.school == school, *stood)
    query = sa.select(people.roll.c.school, people.roll.c.pupil).where(people.roll.c.school != school, *stood)
    found: dict[int, set[int]] = {}
    for row in conn.execute(query.where(people.roll.c.pupil.in_(ours)).distinct()):
        if row.pupil in here:
            found.setdefault(row.school, set()).add(row.pupil)
    return found


def _digest(registers: Registers) -> str:
    """Of what the rules read. Names and addresses are not in it: a new surname makes no new decision."""
    digest = hashlib.sha256()
    for frame in _read(registers):
        if frame is None:  # never given, which is another thing to judge by than no row
            digest.update(b"none")
            continue
        buffer = io.BytesIO()
        frame.rechunk().write_ipc(buffer, compression="uncompressed")
        digest.update(hashlib.sha256(buffer.getvalue()).digest())
    return digest.hexdigest()


def _read(registers: Registers) -> Iterator[pl.DataFrame | None]:
    """The tables and columns that the rules read, each in an order of its own."""
    yield registers.schools
    yield registers.sessions.sort("date", "session")
    yield registers.marks
    yield registers.elsewhere if registers.elsewhere is not None else empty(RULE_MARKS)
    for name, columns in _READ.items():
        frame = getattr(registers, name)
        yield None if frame is None else frame.select(columns).sort(columns)


_READ: Mapping[str, list[str]] = {
    "pupils": ["school", "pupil", "dob"],
    "roll": [name for name in ROLL if name != "class_name"],
    "leave": list(LEAVE),
    "notices": list(NOTICES),
    "notices_elsewhere": list(NOTICES),
    "contacts": ["school", "pupil"],
    "flags": list(FLAGS),
    "contact_log": ["school", "pupil", "date", "type", "outcome"],
}
