"""Messages that no delivery of a run would see: those of a run that was killed, and those that are for nobody."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from rollbook.host import kept_messages
from rollbook.host.clock import Clock
from rollbook.host.run_rows import DeliveryResult
from rollbook.host.store.database import Database
from rollbook.host.store.followup import messages
from rollbook.outbox.state import Event, State


def after_a_kill(database: Database, now: Clock) -> int:
    """Call `unknown` what a run that was killed left `sending`. Only one sync runs at a time, so all of them are."""
    with database.write() as conn:
        left = kept_messages.select(conn, messages.c.state == State.SENDING.value)
        for kept in left:
            kept_messages.step(conn, kept, Event.NO_REPLY, now())
            kept_messages.end_attempt(conn, kept, "unknown", now())
    return len(left)


def left_behind(conn: sa.Connection, destinations: Collection[str]) -> list[DeliveryResult]:
    """What is to be said of messages that are for none of `destinations`: nobody delivers them, and nobody forgets."""
    states = (State.HELD.value, State.WAITING.value, State.UNKNOWN.value)
    query = sa.select(messages.c.destination, messages.c.state, sa.func.count())
    query = query.where(messages.c.state.in_(states), messages.c.destination.not_in(list(destinations)))
    found: dict[str, dict[str, int]] = {}
    for name, state, number in conn.execute(query.group_by(messages.c.destination, messages.c.state)):
        found.setdefault(name, {})[state] = number
    return [
        DeliveryResult(
            name,
            counts,
            (
                f"{sum(counts.values())} messages are for the destination {name}, which the configuration no longer "
                f"has: give it back its name there, or give the messages up (`rollbook outbox`).",
            ),
        )
        for name, counts in sorted(found.items())
    ]
