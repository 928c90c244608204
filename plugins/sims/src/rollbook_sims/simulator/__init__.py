"""Stand-ins for a school's SIMS, with a made-up school in it: for the tests and `rollbook demo`.

Written from the vendor's published pages and from public programs that read SIMS, never beside a real one. Needs
`rollbook-sims[simulator]`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from rollbook.tables.schemas import Table
from rollbook.testing.schools import MadeSchool
from rollbook_sims.simulator import writing
from rollbook_sims.simulator.office import Office


class DropSimulator:
    """A job that writes the school's reports into a folder every evening, under the same names."""

    form: str = "xml"
    """`xml`; `csv`; or `partner`, which has the marks as the partner interface gives them."""

    def __init__(self, folder: Path, school: MadeSchool, without: Collection[str] = ("roll",)) -> None:
        self.folder = folder
        self.office = Office(school, without)
        self._evening = school.last
        self.settings: dict[str, Any] = {"kind": "folder", "folder": str(folder.resolve()), "urn": str(school.urn)}

    def publish(self, evening: date) -> None:
        """Write every report as SIMS has it at the end of that day. A file is complete when it has its name."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._evening = evening
        for name, report in self.office.reports(evening).items():
            kept = self.folder / f"{name}{'.csv' if self.form == 'csv' else '.xml'}"
            part = self.folder / f".{kept.name}.part"
            part.write_bytes(self._written(name, report))
            part.replace(kept)

    def readable(self) -> dict[Table, pl.DataFrame]:
        """What of the school can be read here on that evening."""
        return self.office.readable(self._evening)

    def close(self) -> None:
        """Nothing runs: there is nothing to end."""

    def _written(self, name: str, report: pl.DataFrame) -> bytes:
        if self.form == "csv":
            return writing.delimited(_without_numbers(report))
        if name == "codes":
            return writing.code_table(report)
        if self.form == "partner" and name == "marks":
            return writing.session_attendances(report.filter(pl.col("Date").is_not_null()))
        return writing.super_star_report(with_numbers(report))


class CsvDropSimulator(DropSimulator):
    """Such a job that has the reporter write CSV."""

    form = "csv"


class PartnerDropSimulator(DropSimulator):
    """Such a job that has the marks from SIMS's partner interface."""

    form = "partner"


def with_numbers(report: pl.DataFrame) -> pl.DataFrame:
    """A report by an account that may see the numbers of persons and rows: its marks need no admission number, since
    a pupil who has no UPN is known by his person's.
    """
    return report.drop(["PersonID", "Adno"] if "Date" in report.columns else "PersonID", strict=False)


def _without_numbers(report: pl.DataFrame) -> pl.DataFrame:
    """A report by an account that may not, and that so has no rows of nothing."""
    if "multiple_id" in report.columns:
        report = report.filter(~pl.col("multiple_id").str.ends_with(",0"))
    return report.drop("PersonID", "multiple_id", "primary_id", strict=False)
