"""A message without a form of the authority's: who gets it, and all that it says, in the order of the feed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from marshmallow import fields

from rollbook_feed.from_school import CONTENTS
from rollbook_feed.quick import form
from rollbook_la_portal.files.filled import Block, Cell, lines_of
from rollbook_la_portal.files.wording import ground, named, said

_FRONT: Final = ("school", "contact")
_GROUNDED: Final = ("law", "rule", "settings")  # what it rests on, at the end
_GROUND: Final = "ground"
_IN_A_FRAME: Final = "reason"  # of an amendment or a withdrawal: the page says it at its head
_LEFT_TO_SCHOOL: Final[Mapping[str, Mapping[str, Sequence[str]]]] = {
    "penalty_notice_request": {"notices": ("parent", "issued", "outcome")}
}
"""Lists of which it matters that the school says whether there is nothing: for each, the fields of one."""


def recipient(kind: str, content: Mapping[str, Any]) -> str:
    """Which authority gets it, and why, as far as the content says so; empty where it says nothing."""
    own = (content.get("school") or {}).get("la")
    home = (content.get("pupil") or {}).get("home_la")
    if kind.startswith("worker_notice"):
        carer = (content.get("notice") or {}).get("looked_after_by")
        return f"Local authority {carer}, which looks after the child" if carer else "The workers' local authority"
    if not own:
        return ""
    if kind == "missing_pupil_report" and home:
        return f"Local authority {own} (the school's own) or {home} (where the child lives): each has a form of its own"
    return f"Local authority {own} (the school's own)"


def everything(kind: str, content: Mapping[str, Any]) -> Iterator[Block]:
    """All that a content says: the school at the head, what it rests on at the end."""
    there = in_order(kind, content)
    for name, labels in _LEFT_TO_SCHOOL.get(kind, {}).items():
        if not there.get(name):
            there[name] = [dict.fromkeys(labels)]
    alone: dict[str, Any] = {}
    for name, value in there.items():
        if name in _GROUNDED or name == _IN_A_FRAME:
            continue
        if isinstance(value, Mapping):
            yield Block(named(name), (_cells(value, part=name),))
        elif isinstance(value, list | tuple) and value and isinstance(value[0], Mapping):
            yield _listed(name, value)
        else:
            alone[name] = value
    if alone:
        yield Block("Also said", (_cells(alone),))
    rests = tuple(_rests_on(there))
    if rests:
        yield Block("What it rests on", (rests,))


def in_order(kind: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """The same content with its fields as the feed has them, the school first; what the feed does not know, last."""
    part = form(CONTENTS[kind])
    whole: dict[str, Any] = _in_order(part, content)
    return {name: whole[name] for name in (*_FRONT, *whole) if name in whole}


def _in_order(part: Any, value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_in_order(part, one) for one in value]
    if not isinstance(value, Mapping) or part is None:
        return value
    names = dict.fromkeys([*(name for name in part.fields if name in value), *value])
    return {name: _in_order(_within(part.fields.get(name)), value[name]) for name in names}


def _within(field: Any) -> Any:
    """The form of the objects in a field; None where it holds none."""
    inner = field.inner if isinstance(field, fields.List) else field
    return inner.schema if isinstance(inner, fields.Nested) else None


def _listed(name: str, items: Sequence[Mapping[str, Any]]) -> Block:
    """A line for each. One of which nothing is known is the school's to fill."""
    labels = list(dict.fromkeys(key for item in items for key in item))
    rows = (
        tuple(Cell(named(key), lines_of(item.get(key)), by_hand=not any(item.values())) for key in labels)
        for item in items
    )
    return Block(named(name), tuple(rows), True)


def _rests_on(content: Mapping[str, Any]) -> Iterator[Cell]:
    if content.get("law"):
        yield Cell("Law", lines_of(content["law"]))
    if content.get("rule"):
        rule = content["rule"]
        yield Cell("Found by", (f"Rollbook's rule “{said(str(rule.get('id')))}”, edition {rule.get('version')}",))
    if content.get("settings"):
        yield Cell("Settings of the rule", tuple(_setting(one) for one in content["settings"]))


def _setting(one: Mapping[str, Any]) -> str:
    value = ", ".join(lines_of(one.get("value")))
    return f"{said(str(one.get('name')))}: {value} ({said(str(one.get('set_by')))})"


def _cells(values: Mapping[str, Any], before: str = "", part: str = "") -> tuple[Cell, ...]:
    found: list[Cell] = []
    for name, value in values.items():
        place = f"{before}{name}"
        if isinstance(value, Mapping):
            found += _cells(value, f"{place}.")
        else:
            found.append(Cell(named(place, part), lines_of(ground(str(value)) if name == _GROUND else value)))
    return tuple(found)
