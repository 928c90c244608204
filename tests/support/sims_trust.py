"""A trust whose school keeps its registers in SIMS."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

import polars as pl

from rollbook.cli.demo_terms import settings as terms_of
from rollbook.tables.schemas import Table
from rollbook.testing.schools import MadeSchool
from support.arbor import school
from support.trust import Trust, trust_of


class Office:
    """A stand-in for SIMS, and the calendar of its school, which SIMS does not give."""

    def __init__(self, simulator: Any, made: MadeSchool) -> None:
        self.simulator, self.school = simulator, made

    def publish(self, evening: date) -> None:
        self.simulator.publish(evening)

    def readable(self) -> dict[Table, pl.DataFrame]:
        calendar = self.school.known_on(self.school.last)[Table.SESSIONS]
        return {**self.simulator.readable(), Table.SESSIONS: calendar}


SimsTrust: TypeAlias = Trust[Office]


@contextmanager
def sims_trust(folder: Path, simulator: Any, pupils: int = 6) -> Iterator[SimsTrust]:
    """A trust of one school, whose SIMS that class stands in for. Its terms are in the configuration."""
    made = school(pupils)
    sims = simulator(folder / "sims", made)
    with trust_of(folder, Office(sims, made), {"plugin": "sims", **sims.settings}, **terms_of(made)) as trust:
        yield trust
