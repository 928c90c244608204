"""Clause 12: once, and never lost, whatever happens on the way."""

from __future__ import annotations

import time
from typing import Any

from rollbook.contract import Receipt, RetryLater
from rollbook.testing.kit.check import DoesNotApply, must, required, some
from rollbook.testing.kit.destination_stage import Delivered, DestinationStage, Fate
from rollbook.testing.kit.line import Fault
from rollbook.testing.kit.messages import amended, content_digest, next_episode, unlike, with_day
from rollbook.testing.kit.processes import working

MOST_SECONDS = 15.0  # for a delivery to an end that is silent, with limits of two seconds
_OWN_FAULTS = (  # how many requests are met, and whether they are done all the same
    (Fault.ERROR, 1, False),
    (Fault.ERROR, None, False),
    (Fault.ERROR, None, True),
    (Fault.BAD_GATEWAY, None, True),
    (Fault.GATEWAY_TIMEOUT, 1, True),
    (Fault.GATEWAY_TIMEOUT, None, True),
)


@required("D14", "12.1")
def repeat_is_safe(stage: DestinationStage) -> None:
    """The same message sent twice makes one record, as the class promises by `repeat_is_safe`."""
    if not stage.cls.repeat_is_safe:
        raise DoesNotApply("promise that a repeat is safe")
    [message] = stage.fresh()
    first, again = stage.taken(message), stage.taken(message)
    came = _came(stage, message)
    must(len(came) == 1, f"sent twice under one idempotency key, it is held {len(came)} times")
    names = [one.receipts[0].reference for one in (first, again)]
    must(names[0] == names[1], f"sent twice, it has two references: {some(names)}")


@required("D15", "12.2")
def changed_content(stage: DestinationStage) -> None:
    """Another content under the same idempotency key is not taken for the one that came before."""
    [message] = stage.fresh()
    stage.taken(message)
    changed = with_day(message, "2026-12-18")
    delivered = stage.deliver(changed)
    record = stage.held(message)
    if record is not None and not unlike(record.content, changed.content):
        return
    must(
        delivered.fates == [Fate.REFUSED],
        f"another content under the same key is told as {delivered}, and what is held is the first: refuse it",
    )


@required("D16", "12.3")
def lost_reply(stage: DestinationStage) -> None:
    """After a reply that is lost, a message is found out or unknown, never "not sent"."""
    for times in (1, None):
        for what, delivered in stage.misbehaving(Fault.LOST_REPLY, times=times):
            _must_be_bearable(stage, what, delivered)
    for then in (Fault.UNAUTHORISED, Fault.FORBIDDEN):  # of a repeat this says nothing of the first
        for what, delivered in stage.misbehaving(Fault.LOST_REPLY, times=1, count=1, then=then):
            _must_be_bearable(stage, what, delivered)


@required("D17", "12.4")
def again_after_a_lost_reply(stage: DestinationStage) -> None:
    """After a reply that is lost, the next sync makes of each message one record, and no second."""
    for times in (1, None):
        for what, delivered in stage.misbehaving(Fault.LOST_REPLY, times=times):
            stage.must_come_right(what, delivered)


@required("D18", "12.5")
def away_before(stage: DestinationStage) -> None:
    """An end that is busy or away before anything was taken is RetryLater, and nothing was taken."""
    for fault in (Fault.BUSY, Fault.AWAY):
        stage.http.next(fault, times=None)
        _must_be_later(stage, f"every request met by {fault}")
        stage.http.forget()
    for fault in (Fault.BUSY, Fault.AWAY):
        for what, delivered in stage.misbehaving(fault, times=None):
            _must_be_bearable(stage, what, delivered)
            stage.must_come_right(what, delivered)
    stage.http.close()
    _must_be_later(stage, "nobody at the address")


@required("D19", "12.6")
def server_error(stage: DestinationStage) -> None:
    """A fault of the other end's own, or of a proxy before it, leaves no message without a word, and refuses none for
    good."""
    for fault, times, done in _OWN_FAULTS:
        for what, delivered in stage.misbehaving(fault, times=times, done=done):
            silent = len(delivered.receipts) < len(delivered.messages) and delivered.problem is None
            must(not silent, f"{what}: {len(delivered.receipts)} receipts of {len(delivered.messages)}, and no Problem")
            _must_be_bearable(stage, what, delivered)
            stage.must_come_right(what, delivered)
    _amendments_that_fail(stage)


def _amendments_that_fail(stage: DestinationStage) -> None:
    """The amendment of a message that is held meets a fault and is not taken: what is found there is the first."""
    for after in stage.places(1):
        stage.http.forget()
        [first] = stage.fresh()
        stage.taken(first)
        stage.http.forget()
        stage.http.next(Fault.ERROR, after=after)
        delivered = stage.deliver(amended(first))
        stage.http.forget()
        what = f"an amendment whose request {after + 1} met 500, and whose first revision is held"
        stage.must_be_true(what, delivered)
        stage.must_come_right(what, delivered)


@required("D20", "12.7")
def silence_is_bounded(stage: DestinationStage) -> None:
    """An end that never answers is given up in time, and what then is not known is not called sent."""
    with stage.impatient():
        for after in sorted({0, max(stage.places(1))}):
            stage.http.forget()
            stage.http.next(Fault.SILENT, times=None, after=after)
            began = time.monotonic()
            delivered = stage.deliver(*stage.fresh())
            took = time.monotonic() - began
            must(
                took < MOST_SECONDS, f"silent from request {after + 1} on, it waited {took:.0f} seconds: use the client"
            )
            must(delivered.problem, f"silent from request {after + 1} on, it ends in no Problem")
            _must_be_bearable(stage, f"silent from request {after + 1} on", delivered)


@required("D21", "12.8")
def lookup_finds(stage: DestinationStage) -> None:
    """`lookup` finds the newest revision that is held of each absence, with the digest of its content where it gives
    one."""
    [first] = stage.fresh()
    for message in (first, amended(first)):
        receipt = stage.taken(message).receipts[0]
        found = stage.lookup(message.key)
        must(found is not None, "lookup does not find what was taken")
        assert found is not None
        revision = found.revision
        must(revision == message.revision, f"lookup gives revision {revision}, and {message.revision} is the newest")
        told, wanted = {found.digest, receipt.digest} - {None}, content_digest(message.content)
        must(not told or told == {wanted}, "the digest is not that of the newest content (docs/feed/ says how)")
    _finds_each_episode(stage)


@required("D22", "12.9")
def lookup_of_nothing(stage: DestinationStage) -> None:
    """`lookup` of what was never sent is None, whatever else is held."""
    sent, never = stage.fresh(2)
    for when in ("where nothing is held", "where another pupil's message is held"):
        found: list[Any] = []
        problem = stage.problem_of(lambda found=found: found.append(stage.lookup(never.key)))  # type: ignore[misc]
        must(problem is None, f"{when}, lookup of what was never sent ends in {problem and problem.sentence}")
        must(found == [None], f"{when}, lookup of what was never sent finds something: the host takes it for arrived")
        stage.taken(sent)
    after = stage.lookup(next_episode(sent).key)
    must(after is None, "lookup of a pupil's next absence, which was never sent, finds that of the first")


@required("D23", "12.10")
def answers_that_are_none(stage: DestinationStage) -> None:
    """After an answer that makes no sense a message is unknown or found out, and never taken for sent or refused."""
    for fault, done in ((Fault.HTML, False), (Fault.NONSENSE, True), (Fault.HALF_BODY, True)):
        for what, delivered in stage.misbehaving(fault, times=None, done=done):
            _must_be_bearable(stage, what, delivered)
            stage.must_come_right(what, delivered)
        [message] = stage.fresh()
        stage.taken(message)
        stage.http.next(fault, times=None)
        found: list[Any] = []
        stage.problem_of(lambda found=found, key=message.key: found.append(stage.lookup(key)))  # type: ignore[misc]
        must(found != [None], f"every request met by {fault}: lookup says that nothing is held, and something is")
        stage.http.forget()


@required("D28", "12.1")
def repeat_is_safe_later(stage: DestinationStage) -> None:
    """The same message sent again by another process makes one record, as the class promises by `repeat_is_safe`."""
    if not stage.cls.repeat_is_safe:
        raise DoesNotApply("promise that a repeat is safe")
    [message] = stage.fresh()
    first = stage.taken(message).receipts[0]
    again: list[Receipt] = []
    with working(stage) as (worker, _):
        problem = stage.problem_of(lambda: again.extend(worker.deliver([message])))
    must(again, f"sent again by another process, it ends in {problem and problem.sentence}")
    came = _came(stage, message)
    must(len(came) == 1, f"sent again by another process, it is held {len(came)} times: what a process keeps is gone")
    names = [first.reference, again[0].reference]
    must(names[0] == names[1], f"sent again by another process, it has two references: {some(names)}")


def _finds_each_episode(stage: DestinationStage) -> None:
    [first] = stage.fresh()
    second = next_episode(first)
    references = [stage.taken(message).receipts[0].reference for message in (first, second)]
    for message, reference in zip((first, second), references, strict=True):
        about = f"a pupil's absences 1 and 2 were sent; of absence {message.key.episode}"
        record, found = stage.held(message), stage.lookup(message.key)
        must(record and not unlike(record.content, message.content), f"{about}, what is held is not what was sent")
        must(
            found and found.reference == reference, f"{about}, lookup finds another's record, or none: the key is whole"
        )


def _must_be_bearable(stage: DestinationStage, what: str, delivered: Delivered) -> None:
    """Raises Failed where the host believes what is not so, or gives a message up for what will pass."""
    stage.must_be_true(what, delivered)
    must(Fate.REFUSED not in delivered.fates, f"{what}: {delivered}. What will pass is no refusal, which is for good")


def _must_be_later(stage: DestinationStage, what: str) -> None:
    messages = stage.fresh(2)
    delivered = stage.deliver(*messages)
    later = isinstance(delivered.problem, RetryLater) and set(delivered.fates) == {Fate.WAITING}
    must(later, f"{what}: {delivered}. Raise RetryLater, as the client does")
    must(not any(stage.held(message) for message in messages), f"{what}: a message was taken all the same")


def _came(stage: DestinationStage, about: Any) -> tuple[int, ...]:
    record = stage.held(about)
    return record.came if record else ()
