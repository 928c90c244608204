"""Answers in JSON, changed as vendors change them. A body that is no JSON stays as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

UNKNOWN = "xAnotherField"
_ID = re.compile(r"^(id|key|href|url|next|.*_id|.*Id)$")
_PLAIN = re.compile(r"^(\d*|https?:.*|/.+)$")


def half_of_the_longest_list(body: bytes) -> bytes:
    """The longest list of objects, or map of them by id, loses its second half; one of one, its only object."""

    def halved(said: Any) -> None:
        rows = _longest(said)
        places = list(rows) if isinstance(rows, dict) else list(range(len(rows)))
        for place in reversed(places[len(rows) // 2 :]):
            del rows[place]

    return _changed(body, halved)


def with_unknown_fields(body: bytes) -> bytes:
    """Every object has one field more, of a form of its own; a mere map of objects by id has none."""

    def widened(said: Any) -> None:
        for one in [one for one in _objects(said) if any(not isinstance(value, dict) for value in one.values())]:
            one[UNKNOWN] = {"new": [1, "two"]}

    return _changed(body, widened)


def without_field(body: bytes, field: str) -> bytes:
    """No object of the longest list has the field."""

    def cut(said: Any) -> None:
        for one in longest_list(said):
            one.pop(field, None)

    return _changed(body, cut)


def with_marked_texts(body: bytes, marker: str) -> bytes:
    """Every text ends with `marker`, but those that are ids, addresses and numbers: a message may well repeat these."""

    def marked(said: Any) -> None:
        for one in _objects(said):
            for name, value in one.items():
                if isinstance(value, str) and not (_ID.search(name) or _PLAIN.match(value)):
                    one[name] = f"{value} {marker}"

    return _changed(body, marked)


def fields_of(body: bytes) -> list[str]:
    """The fields of the objects of the longest list."""
    try:
        rows = longest_list(json.loads(body))
    except ValueError:
        return []
    return sorted({field for row in rows[:50] for field in row})


def longest_list(said: Any) -> list[dict[str, Any]]:
    """The objects of the longest list of them anywhere in it, or map of them by id; none where there is none."""
    found = _longest(said)
    return list(found.values()) if isinstance(found, dict) else found


def states(body: bytes, number: int) -> bool:
    """Whether the answer says that number, outside its longest list."""
    try:
        said = json.loads(body)
    except ValueError:
        return False
    _longest(said).clear()
    return any(type(value) is int and value == number for value in _values(said))


def _longest(said: Any) -> Any:
    found: Any = []
    for value in _values(said):
        if (_is_list(value) or _by_id(value)) and len(value) > len(found):
            found = value
    return found


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def _by_id(value: Any) -> bool:
    """Whether it is a map of objects, two at least, that have fields in common."""
    if not isinstance(value, dict) or len(value) < 2 or not all(isinstance(one, dict) for one in value.values()):
        return False
    return bool(set.intersection(*map(set, value.values())))


def _changed(body: bytes, change: Callable[[Any], None]) -> bytes:
    try:
        said = json.loads(body)
    except ValueError:
        return body
    change(said)
    return json.dumps(said).encode()


def _objects(said: Any) -> list[dict[str, Any]]:
    return [value for value in _values(said) if isinstance(value, dict)]


def _values(said: Any) -> list[Any]:
    """The value and all that is in it, however deep."""
    found, left = [], [said]
    while left:
        value = left.pop()
        found.append(value)
        if isinstance(value, dict):
            left.extend(value.values())
        elif isinstance(value, list):
            left.extend(value)
    return found
