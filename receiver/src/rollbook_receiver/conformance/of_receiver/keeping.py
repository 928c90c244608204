"""F-14 to F-18 and F-21: messages."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from rollbook_feed import digest
from rollbook_receiver.conformance.of_receiver import samples
from rollbook_receiver.conformance.of_receiver.check import Broken, check
from rollbook_receiver.conformance.of_receiver.stage import Stage, expect
from rollbook_receiver.conformance.of_receiver.wire import Answer

AT_ONCE = 4
_FIRST_ANSWER = ("reference", "revision", "digest", "received_at", "outcome")


@check(
    "F-14",
    "a message of each kind that it takes, looked up directly after the answer",
    beyond="that it is on disk: end the receiver directly after an answer, start it again, and look the message up",
)
def answered(stage: Stage) -> str:
    """201 when it is accepted, 202 with its status' address while it is not."""
    pending = 0
    for kind in stage.kinds:
        message = stage.message(kind)
        answer = stage.take(message)
        wanted = "pending" if answer.status == 202 else "accepted"
        if answer.said["outcome"] != wanted:
            raise Broken(f"a {kind} was answered {answer.status} with outcome {answer.said['outcome']}")
        if answer.status == 202:
            pending += 1
            _has_its_address(stage, answer, kind)
        stage.held(message)
    return f"{len(stage.kinds)} kinds were answered and are held, {pending} of them pending with their address"


@check("F-15", "one message sent twice, then again four times at the same moment under a new key")
def once(stage: Stage) -> str:
    """The same under one key is one."""
    message, name = stage.message(), stage.name()
    first = stage.take(message, name)
    _the_same(first, stage.take(message, name), "a message that was sent again")
    other, name = stage.message(), stage.name()
    stage.wire.token()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda _: stage.post(other, name), range(AT_ONCE)))
    late = [answer for answer in answers if (answer.status, answer.problem) != (409, "in-flight")]
    settled = stage.take(other, name)
    for answer in late:
        _the_same(settled, stage.taken(answer, other), "a message sent several times at once")
    return f"each is one record with one answer; {AT_ONCE - len(late)} of {AT_ONCE} at once were told to come back"


@check("F-16", "another message under a key that was used, and a revision that is held under another key")
def unchanged(stage: Stage) -> str:
    """Refused, and nothing changed."""
    message, name = stage.message(), stage.name()
    before = stage.take(message, name)
    other = samples.in_any_script(message)
    expect(stage.post(other, name), 422, "idempotency-key-reused", "another body under a key that was used")
    expect(stage.post(samples.amended(message, 2), name), 422, "idempotency-key-reused", "another revision under it")
    expect(stage.post(other), 409, "revision-held", "another body of a revision that is held, under another key")
    expect(stage.post(message), 409, "revision-held", "a revision that is held, under another key")
    _the_same(before, stage.held(message), "the look-up after them", but=("outcome",))
    _the_same(before, stage.take(message, name), "the message sent again after them")
    return "each was refused; the look-up gives what it gave before"


@check("F-17", "the revisions 3, 1 and 2 of one key, and a withdrawal before what it withdraws")
def any_order(stage: Stage) -> str:
    """Every revision kept, the highest the state."""
    first = stage.message()
    revisions = [samples.amended(first, 3), first, samples.amended(first, 2)]
    references = {}
    for message in revisions:
        references[message["revision"]] = stage.take(message).said["reference"]
        stage.held(revisions[0])
    for revision, reference in references.items():
        status = stage.wire.get(f"/v1/status/{reference}")
        if status.status != 200 or status.said.get("revision") != revision:
            raise Broken(f"revision {revision}, which came out of order, is no longer known at /v1/status")
    later = stage.message()
    gone = samples.withdrawn(later, 2)
    stage.take(gone)
    stage.held(gone)
    stage.take(later)
    stage.held(gone)
    return "the highest revision is the state whatever came last, and the others are known"


@check("F-18", "the look-up of a message, of its amendment and of a key that was never sent")
def looked_up(stage: Stage) -> str:
    """The newest revision with its digest."""
    first = stage.message()
    expect(stage.look_up(first), 404, "nothing-held", "the look-up of what was never sent")
    for message in (first, samples.in_any_script(samples.amended(first, 2))):
        answer = stage.take(message)
        if answer.said["digest"] != digest(message["content"]):
            raise Broken("the answer to a message has another digest than its content")
        stage.held(message)
    return "revision, action, outcome and digest are those of what was sent"


@check("F-21", "the look-up of a message that was withdrawn", beyond="what officers see of it, and what is counted")
def withdrawn(stage: Stage) -> str:
    """Shown as withdrawn, with its history."""
    message = stage.message()
    reference = stage.take(message).said["reference"]
    gone = samples.withdrawn(message, 2)
    stage.take(gone)
    stage.held(gone)
    status = stage.wire.get(f"/v1/status/{reference}")
    if status.status != 200:
        raise Broken(f"the status of what was withdrawn was answered {status} instead of 200")
    return "it is shown as withdrawn, and the revision before it is known"


def _the_same(first: Answer, again: Answer, what: str, *, but: tuple[str, ...] = ()) -> None:
    for name in _FIRST_ANSWER:
        if name not in but and again.said.get(name) != first.said.get(name):
            raise Broken(f"{what} was answered with another {name} than at first")


def _has_its_address(stage: Stage, answer: Answer, kind: str) -> None:
    location = answer.headers.get("location", "")
    wanted = f"/v1/status/{answer.said['reference']}"
    if not location.endswith(wanted):
        raise Broken(f"the 202 of a {kind} has no Location that ends in /v1/status and its reference")
    status = stage.wire.get(wanted)
    if status.status != 200:
        raise Broken(f"the Location of the 202 of a {kind} was answered {status} instead of 200")
