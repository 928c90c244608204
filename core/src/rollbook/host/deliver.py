"""Deliver what waits, to one destination: never forgotten, and never sent twice.

A message is `sending`, and that is committed, before the request leaves. Whatever then happens to us, the next start
finds it and calls it `unknown`: it is looked up there, or sent again under the same idempotency key where the
destination promises that this is safe, and otherwise left for a person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Protocol

import sqlalchemy as sa

from rollbook.contract.destination import Message, Receipt
from rollbook.contract.errors import DeliveryRefused, Problem
from rollbook.host import kept_messages, left_alone
from rollbook.host.clock import Clock
from rollbook.host.guard import NOTHING_SENT
from rollbook.host.kept_messages import Kept
from rollbook.host.looking_up import Asked, LookingUp, of_an_earlier, of_this_content
from rollbook.host.message_steps import Delivered, order
from rollbook.host.store.database import Database
from rollbook.host.store.followup import messages
from rollbook.outbox.state import Event, State, may_go

BATCH = 20
LOST_IN_A_ROW = 3


class Deliverer(Asked, Protocol):
    """What of a worker a delivery needs."""

    def deliver(self, messages: Sequence[Message]) -> Iterator[Receipt]:
        """A receipt for each, in order."""


class Delivery(LookingUp):
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
        super().__init__(database, destination, worker, now, not_before, repeat_is_safe=repeat_is_safe)
        self.worker, self.progress = worker, progress
        self._lost = 0  # batches in a row of which no reply came

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

    def _send(self, batch: Sequence[Kept]) -> None:
        """Send a batch, each message of another key. Every receipt is kept at once."""
        if not self.repeat_is_safe:
            batch = [kept for kept in batch if not self._stopped and not self._there_already(kept)]
        sending = self._start(batch)
        answered = 0
        try:
            for kept, receipt in zip(sending, self._receipts(sending), strict=False):
                answered += 1
                if of_an_earlier(receipt, kept):
                    self._step(kept, Event.NO_REPLY, ended="unknown")
                else:
                    self._answered(kept, of_this_content(receipt, kept))
        except Problem as problem:
            self._failed(sending[answered:], problem)
        else:
            self._lost = 0
            for kept in sending[answered:]:
                self._step(kept, Event.NO_REPLY, ended="unknown")

    def _receipts(self, sending: Sequence[Kept]) -> Iterator[Receipt]:
        return iter(self.worker.deliver([kept.to_send for kept in sending]) if sending else ())

    def _failed(self, unanswered: Sequence[Kept], problem: Problem) -> None:
        """What the destination's problem means for the messages that got no receipt."""
        if isinstance(problem, NOTHING_SENT):
            event, ended = Event.NOT_SENT, "later"
            self._stop(problem)
        elif isinstance(problem, DeliveryRefused):
            event, ended = Event.REFUSED, "refused"
            self._tell(problem.sentence)
        else:
            # One message that cannot be answered must not keep back the others; an end that is away must.
            event, ended = Event.NO_REPLY, "unknown"
            self._lost += 1
            self.silent = self.now()
            self._tell(problem.sentence)
            self._stopped = self._lost >= LOST_IN_A_ROW
        for kept in unanswered:
            self._step(kept, event, ended=ended, reason=problem.sentence)

    def _ready(self) -> list[Kept]:
        """What may go now: of each key the earliest that waits, when those before it are settled."""
        kept = self._all()
        by_key = {key: list(rows) for key, rows in groupby(sorted(kept, key=order), key=lambda row: str(row.key))}
        ready = [row for rows in by_key.values() for row in rows if may_go(row, rows)]
        return sorted(ready, key=lambda row: row.number)

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
