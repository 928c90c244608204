"""How each school stands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from rollbook.host import clock, kept_cases, kept_news, kept_reports, kept_runs, refusals
from rollbook.host.clock import Clock
from rollbook.host.config import Config, SchoolConfig
from rollbook.host.run_rows import SchoolStatus
from rollbook.host.state import opened
from rollbook.host.store.authority import reports
from rollbook.host.store.followup import messages, quarantine
from rollbook.host.store.people import roll
from rollbook.host.store.runs import judged, manifest, run_schools, runs


def status(config: Config, now: Clock = clock.now) -> list[SchoolStatus]:
    """A row for each school of the configuration, in its order."""
    with opened(config) as database, database.read() as conn:
        return [_one(conn, school, now()) for school in config.schools]


def _one(conn: sa.Connection, school: SchoolConfig, now: datetime) -> SchoolStatus:
    urn = school.urn
    last = _last(conn, urn)
    states = _counted(conn, sa.select(messages.c.state, sa.func.count()).where(messages.c.school == urn), messages)
    judgement = conn.execute(sa.select(judged.c.as_at).where(judged.c.school == urn)).scalar()
    marks = conn.execute(sa.select(sa.func.sum(manifest.c.marks_rows)).where(manifest.c.school == urn)).scalar()
    return SchoolStatus(
        school=urn,
        name=school.name,
        connection=school.connection,
        status=last.status if last else "never",
        last_run=last.run if last else None,
        last_ok=last_ok(conn, urn),
        newest_session=_newest(conn, urn),
        judged=judgement,
        marks=int(marks or 0),
        pupils=_on_roll(conn, urn, now),
        quarantine=_number(conn, quarantine, quarantine.c.school == urn, quarantine.c.state == "open"),
        cases=kept_cases.waiting(conn, urn),
        held=states.get("held", 0),
        waiting=states.get("waiting", 0),
        unknown=states.get("unknown", 0),
        refused=states.get("refused", 0),
        sentences=tuple(last.sentences) if last else ("It was never synced.",),
        reports=_number(conn, reports, reports.c.school == urn, reports.c.state != kept_reports.SAID),
        news=kept_news.unseen(conn, urn),
        refusals=refusals.sentences(conn, messages.c.school == urn),
        silent=tuple(_silent(conn, urn)),
    )


def _silent(conn: sa.Connection, school: int) -> Iterator[str]:
    """Which destinations did not answer at the last sync, and what of the school waits for them."""
    for there in kept_runs.last_deliveries(conn):
        mine = [messages.c.school == school, messages.c.destination == there.destination]
        number = _number(conn, messages, *mine, messages.c.state.in_(["waiting", "unknown"])) if there.silent else 0
        if there.silent and number:
            wait = "1 message waits" if number == 1 else f"{number} messages wait"
            at = f"{there.silent:%Y-%m-%d %H:%M} UTC"
            yield f"{there.destination} did not answer at {at}: {wait}, and the next sync tries again."


def _last(conn: sa.Connection, school: int) -> sa.Row[Any] | None:
    query = sa.select(run_schools).where(run_schools.c.school == school).order_by(run_schools.c.run.desc())
    return conn.execute(query.limit(1)).first()


def last_ok(conn: sa.Connection, school: int) -> datetime | None:
    """When a school's register was last brought in whole; None if it never was."""
    query = sa.select(run_schools.c.ended).join(runs, runs.c.id == run_schools.c.run)
    query = query.where(run_schools.c.school == school, run_schools.c.status != "failed")
    found: datetime | None = conn.execute(query.order_by(run_schools.c.run.desc()).limit(1)).scalar()
    return found


def _newest(conn: sa.Connection, school: int) -> Any:
    query = sa.select(sa.func.max(run_schools.c.newest_session)).where(run_schools.c.school == school)
    return conn.execute(query).scalar()


def _on_roll(conn: sa.Connection, school: int, now: datetime) -> int:
    day = clock.day_of(now)
    query = sa.select(sa.func.count(sa.distinct(roll.c.pupil))).where(
        roll.c.school == school,
        roll.c.known_to.is_(None),
        roll.c["from"] <= day,
        sa.or_(roll.c.to.is_(None), roll.c.to >= day),
    )
    return int(conn.execute(query).scalar_one())


def _counted(conn: sa.Connection, query: sa.Select[Any], table: sa.Table) -> dict[str, int]:
    return {row[0]: row[1] for row in conn.execute(query.group_by(table.c.state))}


def _number(conn: sa.Connection, table: sa.Table, *where: sa.ColumnElement[bool]) -> int:
    return int(conn.execute(sa.select(sa.func.count()).select_from(table).where(*where)).scalar_one())
