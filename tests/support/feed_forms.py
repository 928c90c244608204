"""Looking through the forms of the feed, and changing a message at one place."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from marshmallow import Schema, fields

_PEOPLE = {"surname": "Quillfeather", "forename": "Zebulon", "upn": "B801200005001", "postcode": "ZZ99"}


def fields_of(part: type[Schema], before: str = "") -> Iterator[tuple[str, Any]]:
    """Every field of a part and of the parts in it, with its dotted path; a list's has `[]` behind it."""
    for name, field in part().fields.items():
        listed = isinstance(field, fields.List)
        path = before + name + ("[]" if listed else "")
        yield path, field
        inner: Any = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            yield from fields_of(type(inner.schema), f"{path}.")


def with_value(message: dict[str, Any], path: list[str], value: Any) -> dict[str, Any]:
    """The message with the field at `path` put to `value` (`...`: taken out)."""
    changed = copy.deepcopy(message)
    *way, last = path
    place: Any = changed
    for step in way:
        place = place[int(step) if isinstance(place, list) else step]
    if value is ...:
        del place[last]
    else:
        place[int(last) if isinstance(place, list) else last] = value
    return changed


def without(message: dict[str, Any], path: list[str]) -> dict[str, Any]:
    """The message without the field at `path`."""
    return with_value(message, path, ...)


def strangers(value: Any) -> list[str]:
    """The names, UPNs and postcodes in it that are not those of the made-up pupil."""
    if isinstance(value, list):
        return [found for item in value for found in strangers(item)]
    if not isinstance(value, dict):
        return []
    own = [str(said) for name, said in value.items() if not str(said).startswith(_PEOPLE.get(name, ""))]
    return own + [found for item in value.values() for found in strangers(item)]
