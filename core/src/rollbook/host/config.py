"""The configuration: one TOML file, read whole, as frozen dataclasses. What it may hold is in `config_schema`.

A setting of a plugin is not judged here: the plugin's own schema does that, in the worker process.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal, TypeAlias

from rollbook.contract.errors import FixSettings
from rollbook.contract.regular import Regular

Spell: TypeAlias = tuple[date, date]
"""A first and a last day, both included."""

Release: TypeAlias = Literal["held", "automatic"]
Role: TypeAlias = Literal["source", "destination"]

USUAL_REPORTS = frozenset({Regular.DAY, Regular.WEEK})
SECONDS, MEMORY_MB, OVERLAP_DAYS = 900.0, 1024, 30


@dataclass(frozen=True)
class Contact:
    """Who at a school answers the local authority. Each is empty when it was not given."""

    name: str = ""
    role: str = ""
    telephone: str = ""
    email: str = ""


@dataclass(frozen=True)
class Installation:
    """`state`: the folder of the database, the registers and the log. `database`: a URL, a reference to one, or None
    for SQLite in the state folder.
    """

    name: str
    state: Path
    database: str | Mapping[str, str] | None = None
    contact: Contact = Contact()


@dataclass(frozen=True)
class ConnectionConfig:
    """A plugin with its settings, and the bounds of its worker process: seconds a call, memory of all it starts.

    `seconds`: None where the configuration leaves it to the plugin (`call_seconds`, else SECONDS).
    """

    name: str
    plugin: str
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)
    seconds: float | None = None
    memory_mb: int = MEMORY_MB
    role: Role = "source"

    @property
    def place(self) -> str:
        """Where it stands in the configuration file, for messages."""
        return f"{'connections' if self.role == 'source' else 'destinations'}.{self.name}"


@dataclass(frozen=True)
class DestinationConfig(ConnectionConfig):
    """A connection to which the messages about schools of these authorities go.

    `kinds`: which of them; empty for all that no other destination of the authority names. `regular`: the reports of
    the regular feed that may go there, where the authority asks for them.
    """

    authorities: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    regular: frozenset[Regular] = USUAL_REPORTS


@dataclass(frozen=True)
class SchoolConfig:
    """One school. `terms` is empty where the source gives the calendar. `key` is the vendor's own name of the school.

    `codes`: the school's own marks -> national codes. `returns`: what this school says itself, over the configuration.
    `policy`: values that this school sets for the rules.
    """

    urn: int
    name: str
    la: str
    type: str
    connection: str
    laestab: str = ""
    lowest_year: int | None = None
    highest_year: int | None = None
    key: str = ""
    terms: tuple[Spell, ...] = ()
    closed: tuple[Spell, ...] = ()
    half_days: tuple[tuple[date, str], ...] = ()
    codes: Mapping[str, str] = field(default_factory=dict)
    overlap_days: int = OVERLAP_DAYS
    contact: Contact = Contact()
    judge_from: date | None = None
    returns: Mapping[str, Release] = field(default_factory=dict)
    policy: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Config:
    """A configuration that was found right. `folder` is where its relative paths begin.

    `returns`: kind of message -> whether it goes by itself. `authorities` (number -> its settings) and `policy` (the
    trust's own, for all its schools): values for the rules, found to be such as the law leaves open.
    `rules`: plugins whose rules are judged beside ours. `warnings`: what is allowed and may yet be a mistake.
    """

    path: Path
    folder: Path
    installation: Installation
    connections: Mapping[str, ConnectionConfig]
    schools: tuple[SchoolConfig, ...]
    destinations: Mapping[str, DestinationConfig]
    returns: Mapping[str, Release]
    authorities: Mapping[str, Mapping[str, Any]]
    policy: Mapping[str, Any] = field(default_factory=dict)
    rules: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def school(self, urn: int) -> SchoolConfig:
        """The school of that URN. Raises FixSettings, naming those there are."""
        for school in self.schools:
            if school.urn == urn:
                return school
        known = ", ".join(f"{school.urn} ({school.name})" for school in self.schools)
        raise FixSettings(f"There is no school {urn} in {self.path}. It has: {known or 'no school'}.")

    def release(self, school: SchoolConfig, kind: str) -> Release:
        """Whether a statutory return of `kind` about this school goes by itself; `held` where nothing is said."""
        return school.returns.get(kind, self.returns.get(kind, "held"))

    def destination_of(self, la: str, kind: str = "") -> DestinationConfig | None:
        """Where messages of that kind about an authority's schools go (empty: of a kind that no destination names), or
        None where nothing was said.
        """
        serving = [there for there in self.destinations.values() if la in there.authorities]
        named = [there for there in serving if kind in there.kinds]
        return next(iter(named + [there for there in serving if not there.kinds]), None)


def find_config(
    explicit: Path | None = None, environ: Mapping[str, str] | None = None, cwd: Path | None = None
) -> Path:
    """The configuration file: the one named, else that of ROLLBOOK_CONFIG, else the first that exists of
    `rollbook.toml` here and in the system's folder for configurations. Raises FixSettings with all places looked at.
    """
    asked = (environ if environ is not None else os.environ).get("ROLLBOOK_CONFIG")
    if explicit or asked:
        named, by = (explicit, "--config") if explicit else (Path(asked or ""), "ROLLBOOK_CONFIG")
        if named is not None and named.is_file():
            return named
        raise FixSettings(f"There is no file {named}, which {by} names. Correct the name, or make one: rollbook init")
    places = usual_places(cwd)
    for place in places:
        if place.is_file():
            return place
    looked = "\n".join(f"  {place}" for place in places)
    raise FixSettings(
        f"No configuration was found. Looked for:\n{looked}\n"
        "Make one with `rollbook init`, or name it with --config or in the environment variable ROLLBOOK_CONFIG."
    )


def usual_places(cwd: Path | None = None) -> list[Path]:
    """Where a configuration is looked for when none is named, in order."""
    import platformdirs

    system = platformdirs.site_config_path("rollbook", appauthor=False)
    return [(cwd or Path.cwd()) / "rollbook.toml", system / "rollbook.toml"]


def load(path: Path) -> Config:
    """The configuration in `path`. Raises FixSettings with every mistake: its place, what was expected, what to do."""
    from rollbook.host.config_checks import judge
    from rollbook.host.config_schema import build, judge_form

    loaded, mistakes = judge_form(read_toml(path))
    if not mistakes:
        config = build(path, loaded)
        mistakes, warnings = judge(config)
        if not mistakes:
            return replace(config, warnings=tuple(warnings))
    raise FixSettings(_all_at_once(path, mistakes))


def read_toml(path: Path) -> dict[str, Any]:
    """The file as TOML gives it. Raises FixSettings when it cannot be read or is no TOML."""
    text = ""
    try:
        text = path.read_bytes().decode("utf-8-sig")  # Notepad begins a file with a byte order mark
        return tomllib.loads(text)
    except OSError as error:
        raise FixSettings(f"{path} cannot be read: {error.strerror}.", detail=type(error).__name__) from None
    except UnicodeDecodeError as error:
        raise FixSettings(f"{path} is not UTF-8 at byte {error.start + 1}. Save it again as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        # TOML's messages repeat a character or a key at most, never a value: no secret can be in them.
        advice = " Write a Windows path in single quotation marks, or with / for each backslash."
        hint = advice if "\\" in _line_of(error, text) else ""
        raise FixSettings(f"{path} is not valid TOML: {error}. Correct that line.{hint}") from None


def _line_of(error: tomllib.TOMLDecodeError, text: str) -> str:
    found = re.search(r"at line ([0-9]+)", str(error))
    lines = text.splitlines()
    return lines[int(found[1]) - 1] if found and int(found[1]) <= len(lines) else ""


def _all_at_once(path: Path, mistakes: list[str]) -> str:
    count = f"{len(mistakes)} mistakes" if len(mistakes) > 1 else "a mistake"
    return f"{path} has {count}:\n" + "\n".join(f"  {line}" for line in mistakes)
