"""What a third party's rule sees of a reading: columns by the codes' own letters, and nothing of how they are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from rollbook.rules.pairs import said, sessions
from rollbook.rules.rule import Reading
from rollbook.rules.runs import find_runs
from rollbook.tables import codes
from rollbook.tables.schemas import Table

_PUPILS = (
    *("e", "school", "pupil", "la", "type", "lowest_year", "highest_year", "dob", "first", "last", "on_roll"),
    *("year_group", "boarder", "age_from", "age_to"),
)


@dataclass(frozen=True)
class View:
    """The contract's `Reading` (`rollbook.contract.rule`), which says what each of these is."""

    reading: Reading

    @property
    def as_at(self) -> date:
        """The day looked at."""
        return self.reading.as_at

    @property
    def pupils(self) -> pl.DataFrame:
        """A row for each pupil of a school."""
        return self.reading.days.enrolments.select(_PUPILS)

    @property
    def calendar(self) -> pl.DataFrame:
        """A row for each open day of each school."""
        return self.reading.days.calendar.drop("c")

    def table(self, table: Table) -> pl.DataFrame | None:
        """A canonical table, or None where it is not given."""
        if table in (Table.MARKS, Table.ELSEWHERE):
            raise ValueError("marks are read by sessions() and runs()")
        found: pl.DataFrame | None = getattr(self.reading.registers, table.value)
        return None if found is None else found.clone()

    def sessions(self, *codes_: str, first: date | None = None) -> pl.DataFrame:
        """The sessions that say one of these codes."""
        ids = codes.ids(*codes_)
        days = self.reading.days.saying(said(ids))
        if first is not None:
            days = self.reading.days.since(days, first)
        found = self.reading.days.dated(sessions(days, ids))
        return found.select("e", "date", "session", "code", "csa")

    def runs(self, *codes_: str) -> pl.DataFrame:
        """The runs of days on which every session says one of these codes."""
        runs = find_runs(self.reading.days, codes.ids(*codes_)).runs
        dates = self.reading.days.calendar.get_column("date")
        return runs.select(
            "run",
            "e",
            first=dates.gather(runs.get_column("first_c")),
            last=dates.gather(runs.get_column("last_c")),
            days="length",
            unbroken="unbroken",
        )

    def value(self, school: int, name: str) -> Any:
        """A value of law or of policy as it is in force there."""
        return self.reading.settings.of(school, name).value

    def spread(self, rows: pl.DataFrame) -> pl.DataFrame:
        """A row for each pupil of a school, in order."""
        return self.reading.spread(rows)
