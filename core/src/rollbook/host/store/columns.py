"""The kinds of column that the tables of the state are made of, the same on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Dialect, Index, Integer, MetaData, String, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows by itself in a column that is declared INTEGER, and in no other.
SERIAL: TypeEngine[int] = BigInteger().with_variant(Integer(), "sqlite")


class Moment(TypeDecorator[datetime]):
    """A moment: aware in Python, kept as UTC without a zone, so that both databases sort it alike."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Json(TypeDecorator[Any]):
    """A JSON value as text with sorted keys: the same value is always the same text, and so the same digest."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any | None, dialect: Dialect) -> str | None:
        return None if value is None else dumps(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


def dumps(value: Any) -> str:
    """JSON with sorted keys and no spaces; dates and moments as ISO text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_iso)


def _iso(value: Any) -> str:
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    raise TypeError(f"a {type(value).__name__} is not kept as JSON")


def number() -> Column[int]:
    """A row's own number, counted by the database."""
    return Column("id", SERIAL, primary_key=True, autoincrement=True)


def school() -> Column[int]:
    """A school, by its URN."""
    return Column("school", Integer, nullable=False)


def pupil(*, nullable: bool = False) -> Column[int]:
    """A pupil, by Rollbook's own number (fifteen digits)."""
    return Column("pupil", BigInteger, nullable=nullable)


def text(name: str, *, nullable: bool = True) -> Column[str]:
    """Text of any length."""
    return Column(name, String, nullable=nullable)


def moment(name: str, *, nullable: bool = False) -> Column[datetime]:
    """A moment, in UTC."""
    return Column(name, Moment, nullable=nullable)


def known() -> tuple[Column[datetime], Column[datetime]]:
    """Since when a row is known, and when another replaced it (null: it stands)."""
    return moment("known_from"), moment("known_to", nullable=True)


def standing(table: str) -> Index:
    """An index for the question asked most: what stands at a school."""
    return Index(f"ix_{table}_standing", "school", "known_to")
