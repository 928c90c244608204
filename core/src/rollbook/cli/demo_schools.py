"""The schools of the demonstration: made up, given out by the source plugins' own simulators, and configured."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from rollbook.cli import demo_authorities, demo_terms
from rollbook.cli.exits import Stop

if TYPE_CHECKING:
    from rollbook.cli.demo_receiver import Receiver
    from rollbook.cli.progress import Progress
    from rollbook.host.config import Config
    from rollbook.testing.schools import MadeSchool

SEED = 2026


@dataclass(frozen=True)
class Way:
    """How a school's registers come: a source's name, and settings of its connection beside its simulator's own."""

    plugin: str
    settings: dict[str, Any] = field(default_factory=dict)


USUAL = Way("csv")
OTHER = {
    "primary": Way("sims"),
    "secondary": Way("arbor", {"flags": ["child_protection", "fsm", "looked_after", "sen"]}),
}
"""Kinds of school whose registers come in another way, where its plugin is installed."""


class Simulator(Protocol):
    """What a source's simulator is to the demonstration."""

    settings: dict[str, Any]

    def publish(self, evening: date) -> None:
        """Give out what the school's system holds at the end of that day."""

    def close(self) -> None:
        """End whatever runs."""


@dataclass(frozen=True)
class Drop:
    """A made-up school, what gives its registers out, and the way that they come. calendar: whether that way brings
    one. note: why the registers do not come by a better one.
    """

    school: MadeSchool
    simulator: Simulator
    way: Way
    calendar: bool = True
    note: str = ""

    def publish(self, evening: date) -> None:
        """As `Simulator.publish`."""
        self.simulator.publish(evening)


class NotInstalled(Exception):
    """A plugin, or what its simulator needs. Its text says what to install."""


@contextmanager
def running(place: Path, first: date, evenings: Sequence[date], progress: Progress) -> Iterator[list[Drop]]:
    """The three schools, each with a folder and a simulator; whatever runs is ended at the end.

    Raises Stop, saying what to install, when a part is missing.
    """
    make = _generator()
    progress("Three schools", "are made up", 0, None)
    with ExitStack() as ending:
        drops = []
        for school in make(SEED, first, evenings[-1]):
            way, part, note = _way(school.kind)
            folder = place / "exports" / str(school.urn)
            folder.mkdir(parents=True)
            drop = Drop(school, part.simulator(folder, school), way, part.calendar, note)
            ending.callback(drop.simulator.close)
            drops.append(drop)
        progress("Three schools", "done", 1, 1)
        yield drops


def _generator() -> Any:
    try:
        from rollbook.testing.schools import demo_schools
    except ModuleNotFoundError as missing:
        raise Stop(
            f"The demonstration makes schools up, and {missing.name} is not installed: pip install 'rollbook[testing]'"
        ) from None
    return demo_schools


@dataclass(frozen=True)
class _Part:
    """Of a source's plugin, the class that stands in for the vendor, and whether the source brings a calendar."""

    simulator: Any
    calendar: bool


def _way(kind: str) -> tuple[Way, _Part, str]:
    """How a school of that kind gives its registers out, what its plugin has for it, and what is missing, if the way is
    not the one that was meant. Raises Stop.
    """
    way, note = OTHER.get(kind, USUAL), ""
    if way is not USUAL:
        try:
            return way, _part(way.plugin), ""
        except NotInstalled as missing:
            note = f"{missing}. Until then its registers come by {USUAL.plugin}."
    try:
        return USUAL, _part(USUAL.plugin), note
    except NotInstalled as missing:
        raise Stop(f"{missing}.") from None


def _part(plugin: str) -> _Part:
    """What the demonstration needs of that plugin. Raises NotInstalled, and Stop where it names no simulator."""
    from rollbook.host import plugins

    record = plugins.load(plugin)
    install = f"pip install 'rollbook-{plugin}[simulator]'"
    if record.status == "missing":
        raise NotInstalled(f"The plugin {plugin} is not installed: {install}")
    source = record.source()
    named = source.simulator
    if named is None:
        raise Stop(f"The plugin {plugin} ({record.version}) names no simulator: upgrade it.")
    module, _, name = named.partition(":")
    try:
        return _Part(getattr(importlib.import_module(module), name), "sessions" in source.tables)
    except ModuleNotFoundError as missing:
        raise NotInstalled(f"The simulator of the plugin {plugin} needs {missing.name}: {install}") from None


def write_config(place: Path, drops: Sequence[Drop], receiver: Receiver) -> Config:
    """Write the demonstration's rollbook.toml, and read it as any other is read."""
    from rollbook.host import config

    path = place / "rollbook.toml"
    destinations = demo_authorities.destinations(place, receiver)
    path.write_text("\n".join(_lines(drops, destinations)) + "\n", encoding="utf-8")
    return config.load(path)


def _lines(drops: Sequence[Drop], destinations: Mapping[str, dict[str, Any]]) -> list[str]:
    contact = {"name": demo_authorities.OFFICER, "role": "attendance lead", "telephone": "01632 960001"}
    lines = ["# Written by `rollbook demo`: nobody in it is real.", "", "[installation]"]
    lines += _pairs({"name": "Demonstration Trust", "state": "state", "contact": contact})
    for drop in drops:
        lines += ["", f"[connections.{_connection(drop)}]"]
        lines += _pairs({"plugin": drop.way.plugin, **drop.simulator.settings, **drop.way.settings})
    for drop in drops:
        lines += ["", "[[schools]]", *_pairs(_school(drop))]
    for name, settings in destinations.items():
        lines += ["", f"[destinations.{name}]", *_pairs(settings)]
    return [*lines, "", "[returns]", *_pairs({"attendance_return": "automatic"})]


def _connection(drop: Drop) -> str:
    return f"school_{drop.school.urn}"


def _school(drop: Drop) -> dict[str, Any]:
    school = drop.school
    terms = {} if drop.calendar else demo_terms.settings(school)
    return {
        "urn": school.urn,
        "name": school.name,
        "la": school.la,
        "laestab": school.laestab,
        "type": school.type,
        "lowest_year": school.lowest_year,
        "highest_year": school.highest_year,
        "connection": _connection(drop),
        "judge_from": school.first,
        **terms,
    }


def _pairs(values: dict[str, Any]) -> list[str]:
    return [f"{_key(name)} = {toml(value)}" for name, value in values.items()]


def toml(value: Any) -> str:
    """A value as TOML writes it. Raises TypeError for what TOML cannot hold."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, str | Path):
        return _text(str(value))
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(name)} = {toml(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml(one) for one in value) + "]"
    raise TypeError(f"TOML has no {type(value).__name__}")


def _key(name: str) -> str:
    bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if bare else _text(name)


def _text(text: str) -> str:
    """A basic string: quotes, backslashes and control characters are escaped."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in escaped) + '"'
