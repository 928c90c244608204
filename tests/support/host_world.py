"""A whole installation for a test: a state folder, schools in `host_plugins`, an authority, and nights that pass."""

from __future__ import annotations

import secrets
import tempfile
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from rollbook.host import plugins, run
from rollbook.host.config import Config, ConnectionConfig, Contact, DestinationConfig, Installation, SchoolConfig
from rollbook.host.run_rows import RunResult
from rollbook.host.state import opened
from rollbook.host.store.database import FILE, open_database
from rollbook.host.store.followup import case_events
from rollbook.host.store.runs import installation
from support import host_plugins
from support.host_plugins import Mis, Portal, weekdays
from support.plugins import installer

OAKS, ELMS = 100001, 100002
TERM = (date(2026, 9, 3), date(2026, 12, 18))
HALF_TERM = (date(2026, 10, 26), date(2026, 10, 30))


def born(key: str, **given: Any) -> dict[str, Any]:
    """A pupil of compulsory school age."""
    row = {"pupil": key, "upn": None, "former_upn": None, "surname": f"Surname-{key}", "forename": f"Forename-{key}"}
    return row | {"dob": date(2014, 3, 10), "address": "1 High Street, Anytown", "postcode": "AB1 2CD"} | given


def school(pupils: int = 6) -> Mis:
    """A school where everybody is present."""
    days = weekdays(*TERM, without=[HALF_TERM])
    return Mis([born(f"p{n}") for n in range(1, pupils + 1)], days)


@dataclass
class World:
    """`sync(day)` is that day's run, at 7 in the evening."""

    config: Config
    mis: dict[int, Mis]
    portal: Portal
    clock: list[datetime] = field(default_factory=list)

    def sync(self, day: date, **more: Any) -> RunResult:
        """One run, with the plugins in this process."""
        self.clock[:] = [datetime(day.year, day.month, day.day, 19, tzinfo=UTC)]
        return run.sync(self.config, as_at=day, now=lambda: self.clock[0], in_process=True, **more)

    def with_school(self, urn: int, **changed: Any) -> None:
        """Change the configuration of one school."""
        schools = tuple(replace(s, **changed) if s.urn == urn else s for s in self.config.schools)
        self.config = replace(self.config, schools=schools)

    def ledger(self) -> list[Any]:
        """What the ledger says, but for the number of the run: a killed run has one too."""
        with opened(self.config) as database, database.read() as conn:
            query = sa.select(case_events).order_by(case_events.c.school, case_events.c.number)
            return [
                (row.school, row.number, {k: v for k, v in row.content.items() if k != "run"})
                for row in conn.execute(query)
            ]


def _load(name: str, load: Any = plugins.load, known: dict[str, Any] = {}) -> Any:  # noqa: B006 - kept on purpose
    """A plugin's record, looked for among the installed ones once: that is a third of a small sync's time."""
    if name not in known:
        record = load(name)
        if record.status != "ok":
            return record
        known[name] = record
    return known[name]


@cache
def _new_database() -> bytes:
    """A state that nothing was kept in yet: its migrations, which `test_store` proves, take half as long as a sync."""
    with tempfile.TemporaryDirectory() as folder:
        open_database(Path(folder)).close()
        return (Path(folder) / FILE).read_bytes()


def new_state(folder: Path) -> None:
    """The state of an installation as it is before the first sync, with a key of its own."""
    folder.mkdir(mode=0o700)
    (folder / FILE).write_bytes(_new_database())
    database = open_database(folder)
    with database.write() as conn:
        conn.execute(installation.update().values(key=secrets.token_bytes(32)))
    database.close()


def build(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    schools: int = 1,
    destination: str = "fakeportal",
    release: Any = "automatic",
) -> World:
    """An installation of one or two schools, each with a connection of its own."""
    tmp_path.mkdir(exist_ok=True)
    install = installer(tmp_path, monkeypatch)
    for name in ("fakemis", "fakeportal", "onceportal", "allportal"):
        install(name, module="support.host_plugins")
    monkeypatch.setattr(plugins, "load", _load)
    new_state(tmp_path / "state")
    mis = {urn: school() for urn in (OAKS, ELMS)[:schools]}
    portal = Portal()
    host_plugins.SCHOOLS.clear()
    host_plugins.SCHOOLS.update({str(urn): one for urn, one in mis.items()})
    host_plugins.PORTALS.clear()
    host_plugins.PORTALS["portal"] = portal
    config = Config(
        path=tmp_path / "rollbook.toml",
        folder=tmp_path,
        installation=Installation("Example Trust", tmp_path / "state", None, Contact(name="Office", role="office")),
        connections={f"c{urn}": ConnectionConfig(f"c{urn}", "fakemis") for urn in mis},
        schools=tuple(
            SchoolConfig(urn, f"School {urn}", "801", "academy", f"c{urn}", judge_from=TERM[0]) for urn in mis
        ),
        destinations={"council": DestinationConfig("council", destination, role="destination", authorities=("801",))},
        returns={"attendance_return": release},
        authorities={},
    )
    return World(config, mis, portal)
