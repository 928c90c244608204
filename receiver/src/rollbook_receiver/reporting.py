"""Which schools reported, and which did not, since when. It is about registers and messages, and holds no pupil."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from rollbook_receiver import moments, regular
from rollbook_receiver.tables import client_schools, clients, messages


@dataclass(frozen=True)
class School:
    """A school that a client may speak for, or that sent something. Days are ISO texts."""

    urn: int
    name: str | None
    last_day: str | None  # the last day that it reported
    today: bool
    expected: int
    recorded: int
    last_sync_ok: str | None
    last_message: str | None


def schools(connection: Connection, now: datetime) -> list[School]:
    """All of them: who did not report today first, the longest silent first of all."""
    days, today = regular.last_days(connection), moments.day_of(now).isoformat()
    named, last = _names(connection), _last_messages(connection)
    allowed = select(client_schools.c.school).join(clients).where(clients.c.revoked_at.is_(None))
    every = {*connection.execute(allowed).scalars(), *days, *last}
    rows = []
    for urn in every:
        body = days.get(urn, {})
        registers, day = body.get("registers", []), body.get("date")
        expected, recorded = (sum(row[name] for row in registers) for name in ("expected", "recorded"))
        said = (urn, named.get(urn), day, day == today, expected, recorded)
        rows.append(School(*said, body.get("last_sync_ok"), last.get(urn)))
    return sorted(rows, key=lambda row: (row.today, row.last_day or "", row.urn))


def _names(connection: Connection) -> dict[int, str]:
    """As the schools' own messages have them."""
    newest = select(func.max(messages.c.id)).where(messages.c.action != "withdraw").group_by(messages.c.school)
    rows = connection.execute(select(messages.c.school, messages.c.content).where(messages.c.id.in_(newest)))
    return {row.school: json.loads(row.content)["school"]["name"] for row in rows}


def _last_messages(connection: Connection) -> dict[int, str]:
    rows = connection.execute(select(messages.c.school, func.max(messages.c.received_at)).group_by(messages.c.school))
    return {row[0]: row[1] for row in rows}
