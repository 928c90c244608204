"""How Arbor writes values: dates as objects or text, references as ids or addresses, and the word NULL for none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields

_NONE = ("", "NULL", "null")
_MOST = 127
_KINDS = {"people": "Person", "persons": "Person", "students": "Student", "guardians": "Guardian"}


def plain(value: Any) -> Any:
    """`value`, or None where Arbor wrote that there is none."""
    return None if isinstance(value, str) and value.strip() in _NONE else value


def reference(value: Any) -> str | None:
    """The id of what is referred to: `{"id": "341"}`, `{"href": "/rest-v2/students/341"}`, an address, or an id."""
    if isinstance(value, Mapping):
        value = value.get("id") or value.get("href")
    value = plain(value)
    if value is None or isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value).rstrip("/").rpartition("/")[2] or None


def whole(value: Any) -> int | None:
    """A whole number that is not negative, as number or text; None for anything else."""
    text = str(value).strip()
    return int(text) if text.isascii() and text.isdecimal() else None


def day(value: Any) -> str | None:
    """The day of `{"entityType": "date", "date": "2026-11-02 00:00:00"}` or of text, as ISO text; None where there is
    none. A zone is dropped: Arbor writes what the school's clock shows.
    """
    if isinstance(value, Mapping):
        value = value.get("date")
    value = plain(value)
    return value[:10] if isinstance(value, str) else None


class Record(Schema):
    """An object of Arbor's. What is not listed is ignored: Arbor adds fields as it likes."""

    class Meta:
        unknown = EXCLUDE


class Text(fields.Field[str]):
    """Text, trimmed; None for none. A number is taken as its digits."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        value = plain(value)
        if value is None:
            return None
        if isinstance(value, Mapping | list | bool):
            raise ValidationError("is no text")
        return str(value).strip()


class Ref(fields.Field[str]):
    """The id of another object; None for none."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        found = reference(value)
        if found is None and plain(value) is not None and value != {}:
            raise ValidationError("refers to nothing")
        return found


class Day(fields.Field[date]):
    """A day, in either form; None for none."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        found = day(value)
        if found is None:
            if plain(value) is None:
                return None
            raise ValidationError("is no day")
        try:
            return date.fromisoformat(found)
        except ValueError:
            raise ValidationError("is no day") from None


class YesNo(fields.Field[bool]):
    """Yes or no, as true, 1, "1" or "true"; None for none."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        value = plain(value)
        if value is None:
            return None
        said = str(value).lower()
        if said not in ("true", "1", "false", "0"):
            raise ValidationError("is neither yes nor no")
        return said in ("true", "1")


class Moment(fields.Field[datetime]):
    """A moment on the school's clock, in either form; None for none."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        text = plain(value.get("date") if isinstance(value, Mapping) else value)
        if text is None:
            return None
        try:
            return datetime.fromisoformat(text).replace(tzinfo=None)
        except (TypeError, ValueError):
            raise ValidationError("is no moment") from None


class Number(fields.Field[int]):
    """A small whole number, as number or text; None for none."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        said = plain(value)
        if said is None:
            return None
        found = whole(said)
        if found is None or found > _MOST:
            raise ValidationError("is no small whole number")
        return found


def owner(value: Any) -> tuple[str, str] | None:
    """Kind and id of somebody of any kind: `("Person", "12")`. The kind is stated, or is that of the address; an id
    alone says nothing, for a person and a guardian may bear the same number. The id is empty where it is not given.
    """
    if not isinstance(value, Mapping):
        value = {"href": value} if isinstance(value, str) else {}
    kind = plain(value.get("__typename")) or plain(value.get("entityType")) or _kind_of(plain(value.get("href")))
    return (str(kind), reference(value) or "") if kind else None


def _kind_of(address: Any) -> str | None:
    parts = address.rstrip("/").split("/") if isinstance(address, str) else []
    return _KINDS.get(parts[-2], parts[-2]) if len(parts) > 1 else None


class Owner(fields.Field[tuple[str, str]]):
    """Somebody of any kind, as `owner` gives them; None for none."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        found = owner(value)
        if found is None and plain(value) is not None and value != {}:
            raise ValidationError("does not say of what kind it is")
        return found
