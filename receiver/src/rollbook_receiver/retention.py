"""Deleting what is over its time: whole records, with every revision, and nothing left of them but how many there were.

A record's time counts from the last of its revisions that came. One that waits for an officer stays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, exists, func, insert, select, tuple_

from rollbook_receiver.judging import PENDING
from rollbook_receiver.moments import as_text
from rollbook_receiver.tables import answers, messages, outcomes, purges

_KEY = (messages.c.kind, messages.c.school, messages.c.pupil, messages.c.episode)


@dataclass(frozen=True)
class Over:
    """How much of a kind and a school is over its time."""

    kind: str
    school: int
    records: int
    revisions: int


def over(connection: Connection, before: datetime) -> list[Over]:
    """What a purge of all that came before a moment would delete."""
    each = _records(before).add_columns(func.count().label("revisions")).subquery()
    sums = select(each.c.kind, each.c.school, func.count().label("records"), func.sum(each.c.revisions).label("rows"))
    rows = connection.execute(sums.group_by(each.c.kind, each.c.school).order_by(each.c.kind, each.c.school))
    return [Over(row.kind, row.school, row.records, int(row.rows)) for row in rows]


def purge(connection: Connection, before: datetime, who: str, at: datetime) -> list[Over]:
    """Delete it, keep how many, and say so."""
    found = over(connection, before)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete=ON")  # freed pages are overwritten: they named children
    ids = select(messages.c.id).where(tuple_(*_KEY).in_(_records(before)))
    connection.execute(delete(answers).where(answers.c.message.in_(ids)))
    connection.execute(delete(messages).where(tuple_(*_KEY).in_(_records(before))))
    for one in found:
        connection.execute(insert(purges).values(at=as_text(at), who=who, received_before=as_text(before), **vars(one)))
    return found


def _records(before: datetime) -> Select[Any]:
    other = messages.alias()
    same = [other.c[column.name] == column for column in _KEY]
    waits = exists().where(*same, outcomes.c.message == other.c.id, outcomes.c.outcome == PENDING)
    return select(*_KEY).where(~waits).group_by(*_KEY).having(func.max(messages.c.received_at) < as_text(before))


def emptied(place: str, connect: Callable[..., Any]) -> None:
    """Put SQLite's log of writes into its file: what was deleted is in neither then."""
    direct = connect(place)
    try:
        direct.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        direct.close()
