"""What the messages themselves say: F-9, F-10, F-13, F-20, F-35, F-38, F-39."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rollbook_feed import problems
from rollbook_feed.fields import MESSAGES
from rollbook_receiver.conformance.of_sender.exchange import Asked, Given
from rollbook_receiver.conformance.of_sender.journal import Note
from rollbook_receiver.conformance.of_sender.memory import Memory, key_of
from rollbook_receiver.conformance.of_sender.parts import LEFT_OUT

_NO_FORM = {"malformed": "no JSON as the feed has it", "not-json": "not application/json", "too-large": "too large"}
_KEYS = {
    "no-idempotency-key": "no Idempotency-Key, or one that is none",
    "idempotency-key-reused": "its idempotency key was used for another message",
    "revision-held": "its revision came before, with another body or under another key",
}


def a_message(memory: Memory, asked: Asked, given: Given, authority: str | None) -> Iterator[Note]:
    """Whatever was posted as a message, and what the receiver itself answered. Remembers it when it was taken."""
    about = str(given.said.get("reference") or asked.called)
    if given.problem in _NO_FORM:
        yield Note("F-9", "in form", kept=False, words=_NO_FORM[given.problem], about=about)
    if given.problem in _KEYS:
        yield Note("F-13", "same again", kept=False, words=_KEYS[given.problem], about=about)
    if isinstance(asked.said, Mapping):
        yield from _form(asked.said, about)
    if given.status == 422:
        memory.waiting["F-38", "our own"] = f"{about}, was refused: F-9 or F-10 says why"
    if given.status in (201, 202):
        memory.waiting.pop(("F-38", "our own"), None)
        yield from _listed(memory, asked.said["key"]["kind"], about)
        yield from _history(memory, asked.said, about)
        yield from _to_whom(asked.said, about, authority)
        memory.sent.setdefault(key_of(asked.said), {})[asked.said["revision"]] = (
            asked.said["action"],
            asked.said["content"],
        )


def _form(message: Mapping[str, Any], about: str) -> Iterator[Note]:
    wrong = problems(message)
    for clause, part, of_it in (
        ("F-10", "required", [row for row in wrong if row["problem"] == MESSAGES["required"]]),
        ("F-35", "listed fields", [row for row in wrong if row["problem"] == MESSAGES["unknown"]]),
        ("F-39", "whoami", [row for row in wrong if row["pointer"] == "/feed_version"]),
        ("F-9", "in form", wrong),
    ):
        if of_it:
            said = "; ".join(f"{row['pointer']}: {row['problem']}" for row in of_it[:5])
            yield Note(clause, part, kept=False, words=said, about=about)
        elif not wrong and clause != "F-39":
            yield Note(clause, part, kept=True)


def _listed(memory: Memory, kind: str, about: str) -> Iterator[Note]:
    if kind in LEFT_OUT:
        yield Note("F-39", "whoami", kept=False, words=f"a {kind}, which whoami does not list here", about=about)
    elif memory.knows_us:
        yield Note("F-39", "whoami", kept=True)


def _history(memory: Memory, message: Mapping[str, Any], about: str) -> Iterator[Note]:
    """How a revision goes with those before it."""
    revision, action, content = message["revision"], message["action"], message["content"]
    key = key_of(dict(message))
    past = memory.sent.get(key, {})
    there = [number for number in sorted(past) if number < revision and (key, number) not in memory.refused]
    earlier = [past[number] for number in there]
    if revision in past or not earlier:
        return
    before_action, before = earlier[-1]
    if action == "send" and before_action != "withdraw":
        words = "a later revision of what was sent came as send: it amends"
        yield Note("F-20", "amended", kept=False, words=words, about=about)
    if action == "amend":
        differs = _without_reason(content) != _without_reason(before) or before_action == "withdraw"
        yield Note("F-20", "amended", differs, "an amendment says nothing different from what it amends", about)
    if action == "withdraw":
        people = {word for _, said in earlier for word in people_in(said)}
        names = any(word in content["reason"].casefold() for word in people)
        yield Note("F-20", "withdrawn", not names, "the reason of a withdrawal names the pupil", about)


def _to_whom(message: Mapping[str, Any], about: str, authority: str | None) -> Iterator[Note]:
    kind, content = message["key"]["kind"], message["content"]
    if authority is None or "school" not in content:
        return
    if kind.startswith("worker_notice"):
        told = content["notice"].get("looked_after_by", authority)  # without it the message does not say whose worker
        words = f"a {kind} to the virtual school head of another authority than {authority} (looked_after_by)"
        yield Note("F-38", "our own", told == authority, words, about)
        return
    whose = {content["school"]["la"]}
    if kind == "missing_pupil_report":
        whose.add(content["pupil"].get("home_la"))
    words = f"a {kind} of a school of another authority than {authority}"
    yield Note("F-38", "our own", authority in whose, words, about)


def people_in(content: Mapping[str, Any]) -> set[str]:
    """What names or finds the pupil of a content, in small letters."""
    pupil = content.get("pupil")
    if not isinstance(pupil, Mapping):
        return set()
    named = {
        str(value).casefold() for name, value in pupil.items() if "name" in name or name in ("upn", "former_upn", "dob")
    }
    return {word for word in named if len(word) > 2}


def _without_reason(content: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name != "reason"}
