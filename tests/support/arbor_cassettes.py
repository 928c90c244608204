"""Recordings of the Arbor source against its simulator, scrubbed of secrets and of where they were made.

To record them again: `ROLLBOOK_RECORD=1 pytest -n 0 tests/plugins/arbor/test_arbor_recorded.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl

from rollbook.contract import Window
from rollbook.tables.schemas import Table
from rollbook.testing.recordings import Recordings
from rollbook.testing.schools import MadeSchool, make_school
from rollbook_arbor.simulator import ArborSimulator
from rollbook_arbor.simulator.registers import held_on, readable
from rollbook_arbor.simulator.world import Objects
from rollbook_arbor.source import ArborSource
from support.arbor import URN, source

HOST = "arbor.invalid"
GUEST = ("Rowan", "Guestling", "2018-01-15", "2018-01-15 00:00:00")  # the simulator's own invention
CASSETTES = Path(__file__).parents[1] / "plugins/arbor/cassettes"
PERSONAL = {
    "legalFirstName": "forename",
    "legalLastName": "surname",
    "preferredFirstName": "forename",
    "preferredLastName": "surname",
    "dateOfBirth": "dob",
    "upn": "upn",
    "postalCode": "postcode",
}
PLAIN = (
    *("__typename", "academicLevelName", "address1", "attendanceMark", "attendanceRegisterTypeName", "code"),
    *("curriculumGradeName", "d00018", "d00020", "date", "description", "displayName", "educationalInstitutionName"),
    *("effectiveDate", "endDate", "entityType", "entryDate", "establishmentNumber", "href", "id"),
    *("issuedEstablishmentNumber", "issuedLocalAuthority", "longName", "markDescription", "markShortDescription"),
    *("name", "postalTown", "query", "reason", "recordDate", "registrationFormName", "shortName", "source"),
    *("startDate", "startDatetime", "studentNumber", "urn"),
)
WEEK = Window(date(2026, 11, 16), date(2026, 11, 20))


@cache
def small_school() -> MadeSchool:
    """Six invented pupils, one week."""
    return make_school("primary", URN, 6, seed=5, first=WEEK.first, last=WEEK.last)


def of_arbor() -> dict[Table, pl.DataFrame]:
    """What is there to be read of it."""
    held = readable(held_on(small_school(), WEEK.last, {}), small_school().la)
    return {**held, Table.SESSIONS: held[Table.SESSIONS].filter(pl.col("date").is_between(WEEK.first, WEEK.last))}


def _with_calendar_of_the_week(simulator: ArborSimulator) -> None:
    """Over REST each day of a calendar is a request: those of other weeks would be most of the recording."""
    days = simulator.world.tables["AcademicCalendarDate"] if simulator.world else None
    assert isinstance(days, Objects)
    for key in [key for key, day in days.records.items() if not WEEK.first <= day["startDate"] <= WEEK.last]:
        del days.records[key]  # type: ignore[attr-defined]


@cache
def tapes() -> Recordings:
    """The recordings of Arbor."""
    return Recordings(CASSETTES, host=HOST, personal=PERSONAL, plain=PLAIN, school=small_school(), known=GUEST)


@contextmanager
def recorded(name: str, folder: Path, **settings: Any) -> Iterator[ArborSource]:
    """A source that reads a recording; or, when recording, the simulator. It reads no contacts, leave or flags."""
    given = {"flags": [], "without": ["contacts", "leave"], "at_once": 1, **settings}
    with ExitStack() as stack:
        there: Any = stack.enter_context(_simulator(folder)) if tapes().recording else _nobody(folder)
        stack.enter_context(tapes().playing(name))
        yield source(there, folder, **given)


@contextmanager
def _simulator(folder: Path) -> Iterator[ArborSimulator]:
    with closing(ArborSimulator(folder / "arbor", small_school())) as simulator:
        simulator.publish(WEEK.last)
        _with_calendar_of_the_week(simulator)
        yield simulator


def _nobody(folder: Path) -> SimpleNamespace:
    """What has the settings of a simulator, where none runs: the recording answers."""
    (folder / "word").write_text("scrubbed", encoding="utf-8")
    (folder / "word").chmod(0o600)
    return SimpleNamespace(
        settings={"url": f"https://{HOST}/", "user": "us", "password": {"file": str(folder / "word")}}
    )
