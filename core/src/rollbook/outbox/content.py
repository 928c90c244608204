"""What a message says: the fields of the open feed, and nothing else of what is known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any, Final

from rollbook.outbox.drafts import CaseLike, Subject

_SCHOOL: Final = ("urn", "laestab", "name", "la")
_CONTACT: Final = ("name", "role", "telephone", "email")
_PUPIL: Final = (
    "upn",
    "former_upn",
    "surname",
    "forename",
    "preferred_surname",
    "preferred_forename",
    "dob",
    "sex",
    "year_group",
    "address",
    "postcode",
)
_PARENT: Final = ("name", "relationship", "lives_with", "address", "postcode", "telephone", "email")
_SETTING: Final = ("name", "value", "set_by")
_NOT_TEXT: Final = frozenset({"year_group", "lives_with"})
_SEXES: Final = frozenset({"F", "M"})
_LAST_PRIORITY: Final = 127

FILLABLE: Final = (
    "cause",
    "absence.last_attended",
    *(f"contact.{name}" for name in _CONTACT),
    *(f"pupil.{name}" for name in _PUPIL if name not in _NOT_TEXT),
    *(f"parents.N.{name}" for name in _PARENT if name not in _NOT_TEXT),
)
"""What a person may supply, as text; `N` counts parents from 0."""


def attendance_return(case: CaseLike, subject: Subject) -> dict[str, Any]:
    """The content of an attendance return (Reg 13), without a reason. What is not known is left out.

    The pupil's address is the pupil's own, or that of the contact with whom the pupil lives, or of the first contact.
    """
    contacts = sorted(subject.contacts, key=_priority)
    content = {
        "school": school_of(subject),
        "contact": pick(subject.contact or {}, _CONTACT),
        "pupil": _with_address(person(subject.pupil, _PUPIL), contacts),
        "parents": [pick(contact, _PARENT) for contact in contacts],
        "absence": _absence(case, subject.last_attended),
        "cause": subject.cause,
        "due_by": subject.due_by.isoformat(),
    }
    return known(content) | grounds(case, subject)


def school_of(subject: Subject) -> dict[str, Any]:
    """The school that a message is from."""
    return pick(subject.school, _SCHOOL)


def person(row: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """What is known of a pupil. A sex in another form than the feed's and the transfer file's is not known: what asks
    for it waits for a person, where it would have been refused after the person's yes.
    """
    return pick({**row, "sex": row.get("sex") if row.get("sex") in _SEXES else None}, names)


def grounds(case: CaseLike, subject: Subject) -> dict[str, Any]:
    """What a message rests on: the law, the rule and the settings that it went by."""
    return {
        "law": list(case.law),
        "rule": {"id": case.kind, "version": subject.rule_version},
        "settings": [{name: setting.get(name) for name in _SETTING} for setting in case.settings],
    }


def known(content: Mapping[str, Any]) -> dict[str, Any]:
    """`content` without what is not known."""
    return {name: value for name, value in content.items() if not _is_missing(value)}


def rests_on(content: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a content that says what was found: when it differs, what was sent must be amended."""
    absence = content.get("absence") or {}
    said = {name: absence.get(name) for name in ("first_day", "reached_on", "sessions")}
    return said | {name: content[name] for name in ("left", "attendance") if name in content}


def fill(content: Mapping[str, Any], fills: Mapping[str, str]) -> dict[str, Any]:
    """`content` with what a person supplied where it has nothing; what the source says goes first.

    Raises ValueError for a path that is not in `FILLABLE`; it names the path and not the value.
    """
    filled: dict[str, Any] = _copy(content)
    for path in sorted(fills, key=_in_order):
        check_fillable(path)
        parts = path.split(".")
        place: Any = filled
        for part, after in pairwise(parts):
            place = _step(place, part, path, after.isdecimal())
        if _is_missing(place.get(parts[-1])):
            place[parts[-1]] = fills[path]
    return filled


def check_fillable(path: str) -> None:
    """Raises ValueError unless a person may supply the field at this dotted path."""
    if re.sub(r"\.[0-9]{1,2}\.", ".N.", path) in FILLABLE:
        return
    if path.startswith("school."):
        raise ValueError(f"there is no field {path!r} to fill for one case. {given_by(path)}")
    raise ValueError(f"there is no field {path!r} to fill: it is one of {', '.join(FILLABLE)}")


def given_by(path: str) -> str:
    """What a person does about a field that a message lacks, as a sentence without its end."""
    place, _, name = path.partition(".")
    if place == "school":
        return f"Set `{name}` of the school in the configuration; the next sync, or the yes, finds it there"
    if path in FILLABLE or place == "parents":
        return "Fill it first (`cases fill`)"
    return f"Enter {path} in the MIS, and sync"


def lacking(content: Mapping[str, Any], required: Iterable[str]) -> tuple[str, ...]:
    """Which of the required dotted paths have nothing in them, sorted. A path into a list asks it of every item."""
    return tuple(sorted(path for path in set(required) if not _has(content, path.split("."))))


def _absence(case: CaseLike, last_attended: date | None) -> dict[str, Any]:
    rows = [(str(row["date"]), _session(row["session"]), str(row["code"])) for row in case.evidence]
    absence: dict[str, Any] = {
        "first_day": case.first.isoformat(),
        "reached_on": case.reached.isoformat(),
        "school_days": len({day for day, _, _ in rows}),
        "sessions": [{"date": day, "session": session, "code": code} for day, session, code in sorted(rows)],
    }
    return absence if last_attended is None else absence | {"last_attended": last_attended.isoformat()}


def _session(value: object) -> str:
    return {0: "AM", 1: "PM"}.get(value, str(value)) if isinstance(value, int) else str(value)


def pick(row: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    known = {name: row.get(name) for name in names}
    return {name: _written(value) for name, value in known.items() if not _is_missing(value)}


def _with_address(pupil: dict[str, Any], contacts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    if "address" in pupil:
        return pupil
    at_home = [contact for contact in contacts if contact.get("lives_with")]
    for contact in [*at_home, *contacts[:1]]:
        if not _is_missing(contact.get("address")):
            own = {name: value for name, value in pupil.items() if name != "postcode"}
            return own | pick(contact, ("address", "postcode"))
    return pupil


def _priority(contact: Mapping[str, Any]) -> tuple[int, str]:
    priority = contact.get("priority")
    return (_LAST_PRIORITY if priority is None else int(priority), str(contact.get("name") or ""))


def _written(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value.strip() if isinstance(value, str) else value


def _is_missing(value: Any) -> bool:
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, Mapping | list) and not value)


def _has(value: Any, parts: Sequence[str]) -> bool:
    if isinstance(value, list):
        return bool(value) and all(_has(item, parts) for item in value)
    if not parts:
        return not _is_missing(value)
    return isinstance(value, Mapping) and _has(value.get(parts[0]), parts[1:])


def check_value(path: str, value: str) -> None:
    """Raises ValueError for a value that the field may not have; it names the field and not the value."""
    if path == "pupil.sex" and value not in _SEXES:
        raise ValueError("pupil.sex is F or M: nothing was filled")


def _step(place: Any, part: str, path: str, list_follows: bool) -> Any:
    if isinstance(place, dict):
        return place.setdefault(part, [] if list_follows else {})
    number = int(part)
    if number > len(place):
        raise ValueError(f"there is no parent {number} to fill in {path!r}: the next is {len(place)}")
    if number == len(place):
        place.append({})
    return place[number]


def _in_order(path: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in path.split(".")]


def _copy(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _copy(item) for name, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list | tuple) else value
