"""Messages that the checks deliver, in the fields of the open feed. Nobody in them exists."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from rollbook.contract.destination import Action, Key, Kind, Message
from rollbook.outbox.drafts import canonical
from rollbook.testing.kit.contents import CONTENTS, DAYS, SCHOOL
from rollbook.testing.kit.persons import DAY_FORMS

_OF_NOBODY = ("school", "contact", "law", "rule", "settings", "declaration")
FIRST_PUPIL = 4611686018427387905  # more than a JSON number carries safely


def message(number: int, kind: Kind = Kind.ATTENDANCE_RETURN) -> Message:
    """The first revision about the pupil of that number, from 0."""
    key = Key(kind, SCHOOL, FIRST_PUPIL + number, 1)
    return Message(key, 1, Action.SEND, CONTENTS[kind](number), _name(key, 1))


def amended(sent: Message, *, day: str = "2026-11-06") -> Message:
    """The revision after `sent`, which amends it: a day that it says is another."""
    content = {**with_day(sent, day).content, "reason": "the last day was corrected"}
    return _next(sent, Action.AMEND, content)


def withdrawn(sent: Message) -> Message:
    """The revision after `sent`, which withdraws it."""
    return _next(sent, Action.WITHDRAW, {"reason": "the marks were corrected to I"})


def next_episode(sent: Message) -> Message:
    """The first revision about the same pupil's next absence."""
    key = replace(sent.key, episode=sent.key.episode + 1)
    return Message(key, 1, Action.SEND, with_day(sent, "2027-02-26").content, _name(key, 1))


def with_day(sent: Message, day: str) -> Message:
    """The same message by its name, with another content: a day in it is this one."""
    *places, last = DAYS[sent.key.kind].split(".")
    content: dict[str, Any] = {last: day}
    for place in reversed(places):
        content = {place: {**sent.content[place], **content}}
    return with_content(sent, **content)


def with_content(sent: Message, **changes: Any) -> Message:
    """The same message by its name, with fields of its content changed."""
    return replace(sent, content={**sent.content, **changes})


def content_digest(content: Mapping[str, Any]) -> str:
    """As the open feed has it: SHA-256 of the content as JSON in one form."""
    return hashlib.sha256(canonical(dict(content)).encode()).hexdigest()


def people_in(content: Mapping[str, Any]) -> set[str]:
    """What names, finds or describes the pupil or a parent, in the forms in which it might be written."""
    told = {name: value for name, value in content.items() if name not in _OF_NOBODY}
    return {form for name, value in _fields(told) for form in _forms(name, value)}


def unlike(given: Any, wanted: Any, place: str = "") -> list[str]:
    """The places, as dotted paths, at which one content is not the other."""
    if isinstance(given, Mapping) and isinstance(wanted, Mapping):
        names = [*wanted, *(name for name in given if name not in wanted)]
        return [one for name in names for one in unlike(given.get(name), wanted.get(name), f"{place}.{name}")]
    if isinstance(given, list) and isinstance(wanted, list) and len(given) == len(wanted):
        pairs = enumerate(zip(given, wanted, strict=True))
        return [one for number, pair in pairs for one in unlike(*pair, f"{place}.{number}")]
    same = given == wanted and isinstance(given, bool) == isinstance(wanted, bool)
    return [] if same else [f"{place.removeprefix('.')} is {given!r} and was {wanted!r}"]


def _fields(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every field in a content, by its own name; of schools none."""
    if isinstance(value, Mapping):
        for inner, what in value.items():
            yield from _fields(what, inner) if "school" not in inner else ()
    elif isinstance(value, list):
        for what in value:
            yield from _fields(what, name)
    else:
        yield name, value


def _forms(name: str, value: Any) -> Iterator[str]:
    if name not in ("surname", "forename", "name", "upn", "dob", "address", "postcode", "telephone", "parent"):
        return
    yield " ".join(str(value).split())
    if "name" in name or name == "parent":
        yield from str(value).split()
    if name == "dob":
        yield from (date.fromisoformat(value).strftime(form) for form in DAY_FORMS)


def _next(sent: Message, action: Action, content: Mapping[str, Any]) -> Message:
    revision = sent.revision + 1
    return Message(sent.key, revision, action, content, _name(sent.key, revision))


def _name(key: Key, revision: int) -> str:
    return hashlib.sha256(f"kit/{key}/{revision}".encode()).hexdigest()
