"""Bring a staged pull into the state: all of it in the caller's one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import sqlalchemy as sa

from rollbook.contract.source import Checkpoint
from rollbook.host import set_aside
from rollbook.host.bring_marks import Mapped, bring_marks, not_recorded
from rollbook.host.bring_people import bring_people
from rollbook.host.calendars import Calendar, bring_calendar
from rollbook.host.config import SchoolConfig
from rollbook.host.doubts import new_aside
from rollbook.host.elsewhere import bring_elsewhere
from rollbook.host.first_days import check_first_days
from rollbook.host.manifests import entries, read_marks
from rollbook.host.pull import Staged
from rollbook.host.registers import RegisterFiles
from rollbook.host.store.runs import checkpoints
from rollbook.register.terms import school_year
from rollbook.tables.schemas import Table

_STALE_AFTER = 3  # school days without a mark before a source is called behind


@dataclass(frozen=True)
class Brought:
    """What a pull did. `sentences`: what a person should act on; `notes`: what is worth knowing."""

    counts: Mapping[str, int]
    sentences: tuple[str, ...]
    notes: tuple[str, ...]
    newest_session: date | None


def kept_checkpoints(conn: sa.Connection, school: SchoolConfig) -> tuple[dict[Table, Checkpoint], date | None]:
    """What the last complete pull left for each table, and the last day it covered (None before the first)."""
    query = sa.select(checkpoints).where(
        checkpoints.c.school == school.urn, checkpoints.c.connection == school.connection
    )
    rows = conn.execute(query).all()
    covered = next((row.covered_to for row in rows if row.table == Table.MARKS.value), None)
    return {Table(row.table): row.checkpoint for row in rows}, covered


def bring(
    conn: sa.Connection,
    files: RegisterFiles,
    school: SchoolConfig,
    staged: Staged,
    *,
    code_map: Mapping[str, str],
    as_at: date,
    moment: datetime,
    run: int,
    accepted_by: str | None = None,
) -> Brought:
    """Keep what was pulled of a school. Raises FixSettings or VendorMustAct; then the caller rolls back."""
    calendar = bring_calendar(conn, school, staged.tables.get(Table.SESSIONS), moment)
    people = bring_people(conn, school, staged, moment, as_at, accepted_by)
    moved = check_first_days(conn, files, school, people.roll_before, people.roll, accepted_by)
    there = bring_elsewhere(conn, school, staged, people.identified.numbers, code_map=code_map, moment=moment)
    against = Mapped(calendar, people.roll, {**code_map, **school.codes})
    _, covered = kept_checkpoints(conn, school)
    marks = bring_marks(
        conn, files, school, staged, against, people.numbers, moment=moment, run=run, accepted_by=accepted_by
    )
    aside = pl.concat([people.quarantine, there, marks.quarantine, set_aside.of_rejects(school.urn, staged.rejects)])
    opened, open_now = set_aside.keep(conn, school.urn, school.connection, aside, marks.settled, run=run, moment=moment)
    missing = never_read(staged, calendar, covered)
    _keep_checkpoints(conn, school, staged, covered_to(staged, covered, missing), moment)
    if calendar.reaches_back:
        conn.execute(checkpoints.delete().where(checkpoints.c.school == school.urn))
    counts = marks.counts | {
        "set_aside": opened,
        "quarantine_open": open_now,
        "pupils": people.on_roll,
        "vanished": people.vanished,
        "not_recorded": _lacking(conn, files, school.urn, people.roll, calendar, as_at),
        "proposals": people.identified.perhaps_known,
    }
    sentences = (
        *marks.sentences,
        *_days_never_read(school, missing),
        *people.not_given,
        *_behind(school, staged.newest, calendar, as_at),
    )
    back = f"The calendar of {school.name} ({school.urn}) now reaches further back: the next sync reads all of it."
    notes = [
        *calendar.notes,
        *([back] if calendar.reaches_back else []),
        *marks.notes,
        *(f"{school.name} ({school.urn}), {school.connection}: {note}" for note in staged.notes),
        *people.identified.sentences,
        *moved,
        *_vanished(school, people.vanished),
        *new_aside(school, aside, opened),
    ]
    if accepted_by:
        notes.append(f"The size of the roll was accepted by {accepted_by}.")
    return Brought(counts, sentences, tuple(notes), staged.newest)


def covered_to(staged: Staged, before: date | None, missing: Sequence[date]) -> date | None:
    """The last day that need not be read again, but for the overlap: an export may lag behind the day of its pull.

    missing: days that were never read. One from before what the pull covers is waited for: no later day is passed on.
    """
    if staged.newest is None:
        return before  # of holidays alone there is nothing to read
    whole_to = max((spell.last for spell in staged.covers), default=staged.window.last)
    last = min(staged.newest, whole_to)
    if missing and missing[0] < _begins(staged):
        last = min(last, missing[0] - timedelta(days=1))
    return last if before is None else max(before, last)


def never_read(staged: Staged, calendar: Calendar, before: date | None) -> list[date]:
    """The school days since `before`, the last day covered, of which this pull has no row of anybody though it has
    later ones: an export began later than the one before it ended, or leaves days out.
    """
    if before is None or not staged.covers:
        return []
    last = max(staged.newest or before, _begins(staged) - timedelta(days=1))
    return [day for day in calendar.open_days(before + timedelta(days=1), last) if day not in staged.days]


def _begins(staged: Staged) -> date:
    return min((spell.first for spell in staged.covers), default=staged.window.first)


def _days_never_read(school: SchoolConfig, missing: Sequence[date]) -> tuple[str, ...]:
    if not missing:
        return ()
    days = "1 school day" if len(missing) == 1 else f"{len(missing)} school days"
    were = "was" if len(missing) == 1 else "were"
    return (
        f"{days} of {school.name} ({school.urn}), from {missing[0].isoformat()} to {missing[-1].isoformat()}, {were} "
        f"in no export of the connection {school.connection}: their sessions are not recorded. Export from "
        f"{missing[0].isoformat()} on once more, or, if the school was closed then, say so in its calendar.",
    )


def _keep_checkpoints(
    conn: sa.Connection, school: SchoolConfig, staged: Staged, covered_to: date | None, moment: datetime
) -> None:
    for table, checkpoint in staged.checkpoints.items():
        key = {"connection": school.connection, "school": school.urn, "table": table.value}
        conn.execute(checkpoints.delete().where(*(checkpoints.c[name] == value for name, value in key.items())))
        row: dict[str, Any] = key | {"checkpoint": checkpoint, "at": moment}
        row["covered_to"] = covered_to if table is Table.MARKS else None
        conn.execute(checkpoints.insert(), row)


def _lacking(
    conn: sa.Connection, files: RegisterFiles, school: int, roll: pl.DataFrame, calendar: Calendar, as_at: date
) -> int:
    """Sessions of this school year without a mark, up to the day before: today's may still be made."""
    year = school_year(as_at)
    kept = entries(conn, school, year)
    marks = read_marks(files, kept[0] if kept else None)
    return not_recorded(marks, roll, calendar, date(year, 8, 1), as_at - timedelta(days=1))


def _behind(school: SchoolConfig, newest: date | None, calendar: Calendar, as_at: date) -> tuple[str, ...]:
    """Said of a source whose newest mark is old: what is missing is missing data, and no absence."""
    if newest is None:
        return ()
    missing = calendar.open_days(newest + timedelta(days=1), as_at)
    if len(missing) <= _STALE_AFTER:
        return ()
    return (
        f"The newest mark of {school.name} ({school.urn}) at the connection {school.connection} is of "
        f"{newest.isoformat()}: {len(missing)} school days since then have none. Check that the export still runs.",
    )


def _vanished(school: SchoolConfig, number: int) -> list[str]:
    if not number:
        return []
    return [
        f"On the roll of {school.name} ({school.urn}), no longer in the source, and without a leaving date: {number}. "
        f"They stay on the roll, marked, and their cases stay open. Enter the leaving date in the MIS, or ask why they "
        f"went. `rollbook pupils list --school {school.urn}` shows which (IN SOURCE: no)."
    ]
