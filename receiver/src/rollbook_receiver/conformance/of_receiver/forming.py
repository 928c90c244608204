"""F-11 and F-12: the form."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

from rollbook_feed import example, required_fields
from rollbook_receiver.conformance.of_receiver import samples
from rollbook_receiver.conformance.of_receiver.check import Broken, check
from rollbook_receiver.conformance.of_receiver.stage import Message, Stage, errors_of, expect
from rollbook_receiver.conformance.of_receiver.wire import Answer

MARK = "Zyzzogeton"  # in every wrong value that can hold it: no answer repeats it


@check("F-11", "messages with one fault of each sort, with three at once, and each kind without all that is required")
def refused(stage: Stage) -> str:
    """422 with all that is wrong, and none of the values."""
    count = 0
    for what, wrong, pointers in _faults(stage):
        answer = stage.post(wrong)
        expect(answer, 422, "not-well-formed", what)
        _points_at(answer, pointers, what)
        for value in (MARK, example("attendance_return")["content"]["pupil"]["surname"]):
            if value in answer.text:
                raise Broken(f"the answer to {what} repeats a value that was sent")
        count += 1
    return f"{count} faulty messages were refused, each with its places and without its values"


@check(
    "F-12",
    "the example of each kind that it takes: whole, with all left out that may be, and with names in any script",
)
def taken(stage: Stage) -> str:
    """Whatever is in the form."""
    for kind in stage.kinds:
        for form in (copy.deepcopy, samples.least, samples.in_any_script):
            message = form(stage.message(kind))
            stage.take(message)
            stage.held(message)
    first = stage.message()
    stage.take(first)
    for later in (samples.amended(first, 2), samples.withdrawn(first, 3)):
        stage.take(later)
        stage.held(later)
    return f"{len(stage.kinds)} kinds were taken in three forms, and are held as they were sent"


def _faults(stage: Stage) -> Iterator[tuple[str, Message, list[str]]]:
    """What is wrong, the message, and the places that an answer has to name."""
    for what, change, pointers in _ONE_EACH:
        message = stage.message()
        change(message)
        yield what, message, pointers
    for kind in stage.kinds:
        message = stage.message(kind)
        missing = [path for path in required_fields(kind) if not path.startswith("school.")]
        for path in missing:
            _without(message["content"], path.split("."))
        yield f"a {kind} without all that is required", message, ["/content/" + p.replace(".", "/") for p in missing]


def _without(holder: dict[str, Any], path: list[str]) -> None:
    for step in path[:-1]:
        holder = holder.get(step, {})
    holder.pop(path[-1], None)


def _points_at(answer: Answer, pointers: list[str], what: str) -> None:
    """The place itself, or the object that it is of: that of the whole message only with the field's name in words.

    Raises Broken.
    """
    rows = [(str(row.get("pointer")), str(row.get("problem") or "")) for row in errors_of(answer)]
    for pointer in pointers:
        holder, _, name = pointer.rpartition("/")
        if not any(words and (at == pointer or (at == holder and (holder or name in words))) for at, words in rows):
            raise Broken(f"the answer to {what} does not name {pointer} under errors")


def _put(*path: str, value: Any) -> Callable[[Message], None]:
    def change(message: Message) -> None:
        holder = message
        for step in path[:-1]:
            holder = holder[step]
        holder[path[-1]] = value

    return change


def _three(message: Message) -> None:
    message["content"]["pupil"] |= {"dob": "2017-02-30", "religion": MARK, "surname": " "}


def _amended_without_a_reason(message: Message) -> None:
    message |= {"revision": 2, "action": "amend"}


def _withdrawn_with_a_pupil(message: Message) -> None:
    said = {"reason": MARK, "pupil": message["content"]["pupil"]}
    message |= {"revision": 2, "action": "withdraw", "content": said}


_PUPIL = ("content", "pupil")
_ONE_EACH: list[tuple[str, Callable[[Message], None], list[str]]] = [
    ("another version of the feed", _put("feed_version", value="0.9"), ["/feed_version"]),
    ("a revision as text", _put("revision", value="1"), ["/revision"]),
    ("revision 0", _put("revision", value=0), ["/revision"]),
    ("an action that there is not", _put("action", value=MARK), ["/action"]),
    ("a kind that there is not", _put("key", "kind", value=MARK.lower()), ["/key/kind"]),
    ("the pupil's number as a number", _put("key", "pupil", value=12), ["/key/pupil"]),
    ("episode 0", _put("key", "episode", value=0), ["/key/episode"]),
    ("a message without content", lambda message: message.pop("content"), ["/content"]),
    ("a field that the feed has not", _put(*_PUPIL, "ethnicity", value=MARK), ["/content/pupil/ethnicity"]),
    ("a field beside the content", _put("remark", value=MARK), ["/remark"]),
    ("null", _put(*_PUPIL, "forename", value=None), ["/content/pupil/forename"]),
    ("an empty text", _put(*_PUPIL, "surname", value=""), ["/content/pupil/surname"]),
    ("a text that is too long", _put(*_PUPIL, "surname", value=MARK * 21), ["/content/pupil/surname"]),
    ("a control character", _put(*_PUPIL, "surname", value=MARK + "\x00"), ["/content/pupil/surname"]),
    ("a day that does not exist", _put(*_PUPIL, "dob", value="2017-02-30"), ["/content/pupil/dob"]),
    ("a day in another form", _put(*_PUPIL, "dob", value="9/3/2017"), ["/content/pupil/dob"]),
    ("a UPN that is none", _put(*_PUPIL, "upn", value=MARK), ["/content/pupil/upn"]),
    ("text in place of an object", _put(*_PUPIL, value=MARK), ["/content/pupil"]),
    ("the content of another school", _put("content", "school", "urn", value=100_099), ["/content/school/urn"]),
    ("an amendment without a reason", _amended_without_a_reason, ["/content/reason"]),
    ("a withdrawal that names a pupil", _withdrawn_with_a_pupil, ["/content/pupil"]),
    ("three faults at once", _three, [f"/content/pupil/{name}" for name in ("dob", "religion", "surname")]),
]
