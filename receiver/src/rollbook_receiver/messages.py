"""Taking messages and finding them again.

Every revision is kept once; the highest is the state, in whatever order they came. The same idempotency key gives the
first answer again, or is refused when what is sent under it has changed.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, insert, select, update

from rollbook_feed import canonical, digest
from rollbook_receiver.clients import Client
from rollbook_receiver.moments import as_text
from rollbook_receiver.problem import Refused
from rollbook_receiver.tables import answers, messages

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # without I, L, O, U: it is read out over the telephone


@dataclass(frozen=True)
class Key:
    """What a message is about."""

    kind: str
    school: int
    pupil: int
    episode: int

    @classmethod
    def of(cls, written: Mapping[str, Any]) -> Key:
        """From a message that has no problems."""
        return cls(written["kind"], int(written["school"]), int(written["pupil"]), int(written["episode"]))


@dataclass(frozen=True)
class Held:
    """A revision as it is kept."""

    id: int
    reference: str
    key: Key
    revision: int
    action: str
    content: dict[str, Any]
    digest: str
    received_at: str
    newest: bool

    def answer(self) -> dict[str, Any]:
        """What its sender is told."""
        return {
            "reference": self.reference,
            "outcome": "accepted",
            "received_at": self.received_at,
            "revision": self.revision,
            "digest": self.digest,
        }


def take(connection: Connection, client: Client, message: Mapping[str, Any], name: str, at: datetime) -> Held:
    """Keep a message that has no problems, sent under the idempotency key `name`, and say what is kept.

    Raises Refused: 422 when the key was used for another message, 409 when the revision is held already.
    """
    body = digest(message)
    before = connection.execute(
        select(answers).where(answers.c.client == client.client, answers.c.idempotency_key == name)
    ).first()
    if before is not None:
        if before.body != body:
            title = "This idempotency key was used for another message; nothing was changed."
            raise Refused(422, "idempotency-key-reused", title)
        return _held(connection.execute(select(messages).where(messages.c.id == before.message)).one())
    kept = _keep(connection, client, message, at)
    row = {"client": client.client, "idempotency_key": name, "body": body, "message": kept.id}
    connection.execute(insert(answers).values(**row))
    return kept


def newest(connection: Connection, key: Key) -> Held | None:
    """The highest revision under a key, whatever came last."""
    row = connection.execute(select(messages).where(_of(key), messages.c.newest)).first()
    return _held(row) if row else None


def history(connection: Connection, key: Key) -> list[Held]:
    """Every revision under a key, the highest first."""
    rows = connection.execute(select(messages).where(_of(key)).order_by(messages.c.revision.desc()))
    return [_held(row) for row in rows]


def of_reference(connection: Connection, reference: str) -> Held | None:
    """The revision that a reference names."""
    row = connection.execute(select(messages).where(messages.c.reference == reference)).first()
    return _held(row) if row else None


def states(connection: Connection, *, before: int | None = None, most: int = 50) -> list[Held]:
    """The newest revision of each key, last come first; `before` is the id that the page before ended with."""
    wanted = select(messages).where(messages.c.newest).order_by(messages.c.id.desc()).limit(most)
    rows = connection.execute(wanted if before is None else wanted.where(messages.c.id < before))
    return [_held(row) for row in rows]


def count(connection: Connection) -> int:
    """How many keys there are."""
    return connection.execute(select(func.count()).select_from(messages).where(messages.c.newest)).scalar_one()


def _keep(connection: Connection, client: Client, message: Mapping[str, Any], at: datetime) -> Held:
    key, revision = Key.of(message["key"]), int(message["revision"])
    revisions = connection.execute(select(messages.c.revision).where(_of(key))).scalars().all()
    if revision in revisions:
        title = "This revision is held already, sent under another idempotency key; nothing was changed."
        raise Refused(409, "revision-held", title)
    is_newest = revision > max(revisions, default=0)
    if is_newest:
        connection.execute(update(messages).where(_of(key), messages.c.newest).values(newest=False))
    row = {
        "reference": _reference(),
        "client": client.client,
        **vars(key),
        "revision": revision,
        "action": message["action"],
        "content": canonical(message["content"]),
        "digest": digest(message["content"]),
        "received_at": as_text(at),
        "newest": is_newest,
    }
    made = connection.execute(insert(messages).values(**row).returning(messages)).one()
    return _held(made)


def _of(key: Key) -> Any:
    return and_(*(messages.c[name] == value for name, value in vars(key).items()))


def _held(row: Row[Any]) -> Held:
    key = Key(row.kind, row.school, row.pupil, row.episode)
    content = json.loads(row.content)
    return Held(row.id, row.reference, key, row.revision, row.action, content, row.digest, row.received_at, row.newest)


def _reference() -> str:
    letters = "".join(secrets.choice(_LETTERS) for _ in range(12))
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"
