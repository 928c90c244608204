"""Where the objects of a made-up Arbor are written down."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from rollbook_arbor.simulator.model import MARKS, MODEL, Link, Record, is_reference


class Book:
    """Objects by entity and id, while a world is being made."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[str, Record]] = {entity: {} for entity in MODEL if entity != MARKS}

    def add(self, entity: str, key: str | int, **fields: Any) -> Link:
        """Write an object; what is not given is null. A reference is a Link, or the id where its type is known."""
        record: Record = dict.fromkeys(MODEL[entity])
        for name, value in fields.items():
            kind = MODEL[entity][name]
            plain_id = is_reference(kind) and value is not None and not isinstance(value, Link)
            record[name] = Link(kind, str(value)) if plain_id else value
        record["id"] = str(key)
        self.objects[entity][str(key)] = record
        return Link(entity, str(key))


def at(day: date, hour: int = 0, minute: int = 0) -> datetime:
    """A moment of that day, as the school's clock shows it."""
    return datetime.combine(day, time(hour, minute))
