"""Who may see the pages: officers by name, each with a password of their own, kept as a slow hash."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import Connection, Row, insert, select, update

from rollbook_receiver.clients import slow_hash
from rollbook_receiver.moments import as_text
from rollbook_receiver.tables import officers

_HOLDS = officers.c.ended_at.is_(None)


def add(connection: Connection, name: str, now: datetime) -> str | None:
    """Let an officer in, or in again who was shut out: the new password, which is not kept. None: they are in."""
    held = connection.execute(select(officers.c.ended_at).where(officers.c.name == name)).first()
    if held is not None and held.ended_at is None:
        return None
    password = secrets.token_urlsafe(15)
    row = {"secret": slow_hash(password), "made_at": as_text(now), "ended_at": None}
    if held is None:
        connection.execute(insert(officers).values(name=name, **row))
    else:
        connection.execute(update(officers).where(officers.c.name == name).values(**row))
    return password


def end(connection: Connection, name: str, now: datetime) -> bool:
    """Shut an officer out; what they did stays under their name. False when there is none of this name."""
    done = connection.execute(update(officers).where(officers.c.name == name, _HOLDS).values(ended_at=as_text(now)))
    return bool(done.rowcount)


def everyone(connection: Connection) -> list[Row[tuple[str, str, str | None]]]:
    """Name, made_at and ended_at of each, by name."""
    return list(connection.execute(select(officers.c.name, officers.c.made_at, officers.c.ended_at).order_by("name")))


def may_decide(connection: Connection, name: str) -> bool:
    """Whether a decision is kept under this name: an officer's who is in, or anybody's while none was ever let in."""
    some, secret = held_secret(connection, name)
    return secret is not None or not some


def held_secret(connection: Connection, name: str) -> tuple[bool, str | None]:
    """Whether there is or was any officer, and the slow hash of this one's password; None when there is no such."""
    some = connection.execute(select(officers.c.name).limit(1)).first() is not None
    return some, connection.execute(select(officers.c.secret).where(officers.c.name == name, _HOLDS)).scalar()
