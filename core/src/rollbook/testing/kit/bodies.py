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
    """The longest list of objects loses its second half; a list of one, its only object."""

    def halved(said: Any) -> None:
        rows = longest_list(said)
        del rows[len(rows) // 2 :]

    return _changed(body, halved)


def with_unknown_fields(body: bytes) -> bytes:
    """Every object has one field more, of a form of its own."""

    def widened(said: Any) -> None:
        for one in _objects(said):
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
    """The longest list of objects anywhere in it; an empty one where there is none."""
    found: list[dict[str, Any]] = []
    for value in _values(said):
        if isinstance(value, list) and len(value) > len(found) and all(isinstance(one, dict) for one in value):
            found = value
    return found


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
