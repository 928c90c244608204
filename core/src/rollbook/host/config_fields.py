"""Fields of the configuration: strict, and with messages that say what was expected and show how it is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, TypeAlias

from marshmallow import ValidationError, fields

from rollbook.contract.settings import SECRET_KINDS

Days: TypeAlias = tuple[date, date]
HalfDay: TypeAlias = tuple[date, str]
_SPELL = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:\.\.([0-9]{4}-[0-9]{2}-[0-9]{2}))?")


def needed(what: str) -> dict[str, Any]:
    """Arguments of a field that must be there."""
    return {"required": True, "error_messages": {"required": f"is missing: {what}"}}


class Text(fields.Field[str]):
    """Text that is not blank, on one line; `problem` says what else may be wrong with it."""

    def __init__(self, problem: Callable[[str], str | None] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._problem = problem

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError(f'must be text in quotes, as {attr} = "..."')
        if not value.strip():
            raise ValidationError("is blank: fill it in")
        if len(value) > 300 or not value.isprintable():
            raise ValidationError("must be one line of text of at most 300 characters")
        return told(self._problem, value.strip())


class Number(Text):
    """An identifier made of digits, in quotes or not: `801` and `"801"` are the same."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        written = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        return super()._deserialize(written, attr, data, **kwargs)


class Whole(fields.Field[int]):
    """A whole number between two others, both included."""

    def __init__(self, least: int, most: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._least, self._most = least, most

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and self._least <= value <= self._most:
            return value
        raise ValidationError(f"must be a whole number from {self._least} to {self._most}, without quotes")


class Choice(fields.Field[str]):
    """One of a few words. `why` says what is behind there being no other."""

    def __init__(self, *words: str, why: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._words, self._why = words, why

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if value in self._words:
            return str(value)
        known = ", ".join(f'"{word}"' for word in self._words)
        must = f"must be one of {known}" if len(self._words) > 1 else f"must be {known}"
        raise ValidationError(f"{must}: {self._why}" if self._why else must)


class Day(fields.Field[date]):
    """A day, as a TOML date or in quotes."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> date:
        return days_of(value, "must be a day, as 2026-09-01", single=True)[0]


class Spells(fields.Field[tuple[Days, ...]]):
    """A list of spells `first..last`, and of single days where these are allowed."""

    def __init__(self, example: str, *, single: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._example, self._single = example, single

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> tuple[Days, ...]:
        wanted = f"must be a list, as {attr} = {self._example}"
        if not isinstance(value, list):
            raise ValidationError(wanted)
        return tuple(days_of(item, wanted, single=self._single) for item in value)


class HalfDays(fields.Field[tuple[HalfDay, ...]]):
    """A list of days, each with the session that is lost: `2026-12-18 PM`."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> tuple[HalfDay, ...]:
        wanted = f'must be a list of days with the session that is lost, as {attr} = ["2026-12-18 PM"]'
        if not isinstance(value, list):
            raise ValidationError(wanted)
        return tuple(_half_day(item, wanted) for item in value)


class DatabaseField(fields.Field[Any]):
    """The URL of a PostgreSQL database, or a reference to where it is kept. A password is never in it."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if isinstance(value, Mapping) and len(value) == 1:
            kind, place = next(iter(value.items()))
            if kind in SECRET_KINDS and isinstance(place, str) and place:
                return dict(value)
        if isinstance(value, str) and re.match(r"postgresql(\+psycopg)?://", value):
            if re.match(r"[^/]+//[^/@]*:[^/@]*@", value) or "password=" in value:
                raise ValidationError('holds a password: keep the whole URL elsewhere, as database = {env = "NAME"}')
            return value
        raise ValidationError('must be "postgresql://..." or a reference, as {env = "NAME"}; left out, it is SQLite')


def days_of(value: Any, wanted: str, *, single: bool) -> Days:
    """The spell that `value` says. Raises ValidationError(`wanted`)."""
    if isinstance(value, date) and not isinstance(value, datetime) and single:
        return value, value
    found = _SPELL.fullmatch(value) if isinstance(value, str) else None
    if not found or not (found[2] or single):
        raise ValidationError(wanted)
    try:
        first, last = date.fromisoformat(found[1]), date.fromisoformat(found[2] or found[1])
    except ValueError:
        raise ValidationError(f"{found[0]} has a day that does not exist") from None
    if last < first:
        raise ValidationError(f"{found[0]} ends before it begins")
    return first, last


def _half_day(value: Any, wanted: str) -> HalfDay:
    day, _, session = value.partition(" ") if isinstance(value, str) else ("", "", "")
    if session not in ("AM", "PM"):
        raise ValidationError(wanted)
    return days_of(day, wanted, single=True)[0], session


def told(problem: Callable[[str], str | None] | None, value: str) -> str:
    """`value`, unless `problem` finds something wrong with it. Raises ValidationError."""
    wrong = problem(value) if problem else None
    if wrong:
        raise ValidationError(wrong)
    return value
