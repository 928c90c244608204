"""What was set aside, and what marks were written, for people."""

from __future__ import annotations

import sqlalchemy as sa

from rollbook.host.config import Config
from rollbook.host.manifests import entries, read_marks
from rollbook.host.report_messages import school_names
from rollbook.host.rows import CodeRow, QuarantineRow
from rollbook.host.state import opened, register_files
from rollbook.host.store.followup import quarantine as kept
from rollbook.tables.codes import INVALID, LOSSY, Quality, letter

_SESSIONS = {0: "AM", 1: "PM"}


def quarantine(
    config: Config, *, school: int | None = None, kind: str | None = None, all_states: bool = False
) -> list[QuarantineRow]:
    """Rows that were set aside and are open, or all that ever were, oldest first."""
    names = school_names(config)
    with opened(config) as database, database.read() as conn:
        query = sa.select(kept).where(*_where(school, kind)).order_by(kept.c.id)
        if not all_states:
            query = query.where(kept.c.state == "open")
        return [quarantine_row(row, names) for row in conn.execute(query).mappings()]


def quarantine_row(row: sa.RowMapping, names: dict[int, str]) -> QuarantineRow:
    """A row for people."""
    same = ("id", "school", "pupil", "table", "place", "column", "date", "raw", "kind", "reason", "state", "opened")
    return QuarantineRow(
        **{name: row[name] for name in same},
        school_name=names.get(row["school"], str(row["school"])),
        session=_SESSIONS.get(row["session"]),
        by=row["by"],
        why=row["why"],
    )


def quarantine_counts(config: Config, *, school: int | None = None) -> list[tuple[int, str, str, int]]:
    """How many open rows there are: school, kind, the written mark, number."""
    raw = sa.func.coalesce(kept.c.raw, "")
    query = sa.select(kept.c.school, kept.c.kind, raw, sa.func.count()).where(
        kept.c.state == "open", *_where(school, None)
    )
    with opened(config) as database, database.read() as conn:
        query = query.group_by(kept.c.school, kept.c.kind, raw).order_by(kept.c.school, kept.c.kind, raw)
        return [(row[0], row[1], row[2], row[3]) for row in conn.execute(query)]


def codes(config: Config, *, school: int | None = None) -> list[CodeRow]:
    """What marks were written in each school's newest year and what each became, the most frequent first."""
    files = register_files(config)
    found: list[CodeRow] = []
    with opened(config) as database, database.read() as conn:
        newest = {row.school: row for row in entries(conn, school)}
        for urn, row in newest.items():
            marks = read_marks(files, row)
            counted = marks.group_by("code", "raw").len("times")
            counted = counted.sort("times", "code", "raw", descending=[True, False, False])
            found += [_code(urn, code, raw, times) for code, raw, times in counted.iter_rows()]
    return found


def _code(school: int, code: int, raw: str | None, times: int) -> CodeRow:
    written = letter(code)
    quality = Quality.EXACT if raw is None else Quality.ALIAS
    if code in (INVALID, LOSSY):
        quality = Quality.INVALID if code == INVALID else Quality.LOSSY
    return CodeRow(school, raw if raw is not None else written, written, times, quality.value)


def _where(school: int | None, kind: str | None) -> list[sa.ColumnElement[bool]]:
    where = [kept.c.school == school] if school is not None else []
    return where + ([kept.c.kind == kind] if kind is not None else [])
