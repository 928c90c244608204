"""Checks an installation as far as can be without pulling or sending: plugins, settings, credentials, files, state."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial

import polars as pl

from rollbook.contract.destination import Kind
from rollbook.contract.errors import Problem
from rollbook.contract.source import Done, SchoolRef, Window
from rollbook.host import check_regular, clock, whose
from rollbook.host.config import Config, ConnectionConfig, DestinationConfig, SchoolConfig
from rollbook.host.judge import local_settings
from rollbook.host.kind_words import kind_words
from rollbook.host.pull import asked_of
from rollbook.host.rows import CheckLine
from rollbook.host.say import said_of
from rollbook.host.state import opened
from rollbook.host.team import check_kinds
from rollbook.host.untaken import untaken
from rollbook.host.worker import Worker
from rollbook.outbox.filling import given_by, lacking
from rollbook.tables.schemas import Table, conform, page_schema


def check(
    config: Config, *, schools: list[int] | None = None, connections: list[str] | None = None, in_process: bool = False
) -> list[CheckLine]:
    """A line for everything that was looked at, in order. Sends nothing, keeps nothing of a school.

    schools, connections: look at these alone (and at the destinations of these schools). Raises FixSettings for an
    unknown URN.
    """
    asked = [config.school(urn) for urn in schools] if schools is not None else list(config.schools)
    chosen = [school for school in asked if connections is None or school.connection in connections]
    lines = [CheckLine(True, "configuration", f"{config.path} was understood.")]
    lines += [CheckLine(True, "configuration", warning, note=True) for warning in config.warnings]
    lines += _problems("configuration", lambda: _local(config))
    lines += _problems("state", lambda: _state(config))
    for name in dict.fromkeys(school.connection for school in chosen):
        served = [school for school in chosen if school.connection == name]
        connection = config.connections[name]
        lines += _connection(config, connection, partial(_schools, config, connection, served), in_process=in_process)
    taken: dict[str, Collection[Kind]] = {}
    for name in _destinations(config, chosen, connections):
        there = config.destinations[name]
        lines += _connection(config, there, partial(_kinds, config, there, asked, taken), in_process=in_process)
    return lines + _untaken(config, asked, taken)


def _local(config: Config) -> list[CheckLine]:
    local_settings(config)
    return []


def _state(config: Config) -> list[CheckLine]:
    with opened(config) as database, database.read():
        return [CheckLine(True, "state", f"{database.place} can be used.")]


def _untaken(config: Config, schools: list[SchoolConfig], taken: Mapping[str, Collection[Kind]]) -> list[CheckLine]:
    """A remark for each authority of which some kind of message is taken by nobody: a trust may well tell it otherwise.
    Of a state that cannot be read, which is told, the schools' own authorities are looked at.
    """
    try:
        with opened(config) as database, database.read() as conn:
            found = untaken(conn, config, schools, taken)
    except Problem:
        found = untaken(None, config, schools, taken)
    return [CheckLine(True, f"authority {la}", why, note=True) for la, why in found.items()]


def _connection(
    config: Config, connection: ConnectionConfig, looked: Callable[[Worker], list[CheckLine]], *, in_process: bool
) -> Iterator[CheckLine]:
    """The plugin's own remarks, and what `looked` finds. Where something is wrong with the connection, no school is
    called well for being shown by it.
    """
    with _worker(config, connection, in_process=in_process) as worker:
        told = _problems(connection.name, lambda: _remarks(connection.name, worker))
        yield from told
        # What stands in the way of both is told once, as settings that cannot be used.
        seen = _problems(connection.name, lambda: looked(worker))
        well = all(line.ok for line in told + seen if line.about == connection.name)
        fresh = [line for line in seen if line not in told]
        yield from (line for line in fresh if well or not line.ok or line.about == connection.name)


def _kinds(
    config: Config,
    there: DestinationConfig,
    schools: list[SchoolConfig],
    taken: dict[str, Collection[Kind]],
    worker: Worker,
) -> list[CheckLine]:
    """Notes in `taken` what the plugin takes. A line for each school of which the configuration lacks what the messages
    that go there must say; then what it is sent of the regular feed.
    """
    description = worker.describe()
    check_kinds(there, description)
    taken[there.name] = description.kinds
    served = {kind: [s for s in schools if config.destination_of(s.la, kind.value) == there] for kind in Kind}
    lines: list[CheckLine] = []
    for kind in (kind for kind in Kind if kind in description.kinds):
        needed = description.required.get(kind, frozenset())
        lines += [line for school in served[kind] for line in _lacks(school, kind, needed, there)]
    return [*lines, *check_regular.lines(there, [s for s in schools if s.la in there.authorities], worker)]


def _lacks(school: SchoolConfig, kind: Kind, needed: Collection[str], there: DestinationConfig) -> list[CheckLine]:
    """A line for what the messages must say of the school itself and the configuration does not: only it can."""
    wanted = [path for path in needed if path.startswith("school.")]
    return [
        CheckLine(
            False,
            _named(school),
            f"Its {path.removeprefix('school.')} is not set, which every {kind_words(kind)} for {there.name} must "
            f"have: until it is, they are all held. {given_by(path)}.",
        )
        for path in lacking({"school": said_of(school)}, wanted)
    ]


def _remarks(name: str, worker: Worker) -> list[CheckLine]:
    description = worker.describe()
    lines = [CheckLine(True, name, f"The plugin {description.name} {description.version} can be used.")]
    return lines + [CheckLine(remark.ok, name, remark.text, remark.note) for remark in worker.check()]


def _schools(
    config: Config, connection: ConnectionConfig, schools: list[SchoolConfig], worker: Worker
) -> list[CheckLine]:
    """Whether the credential sees each school, whether something says when it is open, and whose its pupils seem."""
    seen = worker.schools()
    keys = {ref.key for ref in seen}
    shown_urns = {ref.urn for ref in seen if ref.urn}
    gives_calendar = Table.SESSIONS in worker.describe().tables
    lines = []
    # A folder of files may not say whose it is: then it is that of the one school that names it.
    nameless = len(seen) == 1 and seen[0].urn is None
    for school in schools:
        about = _named(school)
        by_urn = school.urn in shown_urns or str(school.urn) in keys or (nameless and len(schools) == 1)
        if not (school.key in keys if school.key else by_urn):
            known = ", ".join(sorted(_told(ref) for ref in seen)[:10]) or "none"
            lines.append(
                CheckLine(False, about, f"The connection {connection.name} does not show it; it shows: {known}.")
            )
        elif not school.terms and not (gives_calendar and _calendar(worker, school)):
            lines.append(CheckLine(False, about, "Nothing says when it is open: add its terms to the configuration."))
        else:
            lines += _problems(about, partial(_pupils, config, school, worker)) or [
                CheckLine(True, about, f"The connection {connection.name} shows it.")
            ]
    return lines


def _pupils(config: Config, school: SchoolConfig, worker: Worker) -> list[CheckLine]:
    """A line where the pupils that the source gives are hardly this school's: a sync would hold them."""
    today = clock.day_of(clock.now())
    items = worker.pull(Table.PUPILS, asked_of(school, worker), Window(today, today), None)
    pages = [item.rows for item in items if not isinstance(item, Done)]
    if not pages:
        return []
    rows = pl.concat(pages, how="diagonal_relaxed")
    with opened(config) as database, database.read() as conn:
        wrong = whose.strangers(conn, school, conform(rows, page_schema(Table.PUPILS)))
    return [CheckLine(False, _named(school), f"{wrong} A sync would hold it. {whose.remedy(school)}")] if wrong else []


def _named(school: SchoolConfig) -> str:
    return f"school {school.urn} ({school.name})"


def _told(ref: SchoolRef) -> str:
    return f"{ref.key} (URN {ref.urn})" if ref.urn and str(ref.urn) != ref.key else ref.key


def _calendar(worker: Worker, school: SchoolConfig) -> bool:
    """Whether the source, which can give a calendar, has one of this school: a file of it may not be there."""
    today = clock.day_of(clock.now())
    items = list(worker.pull(Table.SESSIONS, asked_of(school, worker), Window(today, today), None))
    return any(not isinstance(item, Done) and item.rows.height for item in items)


def _destinations(config: Config, schools: list[SchoolConfig], connections: list[str] | None) -> list[str]:
    found = [config.destination_of(school.la, kind.value) for school in schools for kind in Kind]
    serving = {there.name for there in found if there}
    if connections is not None:
        serving &= set(connections)
        serving |= set(connections) & set(config.destinations)
    return [name for name in config.destinations if name in serving]


def _worker(config: Config, connection: ConnectionConfig, *, in_process: bool) -> Worker:
    return Worker(
        connection,
        config.folder,
        seconds=connection.seconds,
        memory_mb=connection.memory_mb,
        in_process=in_process,
    )


def _problems(about: str, looked: Callable[[], list[CheckLine]]) -> list[CheckLine]:
    """What `looked` found, or the problem it met as a line."""
    try:
        return looked()
    except Problem as problem:
        return [CheckLine(False, about, problem.sentence)]
