"""A trust of one school: the stand-in for its MIS, the host, an authority's receiver."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import polars as pl

from rollbook.cli.demo_schools import toml
from rollbook.host import config, report, run
from rollbook.host.known_pupils import known_numbers
from rollbook.host.manifests import entries, read_marks
from rollbook.host.run_rows import RunResult
from rollbook.host.state import opened, register_files
from rollbook.tables import codes
from rollbook.tables.schemas import MARKS, Table
from rollbook.testing.schools import MadeSchool
from support.oracle import PlainPupil, PlainSchool, returns_ever_due
from support.receiver import NOW, Receiver, running_receiver

TOML = """
[installation]
name = "Example Trust"
state = "state"
contact = {{name = "Office", role = "office", telephone = "01632 960001"}}

[connections.oaks]
{connection}

[[schools]]
urn = "{urn}"
name = "Oaks"
la = "801"
laestab = "{laestab}"
type = "{type}"
lowest_year = {lowest}
highest_year = {highest}
connection = "oaks"
{more}
judge_from = 2026-09-01

[destinations.council]
plugin = "la_portal"
authorities = ["801"]
kinds = ["attendance_return"]
url = "{receiver}"
client_id = "{client}"
client_secret = {{file = "secret"}}

[returns]
attendance_return = "automatic"
"""


class Mis(Protocol):
    """What a stand-in for a vendor is to a trust."""

    school: MadeSchool

    def publish(self, evening: date) -> None: ...

    def readable(self) -> dict[Table, pl.DataFrame]: ...


AnyMis = TypeVar("AnyMis", bound=Mis)


@dataclass
class Clock:
    """The clock of all who take part: what a night sets it to."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Trust(Generic[AnyMis]):
    """`night(day)`: the school's day is written into its MIS, and the trust's machine syncs at seven."""

    folder: Path
    mis: AnyMis
    receiver: Receiver
    clock: Clock

    @property
    def config(self) -> config.Config:
        return config.load(self.folder / "rollbook.toml")

    def night(self, day: date) -> RunResult:
        self.mis.publish(day)
        return self.sync(day)

    def sync(self, day: date) -> RunResult:
        self.clock.now = datetime(day.year, day.month, day.day, 19, tzinfo=UTC)
        return run.sync(self.config, as_at=day, now=self.clock, in_process=True)

    def register(self) -> pl.DataFrame:
        """The marks that the host keeps or has set aside, with the vendor's keys and the letters written."""
        with opened(self.config) as database, database.read() as conn:
            kept = [read_marks(register_files(self.config), one) for one in entries(conn, self.mis.school.urn)]
            keys = dict(known_numbers(conn, self.mis.school.urn, "oaks").select("pupil", "key").iter_rows())
        letters = {code.id: code.code for code in codes.all_codes()}
        marks = pl.concat([pl.DataFrame(schema=MARKS), *kept]).select(
            "pupil",
            "date",
            pl.col("session").replace_strict({0: "AM", 1: "PM"}, return_dtype=pl.String),
            pl.coalesce(pl.col("code").replace_strict(letters, default=None, return_dtype=pl.String), "raw"),
        )
        aside = [(row.pupil, row.date, row.session, row.raw) for row in report.quarantine(self.config)]
        both = pl.concat([marks, pl.DataFrame(aside, schema=marks.schema, orient="row")]).unique()
        pupil = pl.col("pupil").replace_strict(keys, return_dtype=pl.String)
        return both.with_columns(pupil).sort("pupil", "date", "session", "code")

    def marks_of_mis(self) -> pl.DataFrame:
        """The same, as the MIS holds them. `-` says that there is no mark."""
        marks = self.mis.readable()[Table.MARKS].filter(pl.col("code") != "-")
        return marks.select("pupil", "date", "session", "code").sort("pupil", "date", "session", "code")

    def returns(self) -> set[tuple[str, date, date]]:
        """What stands at the council: UPN, first day of the absence, the day on which it reached ten."""
        standing = [one.content for one in self.receiver.stored() if one.action != "withdraw"]
        absences = [(said["pupil"]["upn"], said["absence"]) for said in standing]
        return {
            (upn, date.fromisoformat(absence["first_day"]), date.fromisoformat(absence["reached_on"]))
            for upn, absence in absences
        }

    def due(self, as_at: date) -> set[tuple[str, date, date]]:
        """The returns that the MIS's own marks call for, by the plain judge of the tests; but for pupils without an
        address, whose returns wait for it: the form requires one.
        """
        held = self.mis.readable()
        judged = PlainSchool(self.mis.school.type, _open(held[Table.SESSIONS]))
        return {
            (upn, run["first"], run["reached"])  # type: ignore[misc]
            for upn, pupil in _pupils(held)
            for run in returns_ever_due(judged, pupil, as_at)
        }

    def logged(self) -> str:
        """Every line of the log in the state folder."""
        return "".join(path.read_text(encoding="utf-8") for path in (self.folder / "state" / "log").iterdir())


def _open(sessions: pl.DataFrame) -> set[tuple[date, int]]:
    rows = sessions.filter("open").select("date", "session").iter_rows()
    return {(day, 0 if half == "AM" else 1) for day, half in rows}


def _pupils(held: dict[Table, pl.DataFrame]) -> Iterator[tuple[str, PlainPupil]]:
    for row in held[Table.PUPILS].filter(pl.col("address").is_not_null()).iter_rows(named=True):
        own = {table: held[table].filter(pupil=row["pupil"]) for table in (Table.ROLL, Table.MARKS)}
        marks = {
            (day, 0 if half == "AM" else 1): code
            for day, half, code in own[Table.MARKS].select("date", "session", "code").iter_rows()
        }
        yield row["upn"], PlainPupil(row["dob"], own[Table.ROLL].select("from", "to").rows(), marks=marks)


def said_by(result: RunResult) -> str:
    """All that a run's record says, as text."""
    return json.dumps(result, default=lambda one: getattr(one, "__dict__", str(one)))


@contextmanager
def trust_of(folder: Path, mis: AnyMis, connection: Mapping[str, Any], **more: Any) -> Iterator[Trust[AnyMis]]:
    """A trust of the school of `mis`, read by that connection; `more` is said of the school besides."""
    made, clock = mis.school, Clock()
    with running_receiver(folder, now=clock) as receiver:
        secret = folder / "secret"
        secret.touch(mode=0o600)
        secret.write_text(receiver.client_secret, encoding="utf-8")
        written = TOML.format(
            connection=_lines(connection),
            urn=made.urn,
            laestab=made.laestab,
            type=made.type,
            lowest=made.lowest_year,
            highest=made.highest_year,
            more=_lines(more),
            receiver=receiver.url,
            client=receiver.client_id,
        )
        (folder / "rollbook.toml").write_text(written, encoding="utf-8")
        yield Trust(folder, mis, receiver, clock)


def _lines(settings: Mapping[str, Any]) -> str:
    return "\n".join(f"{name} = {toml(value)}" for name, value in settings.items())
