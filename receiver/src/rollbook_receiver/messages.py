"""Taking messages and finding them again.

Every revision is kept once; the highest is the state, in whatever order they came. The same idempotency key gives the
first answer again, or is refused when what is sent under it has changed.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select

from rollbook_feed import KINDS, canonical
from rollbook_receiver import judging, one_number, settings, statements
from rollbook_receiver.clients import Client
from rollbook_receiver.moments import as_text
from rollbook_receiver.problem import Refused, unauthorised
from rollbook_receiver.tables import messages, outcomes

_ROWS = select(messages, outcomes.c.outcome, outcomes.c.reasons).outerjoin(
    outcomes, outcomes.c.message == messages.c.id
)
A_FEW = 500  # that are in memory at a time, where all are read
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # without I, L, O, U: it is read out over the telephone
_REFERENCE = re.compile(f"[{_LETTERS}]{{4}}(-[{_LETTERS}]{{4}}){{2}}")


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

    def may_be_held(self) -> bool:
        """Whether a message can have this key: what is asked for is whatever somebody wrote into an address."""
        return self.kind in KINDS and 0 <= self.school < 1_000_000 and 1 <= self.episode <= 1_000_000


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

    Raises Refused: 401 when the client was revoked meanwhile, 403 when its kind is not asked for, 422 when the
    idempotency key was used for another message, 409 when the revision is held already, or another client told of
    another pupil under it (AnotherPupil).
    """
    key, revision = Key.of(message["key"]), int(message["revision"])
    content = canonical(message["content"])
    body = _digest(_canonical(message, content))
    before = connection.execute(statements.BEFORE, statements.named(client.client, name, vars(key), revision)).one()
    if before.holds is None:
        raise unauthorised("The client was revoked.")
    if before.body is not None:
        if before.body != body:
            title = "This idempotency key was used for another message; nothing was changed."
            raise Refused(422, "idempotency-key-reused", title)
        held = _held(connection.execute(_ROWS.where(messages.c.id == before.message)).one())
        return _as_first_answered(connection, held)
    if message["action"] != "withdraw" and key.kind not in settings.meant("kinds", before.kinds):
        title = (
            f"The authority does not ask for {key.kind}: `kinds` of whoami says for what. Tell it as it asks otherwise."
        )
        raise Refused(403, "not-wanted", title)
    if before.told_by not in (None, client.client):
        one_number.refuse_another(connection, client.client, key, message)
    if before.same is not None:
        title = "This revision is held already, sent under another idempotency key; nothing was changed."
        raise Refused(409, "revision-held", title)
    kept = _keep(connection, client, message, content, at, before)
    row = {"client": client.client, "idempotency_key": name, "body": body, "message": kept.id}
    connection.execute(statements.ANSWER, row)
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
    if not _REFERENCE.fullmatch(reference):
        return None
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


def count(connection: Connection, wanted: Filter = EVERY, *, withdrawn: bool = False) -> int:
    """How many cases there are: those that are not withdrawn, or those that are."""
    rows = select(func.count()).select_from(messages.outerjoin(outcomes, outcomes.c.message == messages.c.id))
    rows = rows.where(wanted.applied(), (messages.c.action == "withdraw") == withdrawn)
    return connection.execute(rows).scalar_one()


def every(connection: Connection) -> Iterator[Held]:
    """Every revision, in the order in which they came; a few in memory at a time."""
    after = 0
    while rows := connection.execute(_ROWS.where(messages.c.id > after).order_by(messages.c.id).limit(A_FEW)).all():
        yield from map(_held, rows)
        after = rows[-1].id


def revisions(connection: Connection) -> int:
    """How many there are."""
    return connection.execute(select(func.count()).select_from(messages)).scalar_one()


def _keep(
    connection: Connection, client: Client, message: Mapping[str, Any], content: str, at: datetime, before: Any
) -> Held:
    key, revision = Key.of(message["key"]), int(message["revision"])
    is_newest = revision > (before.highest or 0)
    if is_newest and before.highest:
        connection.execute(statements.NO_LONGER_NEWEST, statements.named("", "", vars(key), revision))
    row = {"reference": _reference(), "revision": revision, "action": message["action"], "newest": is_newest}
    row |= {"digest": _digest(content), "received_at": as_text(at)}
    kept = {**row, **vars(key), "client": client.client, "content": content}
    made: int = connection.execute(statements.KEEP, kept).scalar_one()
    outcome = judging.ACCEPTED
    if is_newest:
        if before.highest:
            judging.overtake(connection, _of(key), revision, at)
        judged = settings.meant("judged", before.judged)
        outcome = judging.on_arrival(connection, made, key.kind, message["action"], judged, at)
    return Held(made, key=key, content=dict(message["content"]), outcome=outcome, **row)


def _canonical(message: Mapping[str, Any], content: str) -> str:
    """As `canonical(message)`, with its content, which is nearly all of it, already so written."""
    without = canonical({**message, "content": None})
    return without.replace('"content":null', f'"content":{content}', 1)  # only the action comes before it


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


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
    letters = "".join(_LETTERS[byte % len(_LETTERS)] for byte in secrets.token_bytes(12))  # 32: none is likelier
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"
