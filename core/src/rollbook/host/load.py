"""Load a school whole, as the rules read it: this school year and the one before, as known now or at a moment."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl
import sqlalchemy as sa

from rollbook.host.config import SchoolConfig
from rollbook.host.manifests import entries, read_marks, read_replaced
from rollbook.host.registers import RegisterFiles
from rollbook.host.store import dated, people
from rollbook.register.amend import as_known
from rollbook.register.terms import school_year
from rollbook.rules.registers import RULE_MARKS, Registers
from rollbook.tables.schemas import LEAVE, MARKS, NOTICES, PUPILS, ROLL, SCHOOLS, SESSIONS, conform, empty


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
    """The school as it is known now, or as it was known at the moment `known`: marks, roll and calendar. Its own facts
    are those of `school`; `known_settings` says what they and the local settings were.

    Raises FixSettings when a register file is damaged.
    """
    urn = school.urn
    first = date(school_year(as_at) - 1, 8, 1)
    pupils = dated.frame(conn, people.pupils, urn, PUPILS, known)
    roll = dated.frame(conn, people.roll, urn, ROLL, known)
    unjudged = pupils.filter(pl.col("dob").is_null())["pupil"]
    judged = pupils.filter(pl.col("dob").is_not_null())
    registers = Registers(
        schools=_school(school),
        sessions=dated.frame(conn, people.sessions, urn, SESSIONS, known).filter(pl.col("date") >= first),
        pupils=judged,
        roll=_of(roll, judged),
        marks=_of(_marks(conn, files, urn, as_at, known), judged),
        leave=_of(dated.frame(conn, people.leave, urn, LEAVE, known), judged),
        notices=_of(dated.frame(conn, people.notices, urn, NOTICES, known), judged),
        elsewhere=_elsewhere(conn, files, urn, judged, as_at, known),
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


def _elsewhere(
    conn: sa.Connection,
    files: RegisterFiles,
    school: int,
    pupils: pl.DataFrame,
    as_at: date,
    known: datetime | None,
) -> pl.DataFrame | None:
    """Marks that pupils of this school were given at other schools: the only thing that crosses schools."""
    shared = _at_other_schools(conn, school, pupils["pupil"].to_list(), known)
    parts = [
        _marks(conn, files, other, as_at, known).filter(pl.col("pupil").is_in(sorted(numbers)))
        for other, numbers in sorted(shared.items())
    ]
    return pl.concat(parts).sort("school", "pupil", "date", "session") if parts else None


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
    read = (
        registers.schools,
        registers.sessions.sort("date", "session"),
        registers.pupils.select("school", "pupil", "dob").sort("pupil"),
        registers.roll.select("school", "pupil", "from", "to", "year_group", "boarder").sort("pupil", "from"),
        registers.marks,
        registers.leave.sort("pupil", "from", "to"),
        registers.notices.sort("pupil", "issued", "parent"),
        registers.elsewhere if registers.elsewhere is not None else empty(RULE_MARKS),
    )
    digest = hashlib.sha256()
    for frame in read:
        buffer = io.BytesIO()
        frame.rechunk().write_ipc(buffer, compression="uncompressed")
        digest.update(hashlib.sha256(buffer.getvalue()).digest())
    return digest.hexdigest()
