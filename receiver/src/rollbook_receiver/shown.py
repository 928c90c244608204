"""A content as a page shows it: sections of facts, lists and tables, in the order and words of the feed's own forms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema, fields

from rollbook_feed.fields import Choice, Day
from rollbook_feed.from_school import CONTENTS
from rollbook_receiver import moments, words

_SESSION = {"date", "session", "code"}
_LAST = ("school", "contact")
_RESTS_ON = ("law", "rule", "settings")
_APART = {*_LAST, *_RESTS_ON, "pupil", "reason"}


@dataclass(frozen=True)
class Table:
    """A table; the first cell of a row names it."""

    caption: str
    columns: list[str]
    rows: list[list[str]]


@dataclass
class Section:
    """What is under one heading."""

    title: str
    facts: list[tuple[str, str]] = field(default_factory=list)
    lists: list[tuple[str, list[str]]] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    inner: list[Section] = field(default_factory=list)


def sections(kind: str, content: Mapping[str, Any]) -> list[Section]:
    """The sections of the content of a `send` or `amend` that has no problems."""
    form = CONTENTS[kind]()
    own = _section(form, {name: said for name, said in content.items() if name not in _APART}, "", "Also told")
    first = [_named(form, content, "pupil")]
    last = [_named(form, content, name) for name in _LAST if name in content]
    beside = [own] if own.facts or own.lists or own.tables else []
    return [*first, *own.inner, *_alone(beside), *last, _rests_on(content)]


def codes(content: Any) -> list[tuple[str, str]]:
    """The national codes that occur in a content, with their words."""
    return [(code, words.CODES[code]) for code in sorted(set(_codes(content))) if code in words.CODES]


def _alone(beside: list[Section]) -> list[Section]:
    for section in beside:
        section.inner = []
    return beside


def _named(form: Schema, content: Mapping[str, Any], name: str) -> Section:
    return _section(_nested(form.fields[name]), content[name], name, words.label(name))


def _section(form: Schema, content: Mapping[str, Any], inside: str, title: str) -> Section:
    made = Section(title)
    for name, declared in form.fields.items():
        if name not in content:
            continue
        said, label = content[name], words.label(name, inside)
        if isinstance(declared, fields.Nested):
            made.inner.append(_section(declared.schema, said, name, label))
        elif not isinstance(declared, fields.List):
            made.facts.append((label, _text(declared, said)))
        elif isinstance(declared.inner, fields.Nested):
            made.tables += _tables(declared.inner.schema, said, name, label)
        else:
            made.lists.append((label, [_text(declared.inner, item) for item in said]))
    return made


def _tables(form: Schema, rows: list[Mapping[str, Any]], inside: str, caption: str) -> list[Table]:
    """None for an empty list; days for sessions, else a column for each field that any row has."""
    if not rows:
        return []
    if set(form.fields) == _SESSION:
        return [Table(f"{caption}, by national code", ["Day", "Morning", "Afternoon"], _days(rows))]
    told = [name for name in form.fields if any(name in row for row in rows)]
    cells = [[_text(form.fields[name], row[name]) if name in row else "not told" for name in told] for row in rows]
    return [Table(caption, [words.label(name, inside) for name in told], cells)]


def _days(rows: list[Mapping[str, Any]]) -> list[list[str]]:
    days: dict[str, dict[str, str]] = {}
    for row in rows:
        days.setdefault(row["date"], {})[row["session"]] = row["code"]
    none = "not counted"
    return [[moments.spoken_day(day), half.get("AM", none), half.get("PM", none)] for day, half in sorted(days.items())]


def _text(declared: fields.Field[Any], said: Any) -> str:
    if isinstance(said, bool):
        return "yes" if said else "no"
    if isinstance(declared, Day):
        return moments.spoken_day(said)
    if isinstance(declared, Choice):
        return words.chosen(said)
    return ", ".join(str(item) for item in said) if isinstance(said, list) else str(said)


def _rests_on(content: Mapping[str, Any]) -> Section:
    rule = content["rule"]
    made = Section("What it rests on", [("Rule", f"{rule['id']}, version {rule['version']}")])
    made.lists.append(("Law and guidance", list(content["law"])))
    for setting in content["settings"]:
        value = "not set" if setting["value"] is None else _plain(setting["value"])
        made.facts.append((setting["name"].replace("_", " ").capitalize(), f"{value} (set by {setting['set_by']})"))
    return made


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_plain(item) for item in value) or "none"
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _nested(declared: fields.Field[Any]) -> Schema:
    if not isinstance(declared, fields.Nested):
        raise TypeError("not a part of the feed")
    return declared.schema


def _codes(content: Any) -> Iterator[str]:
    if isinstance(content, Mapping):
        if set(content) == _SESSION:
            yield content["code"]
        for inner in content.values():
            yield from _codes(inner)
    elif isinstance(content, list):
        for inner in content:
            yield from _codes(inner)
