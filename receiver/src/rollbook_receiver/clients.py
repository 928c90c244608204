"""Who may send: clients, their schools, their secrets (kept as slow hashes) and their tokens."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from rollbook_receiver.moments import as_text
from rollbook_receiver.tables import client_schools, clients, tokens

TOKEN_LIFE = timedelta(minutes=30)
_COST, _BLOCK, _LANES = 2**14, 8, 1


@dataclass(frozen=True)
class Client:
    """A sender. `schools`: the URNs it may speak for; None is every school."""

    client: str
    name: str
    schools: frozenset[int] | None
    made_at: str = ""
    revoked_at: str | None = None

    def may_speak_for(self, school: int) -> bool:
        """Whether it may send for, or look up, this school."""
        return self.schools is None or school in self.schools


def add(connection: Connection, name: str, schools: Sequence[int], now: datetime) -> tuple[str, str]:
    """A new client: its id and its secret, which is not kept and cannot be shown again. No schools is every school."""
    client, secret = f"c-{secrets.token_hex(8)}", secrets.token_urlsafe(32)
    row = {"client": client, "name": name, "every_school": not schools, "made_at": as_text(now)}
    connection.execute(insert(clients).values(secret=slow_hash(secret), **row))
    for school in sorted(set(schools)):
        connection.execute(insert(client_schools).values(client=client, school=school))
    return client, secret


def revoke(connection: Connection, client: str, now: datetime) -> bool:
    """End a client and its tokens; what it sent stays. False when there is no such client, or it is revoked."""
    held = clients.c.client == client
    ended = connection.execute(
        update(clients).where(held, clients.c.revoked_at.is_(None)).values(revoked_at=as_text(now))
    )
    connection.execute(delete(tokens).where(tokens.c.client == client))
    return bool(ended.rowcount)


def spoken_for(connection: Connection, schools: Iterable[int]) -> set[int]:
    """Those of the schools for which a client speaks that is not revoked."""
    holding = clients.c.revoked_at.is_(None)
    if connection.execute(select(clients.c.client).where(holding, clients.c.every_school)).first() is not None:
        return set(schools)
    named = select(client_schools.c.school).join(clients).where(holding)
    return set(schools) & set(connection.execute(named).scalars())


def everyone(connection: Connection) -> list[Client]:
    """All clients, by name."""
    rows = connection.execute(select(clients.c.client).order_by(clients.c.name, clients.c.client)).scalars().all()
    return [_client(connection, client) for client in rows]


def held_secret(connection: Connection, client: str) -> str | None:
    """The slow hash of a client's secret; None when there is no such client, or it is revoked."""
    return connection.execute(
        select(clients.c.secret).where(clients.c.client == client, clients.c.revoked_at.is_(None))
    ).scalar()


def give_token(connection: Connection, client: str, now: datetime) -> str | None:
    """A token that holds for `TOKEN_LIFE`; only its digest is kept. None when the client is revoked. Tokens that have
    ended are swept.
    """
    if not holds(connection, client):
        return None
    token = secrets.token_urlsafe(32)
    connection.execute(delete(tokens).where(tokens.c.ends_at <= as_text(now)))
    row = {"token": _token_digest(token), "client": client, "ends_at": as_text(now + TOKEN_LIFE)}
    connection.execute(insert(tokens).values(**row))
    return token


def of_token(connection: Connection, token: str, now: datetime) -> tuple[Client, datetime] | None:
    """The client that a token stands for and when it ends, or None when there is none or it has ended."""
    found = connection.execute(
        select(tokens).where(tokens.c.token == _token_digest(token), tokens.c.ends_at > as_text(now))
    ).first()
    return (_client(connection, found.client), datetime.fromisoformat(found.ends_at)) if found else None


def holds(connection: Connection, client: str) -> bool:
    """Whether there is such a client, and it is not revoked."""
    found = connection.execute(
        select(clients.c.client).where(clients.c.client == client, clients.c.revoked_at.is_(None))
    )
    return found.first() is not None


def slow_hash(secret: str, salt: bytes | None = None) -> str:
    """`scrypt$cost$salt$hash`: slow to try secrets against."""
    salt = salt or secrets.token_bytes(16)
    made = hashlib.scrypt(secret.encode("utf-8", "surrogatepass"), salt=salt, n=_COST, r=_BLOCK, p=_LANES)
    return f"scrypt${_COST}${salt.hex()}${made.hex()}"


def same_secret(secret: str, held: str | None) -> bool:
    """Whether `held` is the slow hash of `secret`. None, for an unknown client, takes as long as a wrong secret."""
    salt = bytes.fromhex((held or _NOBODY).split("$")[2])
    return hmac.compare_digest(slow_hash(secret, salt), held or _NOBODY)


_NOBODY = f"scrypt${_COST}${'00' * 16}${'00' * 64}"


def _token_digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _client(connection: Connection, client: str) -> Client:
    row = connection.execute(select(clients).where(clients.c.client == client)).one()
    schools = connection.execute(select(client_schools.c.school).where(client_schools.c.client == client)).scalars()
    named = None if row.every_school else frozenset(schools)
    return Client(client, row.name, named, row.made_at, row.revoked_at)
