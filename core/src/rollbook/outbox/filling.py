"""What a person may supply where the source says nothing, and in which form; and what a content lacks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, Final

from rollbook.outbox.content import CONTACT, NAMED, PARENT, PUPIL, SEXES, is_missing
from rollbook.tables.words import GROUNDS


@dataclass(frozen=True)
class Form:
    """What a field may be. choices: word and meaning; empty for any other form. says: the form, after "is". longest:
    how many characters the open feed takes, which takes no control characters (line ends and tabs excepted) either.
    """

    says: str = ""
    pattern: str = ".*"
    choices: Mapping[str, str] | None = None
    least: int | None = None
    most: int | None = None
    day: bool = False
    longest: int = 200

    def read(self, path: str, given: str) -> Any:
        """`given` as JSON has it. Raises ValueError; it names the field and not the value."""
        value = given.strip()
        if self.choices is not None and value not in self.choices:
            raise ValueError(f"{path} is {' or '.join(self.choices)}: nothing was filled")
        if not re.fullmatch(self.pattern, value, re.DOTALL) or (self.day and not _is_day(value)):
            raise ValueError(f"{path} is {self.says}: nothing was filled")
        if len(value) > self.longest or any(unicodedata.category(c) in _CONTROLS and c not in "\r\n\t" for c in value):
            raise ValueError(f"{path} is {self.says}: nothing was filled")
        if self.least is None or self.most is None:
            return value
        if not self.least <= int(value) <= self.most:
            raise ValueError(f"{path} is {self.says}: nothing was filled")
        return int(value)


def whole(least: int, most: int) -> Form:
    """A whole number."""
    return Form(f"a whole number from {least} to {most}", "[0-9]{1,9}", least=least, most=most)


def text(longest: int = 200) -> Form:
    """A text."""
    return Form(f"a text of at most {longest} characters, none of them a control character", ".+", longest=longest)


_CONTROLS: Final = ("Cc", "Cs")
UPN: Final = Form("a UPN, as A801200000001", "[A-HJ-NP-RT-Z][0-9]{11}[0-9A-HJ-NP-RT-Z]")
STORY: Final = text(2000)
DAY: Final = Form("a day, as 2026-09-01", day=True)
_FORMS: Final = {
    "pupil.sex": Form(choices=dict(zip(SEXES, ("female", "male"), strict=True))),
    "pupil.dob": DAY,
    "pupil.upn": UPN,
    "pupil.former_upn": UPN,
    "pupil.home_la": Form("an authority's number of 3 digits", "[0-9]{3}"),
}
_LONGEST: Final = {"address": 500, "email": 254, "relationship": 100, "telephone": 100, "postcode": 20}
_NOT_TEXT: Final = frozenset({"year_group", "lives_with"})
PLACES: Final = {
    "school": "another school: fill deletion.goes_to.school.name too",
    "home": "educated otherwise than at school",
    "abroad": "abroad",
    "other": "known, and none of these",
    "unknown": "not known",
}


def _texts(place: str, names: Iterable[str]) -> dict[str, Form]:
    texts = {f"{place}.{name}": text(_LONGEST.get(name, 200)) for name in names if name not in _NOT_TEXT}
    return {path: _FORMS.get(path, form) for path, form in texts.items()}


def school(place: str) -> dict[str, Form]:
    """The fields of another school."""
    laestab = Form("a LAESTAB, as 801/2000", "[0-9]{3}/?[0-9]{4}")
    numbers = {f"{place}.urn": whole(100_000, 999_999), f"{place}.laestab": laestab}
    return _texts(place, ("name", "address")) | numbers


CAUSE: Final = {"cause": STORY}
BY_NAME: Final = _texts("contact", CONTACT) | _texts("pupil", NAMED)
"""Of a content that gives no address. Of any other, `WHOLE`; `N` counts parents from 0."""
OF_LEAVER: Final = _texts("pupil", ("upn", "former_upn", "surname", "forename", "dob", "sex"))
WHOLE: Final = _texts("contact", CONTACT) | _texts("pupil", PUPIL) | _texts("parents.N", PARENT)
ABSENCE: Final = WHOLE | CAUSE | {"absence.last_attended": DAY}
SICKNESS: Final = WHOLE | {"sickness.expected_days": whole(15, 200), "sickness.last_attended": DAY}
ENTRY: Final = WHOLE | school("entry.previous_school")
DELETION: Final = (
    WHOLE
    | {"deletion.ground": Form(choices=GROUNDS), "deletion.goes_to.place": Form(choices=PLACES)}
    | school("deletion.goes_to.school")
    | {"deletion.goes_to.starts_on": DAY, "deletion.new_address.first_day": DAY}
    | _texts("deletion.new_address", ("address", "postcode", "parent"))
)
MISSING: Final = WHOLE | {"missing.last_attended": DAY, "missing.circumstances": STORY}
REFERRAL: Final = WHOLE | CAUSE | {"referral.support_given": STORY}
PENALTY: Final = (
    WHOLE | CAUSE | {"parents_missing": text(500), "declaration.date": DAY} | _texts("declaration", ("name", "role"))
)
FILLABLE: Final = ABSENCE | SICKNESS | ENTRY | DELETION | MISSING | REFERRAL | PENALTY
"""Every field that a person may supply in some message."""


def fill(content: Mapping[str, Any], fills: Mapping[str, str], fields: Mapping[str, Form] = FILLABLE) -> dict[str, Any]:
    """`content` with what a person supplied where it has nothing; what the source says goes first.

    Raises ValueError for a path that is not in `fields`, or a value in another form; it names the path and not the
    value.
    """
    filled: dict[str, Any] = _copy(content)
    for path in sorted(fills, key=_in_order):
        value = form_of(path, fields).read(path, fills[path])
        parts = path.split(".")
        place: Any = filled
        for part, after in pairwise(parts):
            place = _step(place, part, path, after.isdecimal())
        if is_missing(place.get(parts[-1])):
            place[parts[-1]] = value
    return filled


def fitting(fills: Mapping[str, str], fields: Mapping[str, Form]) -> dict[str, str]:
    """Those of `fills` that a message with these fields can have: an earlier edition may have taken others."""
    found = {}
    for path, value in fills.items():
        try:
            form_of(path, fields).read(path, value)
        except ValueError:
            continue
        found[path] = value
    return found


def form_of(path: str, fields: Mapping[str, Form] = FILLABLE) -> Form:
    """The form of the field at this dotted path. Raises ValueError unless a person may supply it."""
    found = fields.get(re.sub(r"\.[0-9]{1,2}\.", ".N.", path))
    if found is not None:
        return found
    if path.startswith("school."):
        raise ValueError(f"there is no field {path!r} to fill for one case. {given_by(path)}")
    raise ValueError(f"there is no field {path!r} to fill: it is one of {', '.join(fields)}")


def given_by(path: str) -> str:
    """What a person does about a field that a message lacks, as a sentence without its end."""
    place, _, name = path.partition(".")
    if path == UNRESOLVED:
        return "Settle every N mark in the MIS (a request rests on no reason that is not yet established), and sync"
    if place == "school":
        return f"Set `{name}` of the school in the configuration; the next sync, or the yes, finds it there"
    if path in FILLABLE or place in ("parents", "declaration"):
        return "Fill it first (`cases fill`)"
    return f"Enter {path} in the MIS, and sync"


UNRESOLVED: Final = "absence.sessions.reason"
"""What a request for a penalty notice lacks while a session of it is N."""


def lacking(content: Mapping[str, Any], required: Iterable[str]) -> tuple[str, ...]:
    """Which of the required dotted paths have nothing in them, sorted. A path into a list asks it of every item."""
    return tuple(sorted(path for path in set(required) if not _has(content, path.split("."))))


def found_at(content: Mapping[str, Any], paths: Iterable[str]) -> dict[str, Any]:
    """What a content says at these dotted paths, without what it does not say."""
    said = {path: _at(content, path.split(".")) for path in paths}
    return {path: value for path, value in said.items() if value is not None}


def _at(value: Any, parts: list[str]) -> Any:
    if not parts:
        return value
    return _at(value.get(parts[0]), parts[1:]) if isinstance(value, Mapping) else None


def _has(value: Any, parts: list[str]) -> bool:
    if isinstance(value, list):
        return bool(value) and all(_has(item, parts) for item in value)
    if not parts:
        return not is_missing(value)
    return isinstance(value, Mapping) and _has(value.get(parts[0]), parts[1:])


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


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
