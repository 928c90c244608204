"""Strict fields. marshmallow's own take "7" for 7, "yes" for true and "20261005" for a date: two ends would differ.

Every field carries what it means and why it is asked for; no message repeats a value.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypedDict, Unpack

from marshmallow import RAISE, Schema, ValidationError, fields

MESSAGES: dict[str, Any] = {
    "required": "required, and not there",
    "null": "null is not a value: leave out what is not known",
    "type": "not an object",
    "unknown": "the feed has no such field",
    "invalid": "not a list",
}
DAY = r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_TO_THE_SECOND = DAY + r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_DAY = re.compile(DAY)
MOMENT, INSTANT = _TO_THE_SECOND + "Z", _TO_THE_SECOND + r"(\.[0-9]{1,6})?Z"
_LINE_CONTROLS = frozenset("\r\n\t")


class Part(Schema):
    """Base of every object of the feed: an unknown field is a mistake, at every depth."""

    class Meta:
        unknown = RAISE

    error_messages = MESSAGES


class Need(TypedDict, total=False):
    """required: always there. when: the case in which it is (else it is optional). ctf: its name in CTF and CBDS."""

    required: bool
    when: str
    ctf: str


def about(why: str, need: Need) -> dict[str, str]:
    """What is said of a field beside its form: `need`, `why`, and `ctf` where it has a name there."""
    when = need.get("when", "")
    said = "required" if need.get("required") else f"conditional: {when}" if when else "optional"
    named = {"ctf": need["ctf"]} if "ctf" in need else {}
    return {"need": said, "why": why} | named


class Own(fields.Field[Any]):
    """Base of the strict fields. `need` says when it is to be there; `why`, what it is for."""

    default_error_messages = MESSAGES

    def __init__(self, why: str, **need: Unpack[Need]) -> None:
        super().__init__(required=need.get("required", False), metadata=about(why, need))


class Text(Own):
    """Text of 1 to `longest` characters, not blank, without control characters (line ends and tabs excepted)."""

    def __init__(self, why: str, *, longest: int = 200, **need: Unpack[Need]) -> None:
        super().__init__(why, **need)
        self.longest = longest

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError("not text")
        if not value.strip():
            raise ValidationError("empty: leave out what is not known")
        if len(value) > self.longest:
            raise ValidationError(f"longer than {self.longest} characters")
        if not value.isprintable() and any(
            unicodedata.category(c) in ("Cc", "Cs") and c not in _LINE_CONTROLS for c in value
        ):
            raise ValidationError("holds a control character")
        return value


class Pattern(Text):
    """Text of one form. `form` is a whole pattern; `words` says what it is in plain words."""

    def __init__(self, why: str, form: str, words: str, **need: Unpack[Need]) -> None:
        super().__init__(why, **need)
        self.form, self.words = re.compile(form), words

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not self.form.fullmatch(text):
            raise ValidationError(f"not {self.words}")
        return text


class Choice(Text):
    """One of a few words."""

    def __init__(self, why: str, choices: tuple[str, ...], **need: Unpack[Need]) -> None:
        super().__init__(why, **need)
        self.choices = choices

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if value not in self.choices or not isinstance(value, str):
            raise ValidationError("not one of " + ", ".join(self.choices))
        return value


class Pointer(Text):
    """A JSON pointer into what was sent; the empty text is all of it (RFC 6901)."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        return "" if value == "" else super()._deserialize(value, attr, data, **kwargs)


class Day(Own):
    """A day that exists, as `2026-10-05` and in no other form."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> date:
        if isinstance(value, str) and _DAY.fullmatch(value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                raise ValidationError("not a day that exists") from None
        raise ValidationError("not a day as 2026-10-05")


class Moment(Own):
    """A moment that exists, in UTC to the second, as `2026-10-05T08:31:00Z` and in no other form."""

    form = MOMENT

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> datetime:
        if isinstance(value, str) and re.fullmatch(self.form, value):
            try:
                return datetime.fromisoformat(value)
            except ValueError:
                raise ValidationError("not a moment that exists") from None
        raise ValidationError("not a moment as 2026-10-05T08:31:00Z")


class Instant(Moment):
    """A moment that may have parts of a second: as a receiver's own clock has it."""

    form = INSTANT


class Whole(Own):
    """A whole number within bounds; 10.0 is one, as JSON Schema has it, `true` and "10" are not."""

    def __init__(self, why: str, lowest: int, highest: int, **need: Unpack[Need]) -> None:
        super().__init__(why, **need)
        self.lowest, self.highest = lowest, highest

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        if isinstance(value, bool) or not whole:
            raise ValidationError("not a whole number")
        if not self.lowest <= value <= self.highest:
            raise ValidationError(f"not from {self.lowest} to {self.highest}")
        return int(value)


class Halves(Own):
    """A number of days in halves, for a session is half a day: 7, 7.5."""

    def __init__(self, why: str, lowest: float, highest: float, **need: Unpack[Need]) -> None:
        super().__init__(why, **need)
        self.lowest, self.highest = lowest, highest

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValidationError("not a number")
        if not self.lowest <= value <= self.highest:  # nor is NaN
            raise ValidationError(f"not from {self.lowest:g} to {self.highest:g}")
        if not float(value * 2).is_integer():
            raise ValidationError("not a number of halves")
        return float(value)


class Truth(Own):
    """`true` or `false`."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("not true or false")
        return value


class Plain(Own):
    """A setting's value: text, a number, true, false, a list of texts and numbers, or null where it is not set."""

    def __init__(self, why: str, **need: Unpack[Need]) -> None:
        super().__init__(why, **need)
        self.allow_none = True

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        items = value if isinstance(value, list) else [value]
        if len(items) > 100 or not all(isinstance(item, str | int | float) for item in items):
            raise ValidationError("not text, a number, true or false, or a short list of them")
        if any(isinstance(item, float) and not math.isfinite(item) for item in items):
            raise ValidationError("not a finite number")
        if any(isinstance(item, str) and len(item) > 500 for item in items):
            raise ValidationError("longer than 500 characters")
        return value


def one(part: type[Part], why: str, **need: Unpack[Need]) -> fields.Nested:
    """A field that is one object."""
    return fields.Nested(part, required=need.get("required", False), metadata=about(why, need), error_messages=MESSAGES)


class Some(fields.List[Any]):
    """A list of `least` to `most` objects or texts."""

    def __init__(self, item: fields.Field[Any], why: str, least: int, most: int, need: Need) -> None:
        self.least, self.most = least, most
        super().__init__(
            item,
            required=need.get("required", False),
            validate=self._count,
            metadata=about(why, need),
            error_messages=MESSAGES,
        )

    def _count(self, items: list[Any]) -> None:
        if not self.least <= len(items) <= self.most:
            raise ValidationError(f"not from {self.least} to {self.most} of them")


def many(item: type[Part] | Own, why: str, *, least: int = 0, most: int, **need: Unpack[Need]) -> Some:
    """A field that is a list of `least` to `most` objects or texts."""
    if isinstance(item, Own):
        item.metadata = {"why": item.metadata["why"]}  # one of many is neither required nor optional
        return Some(item, why, least, most, need)
    return Some(fields.Nested(item, error_messages=MESSAGES), why, least, most, need)


def once(rows: list[Any], name: str, words: str) -> None:
    """Raises ValidationError of the field `name` where two rows are the same."""
    if len(set(rows)) != len(rows):
        raise ValidationError(words, name)
