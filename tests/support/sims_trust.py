"""A trust whose school keeps its registers in SIMS: the stand-in for SIMS, the host, an authority's receiver."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from rollbook.cli.demo_schools import toml
from rollbook.cli.demo_terms import settings as terms_of
from rollbook.tables.schemas import Table
from rollbook.testing.schools import MadeSchool
from support.arbor import school
from support.arbor_trust import TOML, ArborTrust
from support.receiver import running_receiver


class Office:
    """A stand-in for SIMS, and the calendar of its school, which SIMS does not give."""

    def __init__(self, simulator: Any, made: MadeSchool) -> None:
        self.simulator, self.school = simulator, made

    def publish(self, evening: date) -> None:
        self.simulator.publish(evening)

    def readable(self) -> dict[Table, pl.DataFrame]:
        calendar = self.school.known_on(self.school.last)[Table.SESSIONS]
        return {**self.simulator.readable(), Table.SESSIONS: calendar}


class SimsTrust(ArborTrust):
    """As the trust whose school is in Arbor: `night(day)`, `register()`, `returns()` and what they should be."""

    @property
    def simulator(self) -> Any:
        return self.arbor.simulator  # type: ignore[attr-defined]


@contextmanager
def sims_trust(folder: Path, simulator: Any, pupils: int = 6) -> Iterator[SimsTrust]:
    """A trust of one school, whose SIMS that class stands in for."""
    made = school(pupils)
    sims = simulator(folder / "sims", made)
    connection = {"plugin": "sims", **sims.settings}
    with running_receiver(folder) as receiver:
        secret = folder / "secret"
        secret.touch(mode=0o600)
        secret.write_text(receiver.client_secret, encoding="utf-8")
        written = TOML.format(
            connection="\n".join(f"{name} = {toml(value)}" for name, value in connection.items()),
            urn=made.urn,
            laestab=made.laestab,
            type=made.type,
            lowest=made.lowest_year,
            highest=made.highest_year,
            receiver=receiver.url,
            client=receiver.client_id,
        )
        terms = "\n".join(f"{name} = {toml(value)}" for name, value in terms_of(made).items())
        written = written.replace("judge_from", f"{terms}\njudge_from")
        (folder / "rollbook.toml").write_text(written, encoding="utf-8")
        yield SimsTrust(folder, Office(sims, made), receiver)  # type: ignore[arg-type]
