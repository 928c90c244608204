"""The stage of a destination: messages about nobody, and the other end that takes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from rollbook.contract.destination import Key, Kind, Message, Receipt
from rollbook.contract.errors import DeliveryRefused, DeliveryUnknown, Problem
from rollbook.contract.source import Remark
from rollbook.host.guard import NOTHING_SENT, as_problem
from rollbook.host.worker.answers import checked_receipt
from rollbook.testing.kit.check import Failed
from rollbook.testing.kit.line import Fault
from rollbook.testing.kit.messages import message
from rollbook.testing.kit.records import Record
from rollbook.testing.kit.stage import Stage
from rollbook.testing.web import Answer

MOST_PLACES = 6


class Fate(StrEnum):
    """What the host believes of a message after a delivery."""

    TAKEN = "accepted"
    PENDING = "pending"
    REFUSED = "refused"
    WAITING = "not sent"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Delivered:
    """One delivery as the host has it: receipts, as far as they came, and the Problem that it ended in."""

    messages: tuple[Message, ...]
    receipts: tuple[Receipt, ...]
    problem: Problem | None

    @property
    def fates(self) -> list[Fate]:
        """What the host believes of each message."""
        told = [Fate(receipt.outcome.value) for receipt in self.receipts]
        return told + [self._rest] * (len(self.messages) - len(told))

    @property
    def _rest(self) -> Fate:
        if isinstance(self.problem, NOTHING_SENT):
            return Fate.WAITING
        return Fate.REFUSED if isinstance(self.problem, DeliveryRefused) else Fate.UNKNOWN

    def __str__(self) -> str:
        ended = f", ended by {type(self.problem).__name__}: {self.problem.sentence}" if self.problem else ""
        return ", ".join(self.fates) + ended


class DestinationStage(Stage):
    """A destination's class and its simulator: see `rollbook.testing.kit.records`. made_up: all messages so far."""

    role = "destination"

    def __init__(
        self,
        cls: Any,
        simulator: Any,
        folder: Path,
        *,
        settings: Mapping[str, Any] | None = None,
        expired: int | Answer = 401,
    ) -> None:
        super().__init__(cls, simulator, folder, settings or {}, expired)
        self.made_up: list[Message] = []

    def able(self, name: str) -> Any:
        """A method or a value of the simulator's. Raises Failed where it has none, and says what is to be added."""
        if not hasattr(self.simulator, name):
            cls = type(self.simulator).__name__
            raise Failed(f"{cls} has no {name}: see rollbook.testing.kit.records for what a simulator has, and add it")
        return getattr(self.simulator, name)

    def fresh(self, count: int = 1, *, kind: Kind | None = None) -> tuple[Message, ...]:
        """Messages about pupils of whom none was sent before."""
        first, of = len(self.made_up), kind or min(self.cls.kinds)
        self.made_up += [message(number, of) for number in range(first, first + count)]
        return tuple(self.made_up[first:])

    def all_held(self) -> dict[str, Record]:
        """What the other end holds, by key."""
        found: dict[str, Record] = {}
        for record in self.able("records")():
            if record.key in found:
                raise Failed(f"records() has {record.key} twice: one Record a key, with its revisions in `came`")
            found[record.key] = record
        return found

    def held(self, about: Message) -> Record | None:
        """What the other end holds under the message's key."""
        return self.all_held().get(str(about.key))

    def checked(self) -> list[Remark]:
        """What `check` says."""
        remarks = list(self.made().check())
        self.hear(*(remark.text for remark in remarks))
        return remarks

    def deliver(self, *messages: Message, making: Callable[[], Any] | None = None) -> Delivered:
        """Deliver one batch with an instance of its own, and judge as the host does."""
        receipts: list[Receipt] = []

        def call() -> None:
            for receipt in (making or self.made)().deliver(messages):
                if len(receipts) == len(messages):
                    raise DeliveryUnknown("More receipts came than messages were sent.")
                receipts.append(checked_receipt(receipt))

        problem = self.problem_of(call)
        self.hear(*(reason for receipt in receipts for reason in receipt.reasons))
        ended = as_problem(problem, self.cls.__module__, delivering=True) if problem else None
        return Delivered(messages, tuple(receipts), ended)

    def taken(self, *messages: Message) -> Delivered:
        """Deliver where all is well: Failed unless all are taken."""
        delivered = self.deliver(*messages)
        if not set(delivered.fates) <= {Fate.TAKEN, Fate.PENDING}:
            raise Failed(f"where all is well, messages are: {delivered}")
        return delivered

    def lookup(self, key: Key) -> Receipt | None:
        """What `lookup` says, checked as the host checks it. Raises Problem."""
        receipt = self.made().lookup(key)
        return None if receipt is None else checked_receipt(receipt)

    def must_be_true(self, what: str, delivered: Delivered) -> None:
        """Raises Failed where the host now believes of a message what is not so."""
        held = self.all_held()
        for number, (sent, fate) in enumerate(zip(delivered.messages, delivered.fates, strict=True), start=1):
            record = held.get(str(sent.key))
            there = record is not None and sent.revision in record.came
            seen = f"{what}: message {number} of {len(delivered.messages)}"
            if there and fate in (Fate.WAITING, Fate.REFUSED):
                raise Failed(f"{seen} is held there, and the host takes it for {fate} ({delivered})")
            if not there and fate in (Fate.TAKEN, Fate.PENDING):
                raise Failed(f"{seen} is not held there, and the host takes it for {fate} ({delivered})")

    def must_come_right(self, what: str, delivered: Delivered) -> None:
        """Raises Failed unless each message is one record after the next sync, at which all is well."""
        pairs = list(zip(delivered.messages, delivered.fates, strict=True))
        after = [self._settled(sent) if fate in (Fate.WAITING, Fate.UNKNOWN) else fate for sent, fate in pairs]
        held = self.all_held()
        for number, ((sent, fate), now) in enumerate(zip(pairs, after, strict=True), start=1):
            record = held.get(str(sent.key))
            times = record.came.count(sent.revision) if record else 0
            if times != 1 or now not in (Fate.TAKEN, Fate.PENDING):
                seen = f"{what}: message {number} of {len(pairs)}, {fate},"
                raise Failed(f"{seen} is {now} after the next sync, and held {times} times")

    def places(self, count: int) -> list[int]:
        """The requests of a delivery of `count` messages, by number: a few of them where there are many."""
        self.http.forget()
        self.taken(*self.fresh(count))
        made = len(self.http.requests)
        return list(range(0, made, max(1, -(-made // MOST_PLACES))))

    def misbehaving(
        self,
        fault: Fault,
        *,
        times: int | None,
        done: bool = False,
        count: int = 2,
        field: str = "",
        instead: Answer | None = None,
        then: Fault | None = None,
    ) -> Iterator[tuple[str, Delivered]]:
        """A delivery for each request in it that `fault` meets: what was done to it, and what came of it.

        times: how many requests are met from there on; None: all. done: the simulator gets the request all the same.
        instead: how this vendor says what the fault is. then: what meets every request after those.
        """
        for after in self.places(count):
            self.http.forget()
            self.http.next(fault, times=times, after=after, done=done, field=field, instead=instead)
            if then is not None:
                self.http.next(then, times=None, after=after + (times or 0))
            delivered = self.deliver(*self.fresh(count))
            met = self.http.requests[after] if after < len(self.http.requests) else ""
            self.http.forget()
            extent = "and all after it " if times is None else ""
            said = f"{instead.status if instead else fault}{', though it was done' * done}"
            later = f", and all after it by {then}" if then else ""
            yield f"request {after + 1} ({met}) {extent}met by {said}{later}", delivered

    def _settled(self, sent: Message) -> Fate:
        """As `rollbook.host.deliver` does it: looked up, and sent again where it is not there."""
        found = self.lookup(sent.key)
        if found is not None and found.revision is not None and found.revision >= sent.revision:
            return Fate(found.outcome.value)
        return self.deliver(sent).fates[0]
