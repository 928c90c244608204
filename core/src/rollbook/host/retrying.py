"""Try again what was set aside, after a map of codes or a calendar was mended, without pulling anything."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import sqlalchemy as sa

from rollbook.host import calendars, clock, set_aside
from rollbook.host.bring_marks import Mapped, merge_years
from rollbook.host.clock import Clock
from rollbook.host.config import Config, SchoolConfig
from rollbook.host.lock import only_one
from rollbook.host.registers import RegisterFiles
from rollbook.host.state import opened, register_files
from rollbook.host.store import dated, people
from rollbook.host.team import Team
from rollbook.register.normalise import Normalised, normalise_marks
from rollbook.register.quarantine import retry
from rollbook.tables.schemas import ROLL, Table, page_schema


def retry_quarantine(
    config: Config, *, school: int | None = None, now: Clock = clock.now, in_process: bool = False
) -> list[tuple[int, int, int]]:
    """Normalise the open rows of marks again, with the roll, calendar and map of now; keep those that are well.

    What they change is judged at the next sync. Returns, for each school: URN, rows released, rows still open.
    Raises lock.Busy, FixSettings.
    """
    chosen = config.schools if school is None else (config.school(school),)
    with (
        only_one(config.installation.state),
        opened(config) as database,
        Team(config, in_process=in_process) as team,
    ):
        found = []
        for one in chosen:
            _, description = team.source(one)
            with database.write() as conn:
                codes = {**description.code_map, **one.codes}
                given = Table.SESSIONS in description.tables
                released = _retry(conn, register_files(config), one, codes, now(), calendar_given=given)
                found.append((one.urn, released, set_aside.open_count(conn, one.urn)))
        return found


def _retry(
    conn: sa.Connection,
    files: RegisterFiles,
    school: SchoolConfig,
    codes: dict[str, str],
    moment: datetime,
    *,
    calendar_given: bool,
) -> int:
    urn = school.urn
    calendar = calendars.kept_calendar(conn, urn)
    if calendar.sessions.is_empty():
        return 0  # it was never pulled
    if school.terms and not calendar_given:
        calendar = calendars.bring_calendar(conn, school, None, moment)
    against = Mapped(calendar, dated.frame(conn, people.roll, urn, ROLL, None), codes)
    nothing = _nothing_pulled(urn, against)
    again = retry(
        set_aside.open_rows(conn, urn),
        nothing,
        first=None,
        last=None,
        school=urn,
        sessions=calendar.sessions,
        roll=against.roll,
        mapped=codes,
    )
    merge_years(conn, files, urn, again.marks, nothing, nothing.blank, None, moment=moment, run=0)
    set_aside.release(conn, again.released, moment, by="rollbook", why="it was tried again")
    return again.released.len()


def _nothing_pulled(school: int, against: Mapped) -> Normalised:
    rows = pl.DataFrame(schema=page_schema(Table.MARKS) | {"pupil": pl.Int64})
    return normalise_marks(
        rows, school=school, sessions=against.calendar.sessions, roll=against.roll, mapped=against.codes, origin=""
    )
