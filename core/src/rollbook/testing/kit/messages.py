"""Messages that the checks deliver, in the fields of the open feed. Nobody in them exists."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from rollbook.contract.destination import Action, Key, Kind, Message
from rollbook.outbox.drafts import canonical
from rollbook.tables.checks import upn_check_letter
from rollbook.testing.kit.persons import DAY_FORMS

SCHOOL = 900001
DAYS: Mapping[Kind, str] = {Kind.ATTENDANCE_RETURN: "due_by", Kind.TRANSFER_FILE: "first_day_off_roll"}
"""For each kind, a field of its content that is a day and rests on no other field."""
FIRST_PUPIL = 4611686018427387905  # more than a JSON number carries safely
_FIRST_DAY = date(2026, 10, 5)
_PEOPLE = (
    ("Siân", "Llŷr-O’Sullivan", "14 Marrowbone Crescent,\nNorthwick", "ZZ99 3WZ"),
    ("Zebulon", "Quillfeather", '"The Old Forge" & Barn, Ødegård Lane', "ZZ99 3VZ"),
    ("Łucja", "Żółcińska D'Arcy", "Flat 3 <rear>, 9 Mühlbach Rise", "ZZ99 3GZ"),
    ("Thị Ánh", "Nguyễn", "The 雨 House \\ Pontcanna", "ZZ99 2WZ"),
)


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
    return with_content(sent, **{DAYS[sent.key.kind]: day})


def with_content(sent: Message, **changes: Any) -> Message:
    """The same message by its name, with fields of its content changed."""
    return replace(sent, content={**sent.content, **changes})


def attendance_return(number: int) -> dict[str, Any]:
    """The content of an attendance return: ten school days of O."""
    forename, surname, address, postcode = _PEOPLE[number % len(_PEOPLE)]
    days = [_FIRST_DAY + timedelta(days=7 * week + day) for week in range(2) for day in range(5)]
    rest = f"801200005{number % 1000:03d}"
    return {
        "school": {"urn": SCHOOL, "laestab": "801/2000", "name": "Northwick Primary School", "la": "801"},
        "contact": {"name": "Ada Officer", "role": "Attendance officer", "telephone": "01632 960001"},
        "pupil": {
            "upn": upn_check_letter(rest) + rest,
            "surname": surname,
            "forename": forename,
            "dob": (date(2016, 9, 27) + timedelta(days=number)).isoformat(),
            "sex": "F",
            "year_group": 4,
            "address": address,
            "postcode": postcode,
        },
        "parents": [
            {"name": f"Hesper {surname}", "relationship": "mother", "lives_with": True, "telephone": "01632 960123"}
        ],
        "absence": {
            "first_day": days[0].isoformat(),
            "reached_on": days[-1].isoformat(),
            "school_days": len(days),
            "sessions": [
                {"date": day.isoformat(), "session": half, "code": "O"} for day in days for half in ("AM", "PM")
            ],
            "last_attended": "2026-10-02",
        },
        "due_by": "2026-10-30",
        "law": ["SI 2024/208 reg 13"],
        "rule": {"id": "attendance_return", "version": "1"},
        "settings": [{"name": "school_days", "value": 10, "set_by": "law"}],
    }


def transfer_file(number: int) -> dict[str, Any]:
    """The content of a transfer file: a week at school, of which a day was illness."""
    about = attendance_return(number)
    pupil = {
        name: value for name, value in about["pupil"].items() if name in ("upn", "surname", "forename", "dob", "sex")
    }
    marks = [*("/", "\\") * 3, "I", "I", "-", "#"]
    counts = {"possible": 8, "attended": 6, "authorised": 2, "unauthorised": 0}
    attendance = {"year": 2026, "start": _FIRST_DAY.isoformat(), **counts, "marks": ",".join(marks)}
    rest = {name: about[name] for name in ("school", "law", "settings")}
    days = {"left": "2026-10-09", DAYS[Kind.TRANSFER_FILE]: "2026-10-12"}
    return {**rest, **days, "pupil": pupil, "attendance": attendance, "rule": {"id": "transfer_file", "version": "1"}}


CONTENTS: Mapping[Kind, Callable[[int], dict[str, Any]]] = {
    Kind.ATTENDANCE_RETURN: attendance_return,
    Kind.TRANSFER_FILE: transfer_file,
}
"""The content of each kind's first revision, about the pupil of a number."""


def content_digest(content: Mapping[str, Any]) -> str:
    """As the open feed has it: SHA-256 of the content as JSON in one form."""
    return hashlib.sha256(canonical(dict(content)).encode()).hexdigest()


def people_in(content: Mapping[str, Any]) -> set[str]:
    """What names, finds or describes the pupil or a parent, in the forms in which it might be written."""
    people = [content.get("pupil", {}), *content.get("parents", [])]
    return {form for person in people for name, value in person.items() for form in _forms(name, value)}


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


def _forms(name: str, value: Any) -> Iterator[str]:
    if name not in ("surname", "forename", "name", "upn", "dob", "address", "postcode", "telephone"):
        return
    yield " ".join(str(value).split())
    if "name" in name:
        yield from str(value).split()
    if name == "dob":
        yield from (date.fromisoformat(value).strftime(form) for form in DAY_FORMS)


def _next(sent: Message, action: Action, content: Mapping[str, Any]) -> Message:
    revision = sent.revision + 1
    return Message(sent.key, revision, action, content, _name(sent.key, revision))


def _name(key: Key, revision: int) -> str:
    return hashlib.sha256(f"kit/{key}/{revision}".encode()).hexdigest()
