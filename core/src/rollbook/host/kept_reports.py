"""Reports of the regular feed, as they are kept: the newest revision of each, and whether it is known to be there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from rollbook.contract.destination import Outcome, Receipt
from rollbook.contract.regular import Regular, Report
from rollbook.host.store.authority import reports

SENDING, SAID, REFUSED = "sending", "said", "refused"


@dataclass(frozen=True)
class Said:
    """The newest revision of one report, and the digest of what it said. state: sending | said | refused."""

    revision: int
    digest: str
    state: str


def of_school(conn: sa.Connection, destination: str, school: int, kind: Regular) -> dict[date, Said]:
    """What was said of a school there, by day."""
    query = sa.select(reports).where(*_where(destination, school, kind))
    return {row.day: Said(row.revision, row.digest, row.state) for row in conn.execute(query)}


def begin(conn: sa.Connection, destination: str, sending: Iterable[tuple[Report, str]], moment: datetime) -> None:
    """Note that these are on their way, each with the digest of what it says: before they are."""
    for report, digest in sending:
        here = _where(destination, report.school, report.kind, report.day)
        conn.execute(reports.delete().where(*here))
        row = {
            "destination": destination,
            "school": report.school,
            "kind": report.kind.value,
            "day": report.day,
            "revision": report.revision,
            "digest": digest,
            "state": SENDING,
            "at": moment,
        }
        conn.execute(reports.insert(), row)


def end(conn: sa.Connection, destination: str, answered: Iterable[tuple[Report, Receipt]], moment: datetime) -> None:
    """Note what was answered. Where a higher revision is held there, as after a restore, ours does not count: the next
    is to be higher than that.
    """
    for report, receipt in answered:
        held = max(report.revision, receipt.revision or 0)
        state = REFUSED if receipt.outcome is Outcome.REFUSED else SAID if held == report.revision else SENDING
        here = _where(destination, report.school, report.kind, report.day)
        conn.execute(reports.update().where(*here).values(state=state, revision=held, at=moment))


def _where(destination: str, school: int, kind: Regular, day: date | None = None) -> list[sa.ColumnElement[bool]]:
    c = reports.c
    found = [c.destination == destination, c.school == school, c.kind == kind.value]
    return found if day is None else [*found, c.day == day]
