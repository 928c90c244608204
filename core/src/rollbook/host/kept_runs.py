"""Runs, as they are kept: what each did at each school, and how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from importlib.metadata import version
from typing import Any

import sqlalchemy as sa

from rollbook.host.config import Config
from rollbook.host.run_rows import DeliveryResult, RunResult, SchoolResult
from rollbook.host.store.runs import run_schools, runs


def begin(conn: sa.Connection, as_at: date, moment: datetime) -> int:
    """Note that a run began. Until `end`, it is one that runs, or that was killed."""
    row = {"started": moment, "as_at": as_at, "program": version("rollbook")}
    return int(conn.execute(runs.insert().values(row).returning(runs.c.id)).scalar_one())


def keep_school(conn: sa.Connection, run: int, result: SchoolResult, started: datetime, ended: datetime) -> None:
    """Note what became of one school."""
    row = {
        "run": run,
        "school": result.school,
        "connection": result.connection,
        "status": result.status,
        "counts": dict(result.counts),
        "findings": dict(result.findings),
        "sentences": list(result.sentences),
        "notes": list(result.notes),
        "newest_session": result.newest_session,
        "started": started,
        "ended": ended,
    }
    conn.execute(run_schools.insert(), row)


def end(
    conn: sa.Connection,
    run: int,
    deliveries: Sequence[DeliveryResult],
    exit_status: int,
    sentence: str,
    moment: datetime,
) -> None:
    """Note how the run ended."""
    row = {
        "ended": moment,
        "exit_status": exit_status,
        "sentence": sentence,
        "deliveries": [asdict(one) for one in deliveries],
    }
    conn.execute(runs.update().where(runs.c.id == run).values(row))


def left_alone_until(conn: sa.Connection, destination: str) -> datetime | None:
    """Until when a destination asked, in the last run that ended, to be left alone."""
    return next((one.not_before for one in last_deliveries(conn) if one.destination == destination), None)


def last_deliveries(conn: sa.Connection) -> list[DeliveryResult]:
    """Those of the last run that ended."""
    query = sa.select(runs.c.deliveries).where(runs.c.ended.is_not(None)).order_by(runs.c.id.desc()).limit(1)
    return [_delivery(one) for one in conn.execute(query).scalar() or ()]


def read(conn: sa.Connection, config: Config, run: int) -> RunResult | None:
    """A run as it was recorded, without its messages; None when there is no such run."""
    row = conn.execute(sa.select(runs).where(runs.c.id == run)).first()
    if row is None:
        return None
    return RunResult(
        run=run,
        as_at=row.as_at,
        started=row.started,
        ended=row.ended or row.started,
        dry_run=False,
        schools=tuple(_schools(conn, config, run)),
        deliveries=tuple(_delivery(one) for one in row.deliveries or ()),
        exit_status=4 if row.exit_status is None else row.exit_status,
        sentence=row.sentence or "It is still running, or it was killed before its end.",
    )


def _schools(conn: sa.Connection, config: Config, run: int) -> list[SchoolResult]:
    names = {school.urn: school.name for school in config.schools}
    query = sa.select(run_schools).where(run_schools.c.run == run).order_by(run_schools.c.started)
    return [
        SchoolResult(
            school=row.school,
            name=names.get(row.school, str(row.school)),
            connection=row.connection,
            status=row.status,
            sentences=tuple(row.sentences),
            notes=tuple(row.notes),
            counts=row.counts,
            findings=row.findings,
            newest_session=row.newest_session,
        )
        for row in conn.execute(query)
    ]


def _delivery(kept: dict[str, Any]) -> DeliveryResult:
    """As it was kept; a run of an earlier program says less."""
    texts = {name: tuple(kept.get(name, ())) for name in ("sentences", "notes")}
    moments = {name: _moment(kept.get(name)) for name in ("not_before", "silent")}
    return DeliveryResult(**{**kept, **texts, **moments})


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None
