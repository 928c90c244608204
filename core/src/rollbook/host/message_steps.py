"""The steps that messages to one destination take, each kept as it is taken, and what a person is told of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rollbook.contract.destination import Outcome, Receipt
from rollbook.contract.errors import Problem, RetryLater
from rollbook.host import kept_messages, left_alone
from rollbook.host.clock import Clock
from rollbook.host.kept_messages import Kept
from rollbook.host.logs import event as log_event
from rollbook.host.store.database import Database
from rollbook.host.store.followup import messages
from rollbook.outbox.state import Event, State


@dataclass
class Delivered:
    """What came of a delivery. `counts`: messages by what became of them, one that was delivered before and is now
    judged as `accepted` or `refused`, or of which only a later revision is judged now as `overtaken`. `sentences`: what
    went wrong, which a person should act on. `notes`: what the destination said of messages that it took.
    """

    counts: Counter[str] = field(default_factory=Counter)
    sentences: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class MessageSteps:
    """Of one destination's messages."""

    def __init__(self, database: Database, destination: str, now: Clock, not_before: datetime | None) -> None:
        self.database, self.destination, self.now, self.not_before = database, destination, now, not_before
        self.result = Delivered()
        self._stopped = False
        self.silent: datetime | None = None  # when it did not answer

    @property
    def stopped(self) -> bool:
        """Whether the destination is away, or must not be asked again now."""
        return self._stopped

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
                self.result.counts["accepted" if kept.pending and what == "delivered" else what] += 1
                kept_messages.record(
                    conn, stepped, what, moment, outcome=receipt.outcome.value, reference=receipt.reference
                )
                if event is Event.ACCEPTED:
                    self.result.notes += [reason for reason in receipt.reasons if reason not in self.result.notes]
        log_event("message_answered", destination=self.destination, outcome=receipt.outcome.value, school=kept.school)

    def _overtaken_there(self, kept: Kept, by: int, at: datetime) -> None:
        """A later revision is there: it was taken, and what was judged of it is not known. That of the later one, and
        its reference, are another message's.
        """
        why = f"Revision {by} overtook it at {self.destination}, which no longer says whether this one was accepted."
        receipt = Receipt(Outcome.ACCEPTED, kept.reference or "", at, (why,))
        with self.database.write() as conn:
            moment = self.now()
            stepped = kept_messages.step(conn, kept, Event.ACCEPTED, moment, receipt=receipt)
            kept_messages.end_attempt(conn, kept, "overtaken", moment, receipt)
            kept_messages.record(conn, stepped, "overtaken", moment, reason=why)
        self.result.counts["overtaken"] += 1
        log_event("message_answered", destination=self.destination, outcome="overtaken", school=kept.school)

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
        if isinstance(problem, RetryLater) and self.not_before is None:
            self.silent = self.now()
        self._tell(problem.sentence)

    def _tell(self, sentence: str) -> None:
        if sentence not in self.result.sentences:
            self.result.sentences.append(sentence)

    def _in(self, state: State) -> list[Kept]:
        with self.database.read() as conn:
            found = kept_messages.select(
                conn, messages.c.destination == self.destination, messages.c.state == state.value
            )
        return sorted(found, key=order)


def order(kept: Kept) -> tuple[str, int]:
    """The revisions of a key one after the other."""
    return (str(kept.key), kept.revision)
