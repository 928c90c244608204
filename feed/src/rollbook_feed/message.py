"""The message round the content: what it is about, which revision, and what it does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from marshmallow import ValidationError, fields

from rollbook_feed.attendance_return import AttendanceReturn
from rollbook_feed.fields import MESSAGES, Choice, Own, Part, Whole, one
from rollbook_feed.withdrawal import Withdrawal

FEED_VERSION = "1.0"
CONTENTS: Mapping[str, type[Part]] = {"attendance_return": AttendanceReturn}
KINDS = tuple(CONTENTS)
ACTIONS = ("send", "amend", "withdraw")
HIGHEST = 2**63 - 1
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
_FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


class PupilNumber(Own):
    """The sender's number of a pupil: digits as text, for it has up to 63 bits and a JSON number is safe to 53."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if isinstance(value, str) and _NUMBER.fullmatch(value) and int(value) <= HIGHEST:
            return int(value)
        raise ValidationError("not a number of up to 63 bits, as text of digits")


class Content(Own):
    """An object whose form depends on the kind and the action; `problems` looks into it."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if not isinstance(value, Mapping):
            raise ValidationError("not an object")
        return value


class Key(Part):
    """What a message is about, for ever: every revision has the same key."""

    kind = Choice("which form the content has", KINDS, required=True)
    school = Whole("the school's URN", 100_000, 999_999, required=True)
    pupil = PupilNumber("the sender's own number of the pupil", required=True)
    episode = Whole("counts the cases of this kind, school and pupil, from 1", 1, 1_000_000, required=True)


class Envelope(Part):
    """A message of the feed."""

    feed_version = Choice("the feed's version", (FEED_VERSION,), required=True)
    key = one(Key, "what the message is about", required=True)
    revision = Whole("1 and up; the highest counts", 1, 1_000_000, required=True)
    action = Choice("what the revision does", ACTIONS, required=True)
    content = Content("what is said", required=True)


def problems(envelope: Any) -> list[dict[str, str]]:
    """All that is wrong with a message, at once: `{"pointer": a JSON pointer, "problem": words}`, sorted.

    Empty when it is well formed. No value is repeated, nor a field name that the feed does not have the form of.
    """
    if not isinstance(envelope, Mapping):
        return [{"pointer": "", "problem": "not an object"}]
    errors: dict[Any, Any] = dict(_form(Envelope).validate(envelope))
    inside = _content_errors(envelope)
    if "key" not in errors and not _same_school(envelope):
        inside.setdefault("school", {"urn": ["not the school of the key"]})
    if inside:
        errors["content"] = inside
    found = [{"pointer": pointer, "problem": words} for pointer, words in _flat(errors, "")]
    return sorted(found, key=lambda row: (row["pointer"], row["problem"]))


def required_fields(kind: str) -> list[str]:
    """The dotted paths without which a `send` of `kind` is refused. Raises KeyError for an unknown kind."""
    return sorted(_required(CONTENTS[kind](), ""))


@cache
def _form(part: type[Part]) -> Part:
    """One instance a form: making it costs more than using it."""
    return part()


def _content_errors(envelope: Mapping[str, Any]) -> dict[Any, Any]:
    content, action, key = (envelope.get(name) for name in ("content", "action", "key"))
    kind = key.get("kind") if isinstance(key, Mapping) else None
    if not isinstance(content, Mapping) or action not in ACTIONS:
        return {}
    if action == "withdraw":
        return dict(_form(Withdrawal).validate(content))
    if not isinstance(kind, str) or kind not in CONTENTS:
        return {}
    errors = dict(_form(CONTENTS[kind]).validate(content))
    if action == "amend" and "reason" not in content:
        errors["reason"] = [MESSAGES["required"] + ": it says why the message is amended"]
    if action == "send" and "reason" in content:
        errors["reason"] = ["only with amend"]
    return errors


def _same_school(envelope: Mapping[str, Any]) -> bool:
    """Whether the content's school, where it names one, is the key's: else a sender could speak for another."""
    content = envelope.get("content")
    school = content.get("school") if isinstance(content, Mapping) else None
    return not isinstance(school, Mapping) or school.get("urn") == envelope["key"]["school"]


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


def _required(part: Any, before: str) -> Iterator[str]:
    for name, field in part.fields.items():
        if not field.required:
            continue
        if isinstance(field, fields.Nested):
            yield from _required(field.schema, f"{before}{name}.")
        else:
            yield before + name
