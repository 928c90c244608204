"""F-22, F-23, F-25 and F-27: outcomes, load and refusals."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

from rollbook_feed.answers import Status
from rollbook_feed.refusals import PROBLEMS
from rollbook_receiver.conformance.of_receiver.check import BeyondThisRun, Broken, NotSeen, check
from rollbook_receiver.conformance.of_receiver.stage import MAY_BE_JUDGED, Stage, expect, in_form
from rollbook_receiver.conformance.of_receiver.wire import Answer

BURST, AT_ONCE = 150, 6
_WORKINGS = re.compile(
    r"traceback|stack ?trace|\bat line \d|\.(py|java|cs|php|rb|js|go)\b[:\"',]? ?(line )?\d|exception\b|"
    r"\bselect .+ from\b|"
    r"\binsert into\b|sqlstate|sqlalchemy|org\.hibernate|/usr/|/home/|[a-z]:\\\\",
    re.IGNORECASE,
)


@check(
    "F-22",
    "a message of each kind that it takes",
    beyond="that a refusal has a reason: have an officer refuse one that was answered 202, and ask its status",
)
def at_once(stage: Stage) -> str:
    """Returns and notices are accepted as they come."""
    for kind in stage.kinds:
        answer = stage.take(stage.message(kind))
        if answer.status == 202 and kind not in MAY_BE_JUDGED:
            raise Broken(f"a {kind} was answered 202: it is made when it is given, and no person judges it")
        status = stage.wire.get(f"/v1/status/{answer.said['reference']}")
        if answer.status == 201 and status.said.get("outcome") != "accepted":
            raise Broken(f"the status of a {kind} after 201 is not accepted")
    if not stage.kinds:
        raise NotSeen("/v1/whoami lists no kind of message of this version of the feed")
    return "returns and notices were accepted at once"


@check("F-23", "the status of a message by its reference, and of a reference that nobody was given")
def status(stage: Stage) -> str:
    """What became of a revision."""
    message = stage.message()
    taken = stage.take(message)
    answer = stage.wire.get(f"/v1/status/{taken.said['reference']}")
    if answer.status != 200:
        raise Broken(f"the status of a message that was taken was answered {answer} instead of 200")
    in_form(answer, Status, "the answer of a status")
    for name in ("reference", "revision", "digest"):
        if answer.said[name] != taken.said[name]:
            raise Broken(f"a status has another {name} than the answer to the message")
    expect(stage.wire.get("/v1/status/2222-3333-4444"), 404, "nothing-held", "a reference that nobody was given")
    return "it says what became of the revision, and 404 of another"


@check("F-25", f"one message {BURST} times under its key, {AT_ONCE} at once: a burst that leaves one record")
def burst(stage: Stage) -> str:
    """Busy is said with Retry-After."""
    message, name = stage.message(), stage.name()
    first = stage.take(message, name)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda _: stage.post(message, name, patient=False), range(BURST)))
    busy = [answer for answer in answers if answer.status in (429, 503)]
    for answer in busy:
        _says_when(answer)
    for answer in answers:
        if answer not in busy and (answer.status, answer.problem) != (409, "in-flight"):
            stage.taken(answer, message)
    if stage.held(message).said["reference"] != first.said["reference"]:
        raise Broken("after a burst another record is held")
    if not busy:
        raise BeyondThisRun(f"none of {BURST} requests was too many for it; each was answered as the first")
    return f"{len(busy)} of {BURST} were told to wait, with Retry-After, and the others answered as the first"


@check("F-27", "every refusal of this run", beyond="refusals that these checks do not bring about (408, 500)")
def refusals(stage: Stage) -> str:
    """problem+json of the table, without a trace of the receiver's workings."""
    known = {(one.status, one.type): one for one in PROBLEMS}
    if not stage.wire.refusals:
        expect(stage.look_up(stage.message()), 404, "nothing-held", "the look-up of what was never sent")
    for what, answer in stage.wire.refusals:
        said = f"{what}, refused with {answer},"
        if answer.headers.get("content-type", "").partition(";")[0].strip() != "application/problem+json":
            raise Broken(f"{said} is not application/problem+json")
        if (answer.status, answer.problem) not in known or not str(answer.said.get("type")).startswith(
            "urn:rollbook:feed:"
        ):
            raise Broken(f"{said} has no type of the table of problems (http.md)")
        if answer.said.get("status") != answer.status or not answer.said.get("title"):
            raise Broken(f"{said} has no title, or another status in its body")
        if known[answer.status, answer.problem].retry_after:
            _says_when(answer)
        if _WORKINGS.search(answer.text):
            raise Broken(f"{said} tells of the receiver's own workings")
    kinds = {str(answer) for _, answer in stage.wire.refusals}
    return f"{len(stage.wire.refusals)} refusals of {len(kinds)} sorts are each in the form of the table"


def _says_when(answer: Answer) -> None:
    if not re.fullmatch(r"[0-9]{1,6}|[A-Z][a-z]{2}, .+ GMT", answer.headers.get("retry-after", "")):
        raise Broken(f"a refusal {answer} does not say in Retry-After when to come back")
