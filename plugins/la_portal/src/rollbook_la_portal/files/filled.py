"""A form with a message in it: headings, labels and what stands beside them, for whatever writes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from rollbook_la_portal.files.template import Field, Form, Section
from rollbook_la_portal.files.wording import said


@dataclass(frozen=True)
class Cell:
    """What stands beside a label, in lines. Nothing in it, and `by_hand`: a person at the school fills it."""

    label: str
    lines: tuple[str, ...] = field(repr=False)
    by_hand: bool = False


@dataclass(frozen=True)
class Block:
    """The cells under a heading. `rows`: of a section with a line for each, else one row. repeated: which of both."""

    title: str
    rows: tuple[tuple[Cell, ...], ...]
    repeated: bool = False

    def gaps(self) -> str:
        """What a person fills, as `The child (UPN, Sex)`; empty where nothing is."""
        labels = dict.fromkeys(cell.label for row in self.rows for cell in row if cell.by_hand)
        return f"{self.title} ({', '.join(labels)})" if labels else ""


def blocks(form: Form, content: Mapping[str, Any]) -> tuple[Block, ...]:
    """The form's sections with what the message says of them."""
    return tuple(_block(section, content) for section in form.sections)


def at(content: Any, place: str) -> Any:
    """What stands at a dotted place; None where there is nothing."""
    for name in place.split("."):
        content = content.get(name) if isinstance(content, Mapping) else None
    return content


def lines_of(value: Any) -> tuple[str, ...]:
    """A value as a person reads it, in lines. Of a list of sessions there is a line a day."""
    if value is None or value == "":
        return ()
    if isinstance(value, bool):
        return ("yes" if value else "no",)
    if isinstance(value, Mapping):
        return (", ".join(" ".join(lines_of(inner)) for inner in value.values()),)
    if isinstance(value, list | tuple):
        return _sessions(value) if _are_sessions(value) else tuple(line for one in value for line in lines_of(one))
    return tuple(line.strip() for line in said(_day(str(value))).splitlines() if line.strip())


def _block(section: Section, content: Mapping[str, Any]) -> Block:
    if not section.each:
        return Block(section.title, (tuple(_cell(one, content) for one in section.fields),))
    there = at(content, section.each)
    items: Sequence[Any] = there if isinstance(there, list | tuple) and there else [{}]
    return Block(section.title, tuple(tuple(_cell(one, item) for one in section.fields) for item in items), True)


def _cell(one: Field, content: Any) -> Cell:
    lines = tuple(line for place in one.places for line in lines_of(at(content, place)))
    return Cell(one.label, lines, by_hand=not lines and not one.may_lack)


def _are_sessions(items: Sequence[Any]) -> bool:
    return bool(items) and all(isinstance(item, Mapping) and {"date", "session"} <= set(item) for item in items)


def _sessions(items: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    days: dict[str, list[str]] = {}
    for item in items:
        days.setdefault(str(item["date"]), []).append(f"{item['session']} {item.get('code', '')}".strip())
    return tuple(f"{_day(day)}: {', '.join(told)}" for day, told in days.items())


def _day(text: str) -> str:
    """A day as it is read in England; whatever is none stays as it is."""
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        day = None
    return text if day is None else f"{day.day} {day:%B %Y}"
