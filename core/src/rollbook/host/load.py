"""Load a school whole, as the rules read it: this school year and the one before, as known now or at a moment."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl
import sqlalchemy as sa

from rollbook.host import given, other_schools
from rollbook.host.config import SchoolConfig
from rollbook.host.elsewhere import marks_elsewhere
from rollbook.host.manifests import rule_marks
from rollbook.host.registers import RegisterFiles
from rollbook.host.store import dated, people
from rollbook.register.terms import school_year
from rollbook.rules.registers import RULE_MARKS, Registers
from rollbook.tables.schemas import (
    FLAGS,
    LEAVE,
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
    conn: sa.Connection,
    files: RegisterFiles,
    school: SchoolConfig,
    as_at: date,
    known: datetime | None = None,
    *,
    schools: Collection[SchoolConfig],
) -> Loaded:
    """The school as it is known now, or as it was known at the moment `known`: every table. Its own facts are those of
    `school`; `known_settings` says what they and the local settings were. A table that the source never gave is None.
    schools: all of the configuration, by whose LAESTABs it is known which register another school's file speaks of.

    Raises FixSettings when a register file is damaged.
    """
    urn = school.urn
    first = date(school_year(as_at) - 1, 8, 1)
    pupils = dated.frame(conn, people.pupils, urn, PUPILS, known)
    roll = dated.frame(conn, people.roll, urn, ROLL, known)
    unjudged = pupils.filter(pl.col("dob").is_null())["pupil"]
    judged = pupils.filter(pl.col("dob").is_not_null())
    others = other_schools.of_pupils(conn, urn, judged["pupil"].to_list(), known)
    told = _of(marks_elsewhere(conn, urn, first, known), judged)
    registers = Registers(
        schools=_school(school),
        sessions=dated.frame(conn, people.sessions, urn, SESSIONS, known).filter(pl.col("date") >= first),
        pupils=judged,
        roll=_of(roll, judged),
        marks=_of(rule_marks(conn, files, urn, as_at, known), judged),
        elsewhere=other_schools.marks(conn, files, others, told, schools, as_at, known),
        notices_elsewhere=other_schools.notices(conn, others, known),
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


def _optional(
    conn: sa.Connection, school: int, pupils: pl.DataFrame, known: datetime | None
) -> dict[str, pl.DataFrame | None]:
    there = {
        table: dated.frame(conn, given.KEPT_IN[table], school, OPTIONAL[table], known)
        for table in given.tables_given(conn, school, known) & OPTIONAL.keys()
    }
    return {table.value: _of(there[table], pupils) if table in there else None for table in OPTIONAL}


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
