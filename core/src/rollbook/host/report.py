"""Reads what is kept, for people and programs to see. Nothing is changed by it.

Each function raises FixSettings (what was asked for is not there, the state cannot be opened, a file is damaged).
"""

from __future__ import annotations

import sqlalchemy as sa

from rollbook.contract.errors import FixSettings
from rollbook.host import kept_cases, kept_runs
from rollbook.host.config import Config
from rollbook.host.report_cases import case, cases, message, outbox
from rollbook.host.report_marks import codes, quarantine, quarantine_counts
from rollbook.host.report_messages import school_names
from rollbook.host.report_pupils import find_pupils, pupil
from rollbook.host.report_status import status
from rollbook.host.rows import (
    AttemptRow,
    CaseDetail,
    CaseRow,
    CheckLine,
    CodeRow,
    EventRow,
    FillRow,
    LedgerCheck,
    LinkRow,
    MessageDetail,
    MessageRow,
    PupilDetail,
    PupilRow,
    QuarantineRow,
)
from rollbook.host.run_rows import DeliveryResult, RunResult, RunRow, SchoolResult, SchoolStatus
from rollbook.host.state import opened
from rollbook.host.store.runs import run_schools
from rollbook.host.store.runs import runs as runs_table

__all__ = [
    "AttemptRow",
    "CaseDetail",
    "CaseRow",
    "CheckLine",
    "CodeRow",
    "DeliveryResult",
    "EventRow",
    "FillRow",
    "LedgerCheck",
    "LinkRow",
    "MessageDetail",
    "MessageRow",
    "PupilDetail",
    "PupilRow",
    "QuarantineRow",
    "RunResult",
    "RunRow",
    "SchoolResult",
    "SchoolStatus",
    "case",
    "cases",
    "codes",
    "find_pupils",
    "message",
    "outbox",
    "pupil",
    "quarantine",
    "quarantine_counts",
    "run",
    "runs",
    "status",
    "verify",
]


def runs(config: Config, *, limit: int = 20) -> list[RunRow]:
    """The newest runs first."""
    with opened(config) as database, database.read() as conn:
        counted: dict[int, dict[str, int]] = {}
        query = sa.select(run_schools.c.run, run_schools.c.status, sa.func.count())
        for number, state, times in conn.execute(query.group_by(run_schools.c.run, run_schools.c.status)):
            counted.setdefault(number, {})[state] = times
        rows = conn.execute(sa.select(runs_table).order_by(runs_table.c.id.desc()).limit(limit)).all()
    return [
        RunRow(
            run=row.id,
            started=row.started,
            ended=row.ended,
            as_at=row.as_at,
            exit_status=row.exit_status,
            ok=counted.get(row.id, {}).get("ok", 0),
            degraded=counted.get(row.id, {}).get("degraded", 0),
            failed=counted.get(row.id, {}).get("failed", 0),
            sentence=row.sentence or "It is still running, or it was killed before its end.",
        )
        for row in rows
    ]


def run(config: Config, run_id: int) -> RunResult:
    """A run as it was recorded; its messages are in the outbox."""
    with opened(config) as database, database.read() as conn:
        found = kept_runs.read(conn, config, run_id)
    if found is None:
        raise FixSettings(f"There is no run {run_id}: `rollbook runs` lists them.")
    return found


def verify(config: Config) -> list[LedgerCheck]:
    """Whether each school's ledger holds: no event altered, taken out or put in."""
    found = []
    with opened(config) as database, database.read() as conn:
        for urn, name in school_names(config).items():
            events, broken = kept_cases.check_ledger(conn, urn)
            text = broken.reason if broken else f"{events} events, every link holds."
            found.append(LedgerCheck(urn, name, events, broken is None, text))
    return found
