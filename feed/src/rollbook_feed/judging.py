"""What is wrong with an object, as a flat list that repeats no value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import fields

from rollbook_feed.fields import MESSAGES, Part
from rollbook_feed.quick import form, well_formed

ACTIONS = ("send", "amend", "withdraw")
_FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


def errors_of(part: type[Part], said: Any) -> dict[Any, Any]:
    """marshmallow's errors of an object; empty where it is in the form of `part`."""
    return {} if well_formed(part, said) else dict(form(part).validate(said))


def listed(errors: Mapping[Any, Any]) -> list[dict[str, str]]:
    """`{"pointer": a JSON pointer, "problem": words}` of each of marshmallow's errors, sorted.

    A field name that the feed does not have the form of is not repeated: it could be a person's.
    """
    found = [{"pointer": pointer, "problem": words} for pointer, words in _flat(errors, "")]
    return sorted(found, key=lambda row: (row["pointer"], row["problem"]))


def of_content(content: Any, action: Any, part: type[Part] | None, withdrawal: type[Part]) -> dict[Any, Any]:
    """marshmallow's errors of a content under its action; part is that of its kind, None where there is none."""
    if not isinstance(content, Mapping) or action not in ACTIONS:
        return {}
    if action == "withdraw":
        return errors_of(withdrawal, content)
    if part is None:
        return {}
    errors = errors_of(part, content)
    if action == "amend" and "reason" not in content:
        errors["reason"] = [MESSAGES["required"] + ": it says why the message is amended"]
    if action == "send" and "reason" in content:
        errors["reason"] = ["only with amend"]
    return errors


def known(part: Any, value: Any) -> Any:
    """`value` without the fields that a form does not have, at every depth: what a later version added to it."""
    if isinstance(value, Mapping):
        return {name: known(_within(part.fields[name]), inner) for name, inner in value.items() if name in part.fields}
    return [known(part, inner) for inner in value] if isinstance(value, list) else value


def _within(field: Any) -> Any:
    """The form of the objects in a field; one without fields where it holds none."""
    inner = field.inner if isinstance(field, fields.List) else field
    return inner.schema if isinstance(inner, fields.Nested) else form(Part)


def required(part: Any, before: str = "") -> Iterator[str]:
    """The dotted paths without which `part` is refused; a list is one path."""
    for name, field in part.fields.items():
        if not field.required:
            continue
        if isinstance(field, fields.Nested):
            yield from required(field.schema, f"{before}{name}.")
        else:
            yield before + name


def _flat(errors: Any, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(errors, Mapping):
        for name, inner in errors.items():
            yield from _flat(inner, pointer if name == "_schema" else f"{pointer}/{_shown(name)}")
    else:
        for words in errors:
            yield pointer, str(words)


def _shown(name: Any) -> str:
    if isinstance(name, int) or _FIELD_NAME.fullmatch(str(name)):
        return str(name)
    return "(name not shown)"
