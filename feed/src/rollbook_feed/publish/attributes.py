"""The form of each strict field as JSON Schema says it, for apispec."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from rollbook_feed.fields import (
    DAY,
    Choice,
    Day,
    Halves,
    Moment,
    Pattern,
    Plain,
    Pointer,
    Some,
    Text,
    Truth,
    Whole,
)
from rollbook_feed.message import NUMBER, ContentOf, PupilNumber

_CONTROL = r"\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F"
_BLANK = r"\u0009\u000A\u000D\u0020\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000"
NOT_BLANK = f"^[^{_CONTROL}]*[^{_CONTROL}{_BLANK}][^{_CONTROL}]*$"
"""Text with something in it, and no control character but line ends and tabs: ECMA 262 and Python read it alike."""

_SIMPLE: dict[str, Any] = {"anyOf": [{"type": "string", "maxLength": 500}, {"type": "number"}, {"type": "boolean"}]}


def form_of(_converter: Any, field: fields.Field[Any], **_: Any) -> dict[str, Any]:
    """The form of one field. apispec calls it as a method of its converter."""
    match field:
        case Choice():
            return {"type": "string", "enum": list(field.choices)}
        case Pattern():
            return {"type": "string", "pattern": f"^({field.form.pattern})$"}
        case Pointer():
            return {"type": "string", "maxLength": field.longest}
        case Text():
            return {"type": "string", "minLength": 1, "maxLength": field.longest, "pattern": NOT_BLANK}
        case Day():
            return {"type": "string", "format": "date", "pattern": f"^{DAY}$"}
        case Moment():
            return {"type": "string", "format": "date-time", "pattern": f"^{field.form}$"}
        case Whole():
            return {"type": "integer", "minimum": field.lowest, "maximum": field.highest}
        case Halves():
            return {"type": "number", "minimum": field.lowest, "maximum": field.highest, "multipleOf": 0.5}
        case Truth():
            return {"type": "boolean"}
        case PupilNumber():
            return {"type": "string", "pattern": f"^{NUMBER}$"}
        case Plain():
            return {
                "anyOf": [*_SIMPLE["anyOf"], {"type": "null"}, {"type": "array", "maxItems": 100, "items": _SIMPLE}]
            }
        case ContentOf():
            return {"type": "object"}
        case Some():
            return {"minItems": field.least, "maxItems": field.most}
    return {}


def said_of(_converter: Any, field: fields.Field[Any], **_: Any) -> dict[str, Any]:
    """What the field is for, when it is to be there, and its name in the Common Transfer File."""
    names = {"why": "description", "need": "x-need", "ctf": "x-ctf"}
    return {said: field.metadata[name] for name, said in names.items() if name in field.metadata}


def name_of(schema: type[Schema] | Schema | str) -> str:
    """A part's name among the others: its class's."""
    made = schema if isinstance(schema, type) else type(schema)
    return made.__name__
