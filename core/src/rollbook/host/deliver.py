"""Deliver what waits, to one destination: never forgotten, and never sent twice.

A message is `sending`, and that is committed, before the request leaves. Whatever then happens to us, the next start
finds it and calls it `unknown`: it is looked up there, or sent again under the same idempotency key where the
destination promises that this is safe, and otherwise left for a person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Protocol

import sqlalchemy as sa

from rollbook.contract.destination import Key, Message, Outcome, Receipt
from rollbook.contract.errors import DeliveryRefused, Problem, VendorMustAct
from rollbook.host import kept_messages, left_alone
from rollbook.host.clock import Clock
from rollbook.host.guard import NOTHING_SENT
from rollbook.host.kept_messages import Kept
from rollbook.host.logs import event as log_event
from rollbook.host.screened import screened
from rollbook.host.store.database import Database
from rollbook.host.store.followup import messages
from rollbook.outbox.state import Event, State, may_go

BATCH = 20
LOST_IN_A_ROW = 3
_GONE = VendorMustAct(
    "What the authority took, and has yet to judge, is no longer found there: ask the authority (`rollbook outbox`)."
)
ASK_AGAIN = timedelta(minutes=5)  # at the soonest, about what is yet to be judged there (docs/feed/, F-24)


class Deliverer(Protocol):
    """What of a worker a delivery needs."""

    def deliver(self, messages: Sequence[Message]) -> Iterator[Receipt]:
        """A receipt for each, in order."""

    def lookup(self, key: Key) -> Receipt | None:
        """The newest revision there."""


@dataclass
class Delivered:
    """What came of a delivery. `counts`: messages by what became of them. `sentences`: what went wrong, which a person
    should act on. `notes`: what the destination said of messages that it took.
    """

    counts: Counter[str] = field(default_factory=Counter)
    sentences: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class Delivery:
    """One delivery to one destination."""

    def __init__(
        self,
        database: Database,
        destination: str,
        worker: Deliverer,
        *,
        repeat_is_safe: bool,
        now: Clock,
        not_before: datetime | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        self.database, self.destination, self.worker, self.now = database, destination, worker, now
        self.repeat_is_safe, self.progress, self.not_before = repeat_is_safe, progress, not_before
        self.result = Delivered()
        self._stopped = False
        self._lost = 0  # batches in a row of which no reply came

    @property
    def stopped(self) -> bool:
        """Whether the destination is away, or must not be asked again now."""
        return self._stopped

    def run(self) -> Delivered:
        """Settle what is unknown or pending, then send what waits until nothing more may go. Nothing is asked or sent
        before `not_before`.
        """
        if self.not_before and self.now() < self.not_before:
            self._stopped = True
            self.result.sentences.append(left_alone.said(self.destination, self.not_before))
        else:
            self.not_before = None
            self._settle()
        done = 0
        while not self._stopped and (ready := self._ready()):
            for start in range(0, len(ready), BATCH):
                if self._stopped:
                    break
                batch = ready[start : start + BATCH]
                self._send(batch)
                done += len(batch)
                if self.progress:
                    self.progress(done, len(ready))
        self._count()
        return self.result

    def _settle(self) -> None:
        """Ask about what left without a reply, and about what was taken and is yet to be judged there."""
        for kept in self._in(State.UNKNOWN):
            if self._stopped:
                return
            if not self._look_up(kept) and not self._stopped and self.repeat_is_safe:
                self._send([kept])
        for kept in self._in(State.DELIVERED):
            if kept.pending and not self._stopped and not self._just_asked(kept):
                self._look_up(kept)

    def _just_asked(self, kept: Kept) -> bool:
        """Whether it was asked about, or sent, too short a while ago to ask again; not by a clock that was put back."""
        return timedelta(0) <= self.now() - kept.changed < ASK_AGAIN

    def _look_up(self, kept: Kept) -> bool:
        """Whether it is now known what became of a message. When it is not there it waits again, to be sent."""
        try:
            receipt = self.worker.lookup(kept.key)
        except Problem as problem:
            if kept.pending:
                self._asked_in_vain(kept, problem)
            if isinstance(problem, NOTHING_SENT):
                self._stop(problem)
            return False
        nameless = receipt is not None and receipt.revision is None
        if receipt is not None and (_answers(receipt, kept) or (kept.pending and nameless)):
            with self.database.read() as conn:
                receipt = screened(conn, kept, receipt)
            newer = receipt.revision is not None and receipt.revision > kept.revision
            self._answered(kept, Receipt(Outcome.ACCEPTED, receipt.reference, receipt.at) if newer else receipt)
        elif nameless:
            return False  # something of this key is there, but it is not known which revision
        elif kept.state is State.UNKNOWN:
            self._step(kept, Event.NOT_FOUND)
        else:
            self._asked_in_vain(kept, _GONE)
        return True

    def _asked_in_vain(self, kept: Kept, problem: Problem) -> None:
        self._say(problem)
        with self.database.write() as conn:
            kept_messages.asked(conn, kept, self.now())

    def _send(self, batch: Sequence[Kept]) -> None:
        """Send a batch, each message of another key. Every receipt is kept at once."""
        if not self.repeat_is_safe:
            batch = [kept for kept in batch if not self._stopped and not self._there_already(kept)]
        sending = self._start(batch)
        answered = 0
        try:
            for kept, receipt in zip(sending, self._receipts(sending), strict=False):
                answered += 1
                if _of_an_earlier(receipt, kept):
                    self._step(kept, Event.NO_REPLY, ended="unknown")
                else:
                    self._answered(kept, receipt)
        except Problem as problem:
            self._failed(sending[answered:], problem)
        else:
            self._lost = 0
            for kept in sending[answered:]:
                self._step(kept, Event.NO_REPLY, ended="unknown")

    def _receipts(self, sending: Sequence[Kept]) -> Iterator[Receipt]:
        return iter(self.worker.deliver([kept.to_send for kept in sending]) if sending else ())

    def _there_already(self, kept: Kept) -> bool:
        """Asked where a repetition would make a second record: after a restore we may have sent it and not know."""
        try:
            receipt = self.worker.lookup(kept.key)
        except Problem as problem:
            self._stop(problem)
            return True
        if receipt is None or not _answers(receipt, kept):
            return False
        self._answered(self._start([kept])[0], receipt)
        return True

    def _start(self, batch: Sequence[Kept]) -> list[Kept]:
        """Commit that these are on their way, before they are."""
        if not batch:
            return []
        with self.database.write() as conn:
            moment = self.now()
            started = [kept_messages.step(conn, kept, Event.STARTED, moment) for kept in batch]
            for kept in started:
                kept_messages.begin_attempt(conn, kept, moment)
        return started

    def _answered(self, kept: Kept, receipt: Receipt) -> None:
        event = Event.REFUSED if receipt.outcome is Outcome.REFUSED else Event.ACCEPTED
        with self.database.write() as conn:
            moment = self.now()
            stepped = kept_messages.step(conn, kept, event, moment, receipt=receipt)
            kept_messages.end_attempt(conn, kept, receipt.outcome.value, moment, receipt)
            if not (kept.state is stepped.state and kept.pending is stepped.pending):
                what = "refused" if event is Event.REFUSED else "delivered"
                self.result.counts[what] += 1
                kept_messages.record(
                    conn, stepped, what, moment, outcome=receipt.outcome.value, reference=receipt.reference
                )
                if event is Event.ACCEPTED:
                    self.result.notes += [reason for reason in receipt.reasons if reason not in self.result.notes]
        log_event("message_answered", destination=self.destination, outcome=receipt.outcome.value, school=kept.school)

    def _failed(self, unanswered: Sequence[Kept], problem: Problem) -> None:
        """What the destination's problem means for the messages that got no receipt."""
        if isinstance(problem, NOTHING_SENT):
            event, ended = Event.NOT_SENT, "later"
            self._stop(problem)
        elif isinstance(problem, DeliveryRefused):
            event, ended = Event.REFUSED, "refused"
            self._say(problem)
        else:
            # One message that cannot be answered must not keep back the others; an end that is away must.
            event, ended = Event.NO_REPLY, "unknown"
            self._lost += 1
            self._say(problem)
            self._stopped = self._lost >= LOST_IN_A_ROW
        for kept in unanswered:
            self._step(kept, event, ended=ended, reason=problem.sentence)

    def _step(self, kept: Kept, event: Event, *, ended: str | None = None, reason: str | None = None) -> None:
        with self.database.write() as conn:
            also: dict[str, Any] = {"reasons": [reason]} if reason and event is Event.REFUSED else {}
            stepped = kept_messages.step(conn, kept, event, self.now(), also=also)
            if ended:
                kept_messages.end_attempt(conn, kept, ended, self.now())
            if event is Event.REFUSED:
                self.result.counts["refused"] += 1
                kept_messages.record(conn, stepped, "refused", self.now(), outcome="refused", reference=None)

    def _stop(self, problem: Problem) -> None:
        self._stopped = True
        self.not_before = left_alone.until(problem, self.now())
        self._say(problem)

    def _say(self, problem: Problem) -> None:
        if problem.sentence not in self.result.sentences:
            self.result.sentences.append(problem.sentence)

    def _ready(self) -> list[Kept]:
        """What may go now: of each key the earliest that waits, when those before it are settled."""
        kept = self._all()
        by_key = {key: list(rows) for key, rows in groupby(sorted(kept, key=_order), key=lambda row: str(row.key))}
        ready = [row for rows in by_key.values() for row in rows if may_go(row, rows)]
        return sorted(ready, key=lambda row: row.number)

    def _in(self, state: State) -> list[Kept]:
        with self.database.read() as conn:
            found = kept_messages.select(
                conn, messages.c.destination == self.destination, messages.c.state == state.value
            )
        return sorted(found, key=_order)

    def _all(self) -> list[Kept]:
        """Every message of the keys that have one waiting."""
        waiting = sa.select(messages.c.case).where(
            messages.c.destination == self.destination, messages.c.state == State.WAITING.value
        )
        with self.database.read() as conn:
            here = messages.c.destination == self.destination
            return kept_messages.select(conn, here, messages.c.case.in_(waiting))

    def _count(self) -> None:
        with self.database.read() as conn:
            query = sa.select(messages.c.state, sa.func.count()).where(messages.c.destination == self.destination)
            for state, number in conn.execute(query.group_by(messages.c.state)):
                if state in (State.HELD.value, State.WAITING.value, State.UNKNOWN.value):
                    self.result.counts[state] = number
        unknown = self.result.counts["unknown"]
        if unknown and not self.result.sentences:
            self.result.sentences.append(
                f"{unknown} messages left for {self.destination} and no reply came: look there whether they arrived, "
                f"then say so (`rollbook outbox`)."
            )


def _answers(receipt: Receipt, kept: Kept) -> bool:
    """Whether what was found under a key is this revision or a later one. Where it says not, it is the first."""
    return kept.revision == 1 if receipt.revision is None else receipt.revision >= kept.revision


def _of_an_earlier(receipt: Receipt, kept: Kept) -> bool:
    """Whether a receipt says that an earlier revision is there, which says nothing of this one."""
    taken = receipt.outcome is not Outcome.REFUSED
    return taken and receipt.revision is not None and receipt.revision < kept.revision


def _order(kept: Kept) -> tuple[str, int]:
    return (str(kept.key), kept.revision)
