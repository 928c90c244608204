"""The message round the content: what it is about, which revision, and what it does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from rollbook_feed.fields import Choice, Own, Part, Whole, one
from rollbook_feed.from_school import CONTENTS, KINDS
from rollbook_feed.from_school.withdrawal import Withdrawal
from rollbook_feed.judging import ACTIONS, errors_of, listed, of_content, required
from rollbook_feed.quick import form

FEED_VERSION = "1.0"
HIGHEST = 2**63 - 1
NUMBER = r"(0|[1-9][0-9]{0,18})"


class PupilNumber(Own):
    """The sender's number of a pupil: digits as text, for it has up to 63 bits and a JSON number is safe to 53."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if isinstance(value, str) and re.fullmatch(NUMBER, value) and int(value) <= HIGHEST:
            return int(value)
        raise ValidationError("not a number of up to 63 bits, as text of digits")


class ContentOf(Own):
    """An object whose form depends on the kind and the action; `problems` looks into it."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if not isinstance(value, Mapping):
            raise ValidationError("not an object")
        return value


class Key(Part):
    """What a message is about, for ever: every revision has the same key."""

    kind = Choice("which form the content has", KINDS, required=True)
    school = Whole("the school's URN", 100_000, 999_999, required=True, ctf="URN")
    pupil = PupilNumber("the sender's own number of the pupil", required=True)
    episode = Whole("counts the cases of this kind, school and pupil, from 1", 1, 1_000_000, required=True)


class Envelope(Part):
    """A message of the feed."""

    feed_version = Choice("the feed's version", (FEED_VERSION,), required=True)
    key = one(Key, "what the message is about", required=True)
    revision = Whole("1 and up; the highest counts", 1, 1_000_000, required=True)
    action = Choice("what the revision does", ACTIONS, required=True)
    content = ContentOf("what is said", required=True)


def problems(envelope: Any) -> list[dict[str, str]]:
    """All that is wrong with a message, at once: `{"pointer": a JSON pointer, "problem": words}`, sorted.

    Empty when it is well formed. No value is repeated, nor a field name that the feed does not have the form of.
    """
    if not isinstance(envelope, Mapping):
        return [{"pointer": "", "problem": "not an object"}]
    errors = errors_of(Envelope, envelope)
    key = envelope.get("key")
    kind = key.get("kind") if isinstance(key, Mapping) else None
    part = CONTENTS.get(kind) if isinstance(kind, str) else None
    inside = of_content(envelope.get("content"), envelope.get("action"), part, Withdrawal)
    if "key" not in errors and not _same_school(envelope):
        inside.setdefault("school", {"urn": ["not the school of the key"]})
    if inside:
        errors["content"] = inside
    return listed(errors)


def required_fields(kind: str) -> list[str]:
    """The dotted paths without which a `send` of `kind` is refused. Raises KeyError for an unknown kind."""
    return sorted(required(form(CONTENTS[kind])))


def _same_school(envelope: Mapping[str, Any]) -> bool:
    """Whether the content's school, where it names one, is the key's: else a sender could speak for another."""
    content = envelope.get("content")
    school = content.get("school") if isinstance(content, Mapping) else None
    return not isinstance(school, Mapping) or school.get("urn") == envelope["key"]["school"]
