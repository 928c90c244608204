"""Stand-ins for a school's SIMS, with a made-up school in it: for the tests and `rollbook demo`.

Written from the vendor's published pages and from public programs that read SIMS, never beside a real one. Needs
`rollbook-sims[simulator]`.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from rollbook.tables.schemas import Table
from rollbook.testing.schools import MadeSchool
from rollbook_sims.simulator import launcher, writing
from rollbook_sims.simulator.nextgen import NextGenSimulator as NextGenSimulator
from rollbook_sims.simulator.office import Office

SERVER = r"SIMS-SRV\SIMS2019"
USER, PASSWORD = "rollbook", "Larks & <purs> 7"
_PARAMETERS = "marks_parameters.xml"
_SINCE = 600.0  # seconds ago a job wrote its files: CSV that was changed just now may not be complete
_ALWAYS = ("marks", "pupils")
"""The reports that a connection need not name, for theirs are the usual names."""


class SimsSimulator:
    """A machine with CommandReporter on it: a program that gives out the reports which lie prepared beside its folder.

    It begins in good order; `misbehave` has it fail in one of the modes of `reporter.Behaviour`.
    """

    trusted = True
    """Whether SIMS trusts the account that runs the reporter, or wants a password."""

    def __init__(self, folder: Path, school: MadeSchool, without: Collection[str] = ()) -> None:
        self.office = Office(school, without)
        self._evening = school.last
        self._reports, self._beside = folder / "reports", folder / "SIMS .net"
        self._reports.mkdir(parents=True)
        self.program = launcher.install(self._beside)
        self.settings: dict[str, Any] = {
            "kind": "reporter",
            "reporter": str(self.program.resolve()),
            "server": SERVER,
            "database": f"SIMS_{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:6]}",
            "reports": {name: _called(name) for name in self.office.offered if name not in _ALWAYS},
            "urn": str(school.urn),
        }
        if not self.trusted:
            self.settings |= {"user": USER, "password": {"file": str(_kept(folder / "password"))}}
        self._furnish()

    def publish(self, evening: date) -> None:
        """From now on the reporter gives out what SIMS holds at the end of that day."""
        self._evening = evening
        for name, report in self.office.reports(evening).items():
            _write(self._reports / f"{name}.xml", writing.super_star_report(with_numbers(report)))

    def readable(self) -> dict[Table, pl.DataFrame]:
        """What of the school can be read here on that evening."""
        return self.office.readable(self._evening)

    def misbehave(self, mode: str, report: str | None = None, **more: Any) -> None:
        """From now on it fails in that mode of `reporter.Behaviour`: with each report, or with `report` alone."""
        said = {"mode": mode, "report": report and _called(report), **more}
        _write(self._beside / "mode.json", json.dumps(said).encode())

    def behave(self) -> None:
        """From now on all is well again."""
        (self._beside / "mode.json").unlink(missing_ok=True)

    def close(self) -> None:
        """Nothing runs but while it is asked: there is nothing to end."""

    def _furnish(self) -> None:
        """What the program reads beside itself."""
        reports = {
            _called(name): {
                "file": f"../reports/{name}.xml",
                "dates": "Date" if name == "marks" else None,
                "parameters": _PARAMETERS if name == "marks" else None,
            }
            for name in self.office.offered
        }
        where = {"server": SERVER, "database": self.settings["database"]}
        users = {"trusted": True} if self.trusted else {"trusted": False, "users": {USER: PASSWORD}}
        _write(self._beside / "office.json", json.dumps(where | users | {"reports": reports}).encode())
        _write(self._beside / _PARAMETERS, writing.parameters())


class SignedInSimulator(SimsSimulator):
    """Such a machine, whose SIMS wants a user and a password."""

    trusted = False


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
        """Write every report as SIMS has it at the end of that day. A file is complete when it has its name, and the
        job has been over for a while.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self._evening = evening
        for name, report in self.office.reports(evening).items():
            ending = "csv" if self.form == "csv" else "xml"
            path = self.folder / f"{name}.{ending}"
            _write(path, self._written(name, report))
            os.utime(path, times=(time.time() - _SINCE,) * 2)

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


def _called(report: str) -> str:
    """The name that the school gave to a report."""
    return f"Rollbook {report}"


def _write(path: Path, data: bytes) -> None:
    """Write a file that is complete when it has its name."""
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(data)
    part.replace(path)


def _kept(path: Path) -> Path:
    """A file with the password, for its owner alone."""
    path.touch(mode=0o600)
    path.write_text(PASSWORD, encoding="utf-8")
    return path
