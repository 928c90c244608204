"""What a request asks for of an entity's records: conditions, order and a page, the same for both routes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rollbook_arbor.simulator.model import DATE, MODEL, comparable

OPERATORS = ("from", "to", "after", "before", "equals", "in")


class NotUnderstood(Exception):
    """A request that makes no sense: answered as such."""


@dataclass(frozen=True)
class Condition:
    """`property` `operator` one of `values`; each a text as a filter compares it, or None for NULL."""

    property: str
    operator: str
    values: tuple[str | None, ...]

    def holds(self, record: Mapping[str, Any]) -> bool:
        """Whether a record is one of those asked for. What has no value is only found by asking for none."""
        value = comparable(record.get(self.property))
        asked = self.values[0] if self.values else None
        if self.operator in ("equals", "in"):
            return value in self.values
        if value is None or asked is None:
            return False
        return bool(
            {"from": value >= asked, "to": value <= asked, "after": value > asked, "before": value < asked}[
                self.operator
            ]
        )


@dataclass(frozen=True)
class Request:
    """`offset`: records before the page. `size`: most that it holds. `order`: a property, else as they were made."""

    entity: str
    conditions: tuple[Condition, ...] = ()
    offset: int = 0
    size: int = 3000
    order: str = ""
    enrolled: bool = False  # GraphQL's `currentlyEnrolled`


def condition(entity: str, name: str, operator: str, values: list[Any]) -> Condition:
    """Raises NotUnderstood where the property, the operator or a day is none."""
    kind = MODEL[entity].get(name)
    if kind is None or operator not in OPERATORS:
        raise NotUnderstood(f"there is no filter {name}.{operator}")
    return Condition(name, operator, tuple(_asked(value, kind) for value in values))


def _asked(value: Any, kind: str) -> str | None:
    if value is None or value == "NULL":
        return None
    if kind == DATE:
        return str(moment(str(value)))
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value).rstrip("/").rpartition("/")[2]


def moment(text: str) -> datetime:
    """A day or a moment, as the school's clock shows it."""
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=None)
    except ValueError:
        raise NotUnderstood("a day in a filter is no day") from None
