"""A trust as it really is: exported files in a folder, worker processes, an authority's receiver over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from rollbook.host import config, run
from rollbook.host.config import Config
from rollbook.host.run_rows import RunResult
from support.host_plugins import weekdays
from support.receiver import Receiver

OAKFIELD = 100001
PUPILS = ("001", "002", "003", "004")
DAYS = weekdays(date(2026, 9, 3), date(2026, 12, 18), without=[(date(2026, 10, 26), date(2026, 10, 30))])

TOML = """
[installation]
name = "Example Trust"
state = "state"

[connections.oakfield]
plugin = "csv"
folder = "drop"
date_form = "yyyy-mm-dd"

[[schools]]
urn = "100001"
name = "Oakfield School"
la = "801"
type = "academy"
connection = "oakfield"
judge_from = 2026-09-03
terms = ["2026-09-03..2026-12-18"]
closed = ["2026-10-26..2026-10-30"]

[destinations.council]
plugin = "la_portal"
authorities = ["801"]
kinds = ["attendance_return"]
url = "{url}"
client_id = "{client}"
client_secret = {{file = "secret"}}

[returns]
attendance_return = "automatic"
"""


@dataclass
class Trust:
    """`night(day, absences)`: the office exports that evening, and the trust's machine syncs."""

    folder: Path

    @property
    def config(self) -> Config:
        """As it is read anew for every command."""
        return config.load(self.folder / "rollbook.toml")

    def export(self, evening: date, absences: Mapping[tuple[str, date, date], str]) -> None:
        """Write the school's files. Whoever is not in `absences` (pupil, first, last day) was there."""
        drop = self.folder / "drop"
        drop.mkdir(exist_ok=True)
        born = "\n".join(f"{p},Surname-{p},Forename-{p},2014-03-10,1 High Street" for p in PUPILS)
        (drop / "pupils.csv").write_text(f"Adno,Legal Surname,Legal Forename,DOB,Address\n{born}\n", "utf-8")
        roll = "\n".join(f"{p},2025-09-03,,Year  7,7A" for p in PUPILS)
        (drop / "roll.csv").write_text(f"Adno,From,To,Year,Reg\n{roll}\n", "utf-8")
        lines = [
            f"{p},{day},{session},{mark(p, day, present, absences)}"
            for p in PUPILS
            for day in DAYS
            if day <= evening
            for session, present in (("AM", "/"), ("PM", "\\"))
        ]
        (drop / "marks.csv").write_text("\n".join(["Adno,Date,AM/PM,Mark", *lines, ""]), "utf-8")

    def sync(self, day: date) -> RunResult:
        """A run at seven in the evening."""
        return run.sync(self.config, as_at=day, now=lambda: datetime(day.year, day.month, day.day, 19, tzinfo=UTC))

    def night(self, day: date, absences: Mapping[tuple[str, date, date], str]) -> RunResult:
        """An evening's export, and the sync that follows."""
        self.export(day, absences)
        return self.sync(day)


def mark(pupil: str, day: date, present: str, absences: Mapping[tuple[str, date, date], str]) -> str:
    """The code of a pupil on a day."""
    for (who, first, last), code in absences.items():
        if who == pupil and first <= day <= last:
            return code
    return present


def trust(folder: Path, receiver: Receiver) -> Trust:
    """A trust that reports to that receiver."""
    (folder / "rollbook.toml").write_text(TOML.format(url=receiver.url, client=receiver.client_id), "utf-8")
    secret = folder / "secret"
    secret.write_text(receiver.client_secret, "utf-8")
    secret.chmod(0o600)
    return Trust(folder)
