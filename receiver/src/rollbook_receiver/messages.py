"""Taking messages and finding them again.

Every revision is kept once; the highest is the state, in whatever order they came. The same idempotency key gives the
first answer again, or is refused when what is sent under it has changed.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, insert, select, update

from rollbook_feed import canonical, digest
from rollbook_receiver import judging
from rollbook_receiver.clients import Client
from rollbook_receiver.moments import as_text
from rollbook_receiver.problem import Refused
from rollbook_receiver.tables import answers, messages, outcomes

_ROWS = select(messages, outcomes.c.outcome, outcomes.c.reasons).outerjoin(
    outcomes, outcomes.c.message == messages.c.id
)
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
    outcome: str = judging.ACCEPTED
    reasons: tuple[dict[str, str], ...] = ()

    def answer(self) -> dict[str, Any]:
        """What its sender is told."""
        return {
            "reference": self.reference,
            "outcome": self.outcome,
            "received_at": self.received_at,
            "revision": self.revision,
            "digest": self.digest,
        }

    def status(self) -> dict[str, Any]:
        """The answer as it stands now, with the reasons of the outcome."""
        return self.answer() | {"reasons": list(self.reasons)}


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
        held = _held(connection.execute(_ROWS.where(messages.c.id == before.message)).one())
        return _as_first_answered(connection, held)
    kept = _keep(connection, client, message, at)
    row = {"client": client.client, "idempotency_key": name, "body": body, "message": kept.id}
    connection.execute(insert(answers).values(**row))
    return kept


def newest(connection: Connection, key: Key) -> Held | None:
    """The highest revision under a key, whatever came last."""
    row = connection.execute(_ROWS.where(_of(key), messages.c.newest)).first()
    return _held(row) if row else None


def history(connection: Connection, key: Key) -> list[Held]:
    """Every revision under a key, the highest first."""
    rows = connection.execute(_ROWS.where(_of(key)).order_by(messages.c.revision.desc()))
    return [_held(row) for row in rows]


def of_reference(connection: Connection, reference: str) -> Held | None:
    """The revision that a reference names."""
    row = connection.execute(_ROWS.where(messages.c.reference == reference)).first()
    return _held(row) if row else None


@dataclass(frozen=True)
class Filter:
    """Which states are asked for; None is all of them."""

    kind: str | None = None
    school: int | None = None
    outcome: str | None = None

    def applied(self) -> Any:
        """As a condition on `messages` joined with `outcomes`."""
        wanted: list[Any] = [messages.c.newest]
        if self.kind is not None:
            wanted.append(messages.c.kind == self.kind)
        if self.school is not None:
            wanted.append(messages.c.school == self.school)
        if self.outcome is not None:
            wanted.append(func.coalesce(outcomes.c.outcome, judging.ACCEPTED) == self.outcome)
        return and_(*wanted)


EVERY = Filter()


def states(connection: Connection, wanted: Filter = EVERY, *, before: int | None = None, most: int = 50) -> list[Held]:
    """The newest revision of each key, last come first; `before` is the id that the page before ended with."""
    rows = _ROWS.where(wanted.applied()).order_by(messages.c.id.desc()).limit(most)
    return [_held(row) for row in connection.execute(rows if before is None else rows.where(messages.c.id < before))]


def count(connection: Connection, wanted: Filter = EVERY) -> int:
    """How many keys there are."""
    rows = select(func.count()).select_from(messages.outerjoin(outcomes, outcomes.c.message == messages.c.id))
    return connection.execute(rows.where(wanted.applied())).scalar_one()


def _keep(connection: Connection, client: Client, message: Mapping[str, Any], at: datetime) -> Held:
    key, revision = Key.of(message["key"]), int(message["revision"])
    revisions = connection.execute(select(messages.c.revision).where(_of(key))).scalars().all()
    if revision in revisions:
        title = "This revision is held already, sent under another idempotency key; nothing was changed."
        raise Refused(409, "revision-held", title)
    is_newest = revision > max(revisions, default=0)
    if is_newest:
        connection.execute(update(messages).where(_of(key), messages.c.newest).values(newest=False))
    body = {"content": canonical(message["content"]), "digest": digest(message["content"])}
    row = {"reference": _reference(), "revision": revision, "action": message["action"], "newest": is_newest}
    row |= vars(key) | body | {"client": client.client, "received_at": as_text(at)}
    made: int = connection.execute(insert(messages).values(**row).returning(messages.c.id)).scalar_one()
    outcome = judging.ACCEPTED
    if is_newest:
        if revisions:
            judging.overtake(connection, _of(key), revision, at)
        outcome = judging.on_arrival(connection, made, key.kind, message["action"], at)
    kept = {name: row[name] for name in ("reference", "revision", "action", "digest", "received_at", "newest")}
    return Held(made, key=key, content=dict(message["content"]), outcome=outcome, **kept)


def _as_first_answered(connection: Connection, held: Held) -> Held:
    """What a message was answered when it came, whatever became of it since."""
    past = judging.history(connection, held.id)
    return replace(held, outcome=past[0].outcome, reasons=()) if past else held


def _of(key: Key) -> Any:
    return and_(*(messages.c[name] == value for name, value in vars(key).items()))


def _held(row: Row[Any]) -> Held:
    key = Key(row.kind, row.school, row.pupil, row.episode)
    content = json.loads(row.content)
    kept = Held(row.id, row.reference, key, row.revision, row.action, content, row.digest, row.received_at, row.newest)
    return replace(kept, outcome=row.outcome, reasons=tuple(json.loads(row.reasons))) if row.outcome else kept


def _reference() -> str:
    letters = "".join(secrets.choice(_LETTERS) for _ in range(12))
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"
