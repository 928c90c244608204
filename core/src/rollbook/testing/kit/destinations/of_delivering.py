"""Clause 11: delivering where all is well, and where a message is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from rollbook.contract import Message, Receipt
from rollbook.host.worker.answers import checked_receipt
from rollbook.testing.kit.check import DoesNotApply, advised, must, required, some
from rollbook.testing.kit.contents import CONTENTS
from rollbook.testing.kit.destination_stage import DestinationStage, Fate
from rollbook.testing.kit.messages import amended, unlike, with_content, withdrawn

MANY = 30  # messages: more than a morning brings, and fewer than a backlog
_CLOCKS = timedelta(days=1)  # by which two clocks may differ, with a time zone mistaken


@required("D04", "11.1")
def a_receipt_each(stage: DestinationStage) -> None:
    """There is one receipt for each message of a long batch, in the order of the messages, and none for what was not
    sent."""
    messages = stage.fresh(MANY)
    delivered = stage.taken(*messages)
    stage.must_be_true("where all is well", delivered)
    for number, (message, receipt) in enumerate(zip(messages, delivered.receipts, strict=True), start=1):
        found = stage.lookup(message.key)
        must(
            found is not None and found.reference == receipt.reference,
            f"receipt {number} has the reference {receipt.reference!r}, and lookup of message {number} gives "
            f"{found.reference if found else None!r}: yield the receipts in the order of the messages",
        )


@required("D05", "11.2")
def receipts_are_whole(stage: DestinationStage) -> None:
    """A receipt is of its form, its moment has a time zone and is that of the delivery, and what was taken has a
    reference."""
    messages = stage.fresh(2)
    clock = getattr(stage.simulator, "now", None)
    began = clock() if clock else datetime.now(UTC)
    found: list[Receipt | None] = []
    problem = stage.problem_of(lambda: found.extend(stage.made().deliver(messages)))
    must(problem is None, f"where all is well, it ends in {problem and problem.sentence}")
    found.append(stage.made().lookup(messages[0].key))
    for receipt in [one for one in found if one is not None]:
        wrong = stage.problem_of(lambda receipt=receipt: checked_receipt(receipt))  # type: ignore[misc]
        must(wrong is None, f"a receipt is not of its form: {wrong and wrong.sentence}")
        apart = abs(receipt.at - began)
        must(apart < _CLOCKS, f"a message is delivered now, and its receipt is of {receipt.at:%Y-%m-%d %H:%M %Z}")
        must(receipt.reference.strip(), "a message that was taken has no reference: what is the record's name there?")


@required("D06", "11.3")
def content_arrives_whole(stage: DestinationStage) -> None:
    """What is said arrives as it is, letter by letter, with its accents, quotes and line ends."""
    for message in stage.fresh(4):
        stage.taken(message)
        _must_hold(stage, message)


@required("D07", "11.4")
def every_kind_is_taken(stage: DestinationStage) -> None:
    """Every kind of message that it says it takes is taken, and the fields that it asks for are fields of that kind."""
    for kind in sorted(stage.cls.kinds):
        asked = stage.cls.required.get(kind, ())
        strange = [path for path in asked if not _has(CONTENTS[kind](0), path)]
        must(not strange, f"required[{kind.name}] asks for {some(strange)}, which a message of that kind does not have")
        delivered = stage.deliver(*stage.fresh(kind=kind))
        must(delivered.fates[0] in (Fate.TAKEN, Fate.PENDING), f"a message of kind {kind} is not taken: {delivered}")


@required("D08", "11.5")
def revisions_follow(stage: DestinationStage) -> None:
    """An amendment and a withdrawal replace what was sent before: the newest revision is what holds."""
    [first] = stage.fresh()
    second = amended(first)
    for message in (first, second, withdrawn(second)):
        stage.taken(message)
        _must_hold(stage, message)
    if stage.cls.repeat_is_safe:
        stage.deliver(first)
        _must_hold(stage, withdrawn(second), "sent again, an older revision is what holds now")


@required("D09", "11.6")
def order_is_kept(stage: DestinationStage) -> None:
    """Messages of one key that go together arrive in their order."""
    [first] = stage.fresh()
    second = amended(first)
    stage.taken(first, second, withdrawn(second))
    _must_hold(stage, withdrawn(second))
    record = stage.held(first)
    came = record.came if record else ()
    must(came == (1, 2, 3), f"revisions 1, 2 and 3 of a key were sent together, and came as {some(came)}")


@required("D10", "11.7")
def partial_batch(stage: DestinationStage) -> None:
    """A message that is refused does not keep back those before and after it."""
    messages = stage.fresh(3)
    stage.able("refuse")(str(messages[1].key))
    delivered = stage.deliver(*messages)
    stage.must_be_true("the second of three is refused", delivered)
    wanted = [Fate.TAKEN, Fate.REFUSED, Fate.TAKEN]
    must(delivered.fates == wanted, f"the second of three is refused, and the receipts say: {delivered}")


@required("D11", "11.8")
def refusal_has_a_reason(stage: DestinationStage) -> None:
    """A refusal says why, in words, so that somebody can act."""
    [message] = stage.fresh()
    stage.able("refuse")(str(message.key))
    delivered = stage.deliver(message)
    must(delivered.fates == [Fate.REFUSED], f"a message that is refused is told as {delivered}")
    told = [reason for receipt in delivered.receipts for reason in receipt.reasons]
    told += [delivered.problem.sentence] if delivered.problem else []
    must(any(re.search(r"\w{3}", reason) for reason in told), "it is refused, and no reason says why")


@required("D12", "11.9")
def too_large(stage: DestinationStage) -> None:
    """A message that is too large is refused by itself, and the others go."""
    largest = stage.able("largest_bytes")
    if largest is None:
        raise DoesNotApply("limit to the size of a message")
    first, second, third = stage.fresh(3)
    delivered = stage.deliver(first, with_content(second, cause="x" * (largest + 1)), third)
    stage.must_be_true("the second of three is too large", delivered)
    wanted = [Fate.TAKEN, Fate.REFUSED, Fate.TAKEN]
    must(delivered.fates == wanted, f"the second of three is too large, and the receipts say: {delivered}")


@advised("D13", "11.10")
def pending_is_said(stage: DestinationStage) -> None:
    """What was taken and is yet to be judged there is `pending`, and not `accepted`."""
    stage.able("judge_later")()
    [message] = stage.fresh()
    delivered = stage.deliver(message)
    must(delivered.fates == [Fate.PENDING], f"what is to be judged later is told as {delivered}")
    found = stage.lookup(message.key)
    must(
        found is None or found.outcome == "pending", f"lookup says {found and found.outcome} of what is not yet judged"
    )


def _must_hold(stage: DestinationStage, message: Message, seen: str = "") -> None:
    """Raises Failed unless the message is what the other end holds under its key."""
    record = stage.held(message)
    must(record is not None, f"{message.action} of revision {message.revision} was taken, and nothing is held")
    assert record is not None
    held = f"revision {record.revision}, {record.action}"
    wanted = f"revision {message.revision}, {message.action}"
    must(held == wanted, f"{seen or 'what holds is not the newest'}: {held}, and not {wanted}")
    other = unlike(record.content, message.content)
    must(not other, f"the content did not arrive as it is: {some(other)}")


def _has(content: Mapping[str, Any], path: str) -> bool:
    value: Any = content
    for name in path.split("."):
        if not isinstance(value, Mapping) or name not in value:
            return False
        value = value[name]
    return True
