"""Messages, as they are kept: what was composed, in which state each is, and every attempt to send it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from rollbook.contract.destination import Action, Key, Kind, Message, Outcome, Receipt
from rollbook.host import kept_cases
from rollbook.host.store.followup import attempts, messages
from rollbook.outbox.compose import Composed
from rollbook.outbox.drafts import Earlier
from rollbook.outbox.state import POSSIBLY_THERE, Event, State, next_state

GONE = "It is no longer found there"  # so begins the reason that says it
_KEY = ("destination", "kind", "school", "pupil", "episode")
_later = messages.alias("later")
_NEWER = (
    sa.select(sa.func.max(_later.c.revision))
    .where(*(_later.c[name] == messages.c[name] for name in _KEY), _later.c.revision > messages.c.revision)
    .where(_later.c.state.not_in([State.VOID.value, State.REFUSED.value]))
    .scalar_subquery()
    .label("newer")
)


@dataclass(frozen=True)
class Kept:
    """A message and its number. `newer`: the last revision after it that was sent or is to be, if there is one."""

    number: int
    case: int | None
    destination: str
    kind: str
    school: int
    pupil: int
    episode: int
    revision: int
    action: str
    content: Mapping[str, Any]
    state: State
    lacks: tuple[str, ...]
    pending: bool
    idempotency_key: str
    reference: str | None
    reasons: tuple[str, ...]
    changed: datetime
    by: str | None
    newer: int | None

    @property
    def given_up(self) -> bool:
        """Whether a named person said that it shall not be sent; what was overtaken is by Rollbook itself."""
        return self.state is State.VOID and self.by != kept_cases.ITSELF

    @property
    def gone(self) -> bool:
        """Whether it was taken, is yet to be judged there, and is no longer found there."""
        return self.pending and says_gone(self.reasons)

    @property
    def key(self) -> Key:
        """What it is about."""
        return Key(Kind(self.kind), self.school, self.pupil, self.episode)

    @property
    def to_send(self) -> Message:
        """As a destination is given it."""
        return Message(self.key, self.revision, Action(self.action), self.content, self.idempotency_key)


def says_gone(reasons: Sequence[str]) -> bool:
    """Whether one of them is that what was to be judged there is not there any more."""
    return any(reason.startswith(GONE) for reason in reasons)


def select(conn: sa.Connection, *where: sa.ColumnElement[bool]) -> list[Kept]:
    """The messages for which all of `where` holds, in the order in which they were made."""
    query = sa.select(messages, _NEWER).where(*where).order_by(messages.c.id)
    return [_kept(row) for row in conn.execute(query).mappings()]


def of_key(conn: sa.Connection, destination: str, kind: str, school: int, pupil: int, episode: int) -> list[Kept]:
    """Every revision of one key at one destination."""
    return select(
        conn,
        messages.c.destination == destination,
        messages.c.kind == kind,
        messages.c.school == school,
        messages.c.pupil == pupil,
        messages.c.episode == episode,
    )


def schools_told(conn: sa.Connection, destination: str) -> set[int]:
    """The schools (URNs) of which a destination has, or may have, a message."""
    there = messages.c.state.in_([state.value for state in POSSIBLY_THERE])
    query = sa.select(messages.c.school).where(messages.c.destination == destination, there).distinct()
    return set(conn.execute(query).scalars())


def withdrawing(conn: sa.Connection) -> set[str]:
    """The destinations for which a withdrawal waits."""
    waits = messages.c.state == State.WAITING.value
    query = sa.select(messages.c.destination).where(waits, messages.c.action == Action.WITHDRAW.value)
    return set(conn.execute(query.distinct()).scalars())


def earlier(revisions: Sequence[Kept]) -> list[Earlier]:
    """The same as composing reads them."""
    return [Earlier(kept.revision, kept.action, kept.state, kept.content, kept.given_up) for kept in revisions]


def keep(
    conn: sa.Connection,
    composed: Composed,
    there: Sequence[Kept],
    *,
    case: int,
    destination: str,
    moment: datetime,
    why_held: Sequence[str] = (),
    why: str = "",
) -> list[Kept]:
    """Store what was composed and make void what it overtakes. Returns every message that is new or changed.

    why_held: why these wait for a yes though returns of their kind go by themselves. why: what happened to the case.
    """
    overtaken = [kept for kept in there if kept.revision in composed.void]
    if composed.drafts:
        why = f"Revision {composed.drafts[0].revision} overtakes it."
    touched = [drop(conn, kept, why, moment, noted=not composed.drafts) for kept in overtaken]
    for draft in composed.drafts:
        row = {
            "case": case,
            "destination": destination,
            "kind": draft.kind,
            "school": draft.school,
            "pupil": draft.pupil,
            "episode": draft.episode,
            "revision": draft.revision,
            "action": draft.action.value,
            "content": draft.content,
            "state": draft.state.value,
            "lacks": list(draft.lacks),
            "pending": False,
            "idempotency_key": draft.idempotency_key,
            "reasons": [*why_held, *([draft.content["reason"]] if draft.action.value == Action.WITHDRAW.value else [])],
            "created": moment,
            "changed": moment,
        }
        number = conn.execute(messages.insert().values(row).returning(messages.c.id)).scalar_one()
        touched += select(conn, messages.c.id == number)
    return touched


def step(
    conn: sa.Connection,
    kept: Kept,
    event: Event,
    moment: datetime,
    *,
    receipt: Receipt | None = None,
    also: Mapping[str, Any] | None = None,
) -> Kept:
    """Take a message to the state that follows; `also` are other columns to set. Raises ImpossibleStep when it cannot
    happen.
    """
    state = next_state(kept.state, event)
    row: dict[str, Any] = {"state": state.value, "changed": moment, **(also or {})}
    if receipt is not None:
        row |= {"reference": receipt.reference, "reasons": list(receipt.reasons)}
        row["pending"] = receipt.outcome is Outcome.PENDING
    conn.execute(messages.update().where(messages.c.id == kept.number).values(row))
    return select(conn, messages.c.id == kept.number)[0]


def drop(conn: sa.Connection, kept: Kept, why: str, moment: datetime, *, noted: bool = True) -> Kept:
    """Make void what was not sent, with the reason. noted: whether the case's history says it too."""
    void = step(conn, kept, Event.OVERTAKEN, moment, also={"by": kept_cases.ITSELF, "reasons": [why] if why else []})
    if noted:
        record(conn, void, "void", moment, reason=why)
    return void


def asked(conn: sa.Connection, kept: Kept, moment: datetime, reasons: Sequence[str] = ()) -> None:
    """Note that it was asked what became of a message, and that no answer came; `reasons`: what a person does now."""
    row: dict[str, Any] = {"changed": moment} | ({"reasons": list(reasons)} if reasons else {})
    conn.execute(messages.update().where(messages.c.id == kept.number).values(row))


def begin_attempt(conn: sa.Connection, kept: Kept, moment: datetime) -> None:
    """Note that a message is about to leave."""
    conn.execute(attempts.insert(), {"message": kept.number, "at": moment, "reasons": []})


def end_attempt(
    conn: sa.Connection, kept: Kept, outcome: str, moment: datetime, receipt: Receipt | None = None
) -> None:
    """Note what came of the attempt that is under way."""
    row: dict[str, Any] = {"ended": moment, "outcome": outcome}
    if receipt is not None:
        row |= {"reference": receipt.reference, "reasons": list(receipt.reasons), "digest": receipt.digest}
    under_way = (attempts.c.message == kept.number) & attempts.c.ended.is_(None)
    conn.execute(attempts.update().where(under_way).values(row))


def record(conn: sa.Connection, kept: Kept, what: str, moment: datetime, **more: Any) -> None:
    """Write into the school's ledger what was done with a message; its content stays out of it."""
    names = ("destination", "kind", "school", "pupil", "episode", "revision", "action")
    content = {"what": what, "at": moment.isoformat()} | {name: getattr(kept, name) for name in names} | more
    kept_cases.write(conn, kept.school, kept.case, content, moment)


def _kept(row: sa.RowMapping) -> Kept:
    return Kept(
        number=row["id"],
        case=row["case"],
        destination=row["destination"],
        kind=row["kind"],
        school=row["school"],
        pupil=row["pupil"],
        episode=row["episode"],
        revision=row["revision"],
        action=row["action"],
        content=row["content"],
        state=State(row["state"]),
        lacks=tuple(row["lacks"]),
        pending=row["pending"],
        idempotency_key=row["idempotency_key"],
        reference=row["reference"],
        reasons=tuple(row["reasons"]),
        changed=row["changed"],
        by=row["by"],
        newer=row["newer"],
    )
