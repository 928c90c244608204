"""The manifest: which register files count, a row for each school and school year."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

import polars as pl
import sqlalchemy as sa

from rollbook.host.registers import RegisterFiles
from rollbook.host.store.runs import manifest
from rollbook.register.amend import as_known
from rollbook.register.terms import school_year
from rollbook.rules.registers import RULE_MARKS
from rollbook.tables.schemas import MARKS, conform, empty


@dataclass(frozen=True)
class Entry:
    """The files of a school's year, and a digest of what its marks say."""

    school: int
    year: int
    marks_file: str
    marks_digest: str
    marks_rows: int
    replaced_file: str | None
    replaced_digest: str | None
    content: str
    run: int


def entry(conn: sa.Connection, school: int, year: int) -> Entry | None:
    """The files that count for a school's year, or None while it has none."""
    found = entries(conn, school, year)
    return found[0] if found else None


def entries(conn: sa.Connection, school: int | None = None, year: int | None = None) -> list[Entry]:
    """The rows of the manifest, by school and year."""
    query = sa.select(manifest).order_by(manifest.c.school, manifest.c.year)
    if school is not None:
        query = query.where(manifest.c.school == school)
    if year is not None:
        query = query.where(manifest.c.year == year)
    return [Entry(**row) for row in conn.execute(query).mappings()]


def keep_entry(conn: sa.Connection, new: Entry) -> None:
    """Let `new` count from now on."""
    conn.execute(manifest.delete().where(manifest.c.school == new.school, manifest.c.year == new.year))
    conn.execute(manifest.insert(), asdict(new))


def named_files(conn: sa.Connection) -> set[str]:
    """Every file that counts."""
    return {name for row in entries(conn) for name in (row.marks_file, row.replaced_file) if name}


def read_marks(files: RegisterFiles, kept: Entry | None) -> pl.DataFrame:
    """A year's marks; none where the year has no entry. Raises FixSettings when the file is damaged."""
    return files.read_marks(kept.marks_file, kept.marks_digest) if kept else empty(MARKS)


def read_replaced(files: RegisterFiles, kept: Entry | None) -> pl.DataFrame:
    """A year's replaced marks. Raises FixSettings when the file is damaged."""
    return files.read_replaced(*((kept.replaced_file, kept.replaced_digest) if kept else (None, None)))


def rule_marks(
    conn: sa.Connection, files: RegisterFiles, school: int, as_at: date, known: datetime | None
) -> pl.DataFrame:
    """`RULE_MARKS` of the school year of `as_at` and the one before, sorted: as known now, or at the moment `known`.

    Raises FixSettings when a file is damaged.
    """
    wanted = {school_year(as_at) - 1, school_year(as_at)}
    parts = [empty(MARKS)]
    for kept in entries(conn, school):
        if kept.year in wanted:
            marks = read_marks(files, kept)
            parts.append(marks if known is None else as_known(marks, read_replaced(files, kept), known))
    whole = pl.concat(parts).with_columns(school=pl.lit(school)).sort("pupil", "date", "session")
    return conform(whole, RULE_MARKS)
