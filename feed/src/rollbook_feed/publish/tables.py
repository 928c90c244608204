"""The fields of a part as a table, and its rules beyond the form of fields, in words."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from marshmallow import Schema, fields

from rollbook_feed import fields as own
from rollbook_feed.message import ContentOf, PupilNumber
from rollbook_feed.parts import Contact, Named, OtherSchool, Parent, Pupil, Rule, School, Setting

SHARED: tuple[type[own.Part], ...] = (School, OtherSchool, Contact, Named, Pupil, Parent, Rule, Setting)
_LAST = ("law", "rule", "settings", "reason")  # what every content ends with
_HEAD = "| field | form | need | why | CTF |\n|---|---|---|---|---|\n"


def table(part: type[Schema]) -> str:
    """The table of a part's fields; a shared part in it is named, and has a table of its own."""
    return _HEAD + "".join(f"| {' | '.join(row)} |\n" for row in _rows(part(), ""))


def rules(part: type[Schema]) -> list[str]:
    """What holds beyond the form of fields: what the validators of the part, and of those in it, say of themselves."""
    return list(dict.fromkeys(_rules(part)))


def _rows(schema: Schema, before: str) -> Iterator[tuple[str, ...]]:
    for name, field in sorted(schema.fields.items(), key=lambda item: item[0] in _LAST):
        listed = isinstance(field, fields.List)
        inner: Any = field.inner if isinstance(field, fields.List) else field
        path = before + name + ("[]" if listed else "")
        meta = field.metadata
        ctf = f"`{meta['ctf']}`" if "ctf" in meta else ""
        yield f"`{path}`", form_in_words(field), meta["need"], meta["why"], ctf
        if isinstance(inner, fields.Nested) and type(inner.schema) not in SHARED:
            yield from _rows(inner.schema, f"{path}.")


def form_in_words(field: fields.Field[Any]) -> str:
    """What a value of the field looks like."""
    match field:
        case own.Some():
            return f"{field.least} to {field.most} of: {form_in_words(field.inner)}"
        case fields.Nested():
            name = type(field.schema).__name__
            return f"[{name}](#{name.lower()})" if type(field.schema) in SHARED else "object"
        case own.Choice():
            return ", ".join(f"`{word}`" for word in field.choices)
        case own.Pattern():
            return field.words
        case own.Text():
            return f"text, up to {field.longest}"
        case own.Whole() | own.Halves():
            kind = "whole number" if isinstance(field, own.Whole) else "days, in steps of a half (`7.5`)"
            return f"{kind}, {field.lowest:g} to {_number(field.highest)}"
    names: dict[type, str] = {
        own.Day: "day",
        own.Moment: "moment",
        own.Truth: "`true` or `false`",
        PupilNumber: "digits, as text",
    }
    names |= {own.Plain: "text, number, `true`, `false`, null, or a list of up to 100", ContentOf: "object"}
    return names[type(field)]


def _number(value: float) -> str:
    return str(int(value))


def _rules(part: type[Schema]) -> Iterator[str]:
    for name, value in inspect.getmembers(part, callable):
        if not name.startswith("_") and hasattr(value, "__marshmallow_hook__") and value.__doc__:
            yield " ".join(value.__doc__.split())
    for field in part().fields.values():
        inner: Any = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            yield from _rules(type(inner.schema))
