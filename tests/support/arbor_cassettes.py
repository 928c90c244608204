"""Recordings of the Arbor source against its simulator, scrubbed of secrets and of where they were made.

To record them again: `ROLLBOOK_RECORD=1 pytest -n 0 tests/plugins/arbor/test_arbor_recorded.py`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import polars as pl
import vcr

from rollbook.contract import Window
from rollbook.tables.schemas import Table
from rollbook.testing.schools import MadeSchool, make_school
from rollbook_arbor.simulator import ArborSimulator
from rollbook_arbor.simulator.registers import held_on, readable
from rollbook_arbor.simulator.world import Objects
from rollbook_arbor.source import ArborSource
from support.arbor import URN, source

HOST = "arbor.invalid"
WEEK = Window(date(2026, 11, 16), date(2026, 11, 20))
RECORDING = bool(os.environ.get("ROLLBOOK_RECORD"))


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


def _request(request: Any) -> Any:
    request.uri = urlunsplit(urlsplit(request.uri)._replace(scheme="https", netloc=HOST))
    return request


def _response(response: dict[str, Any]) -> dict[str, Any]:
    response["headers"] = {"content-type": ["application/json"]}
    return response


def _same(one: Any, other: Any) -> bool:
    return (one.method, one.uri, one.body) == (other.method, other.uri, other.body)


_RECORDER = vcr.VCR(
    record_mode="all" if RECORDING else "none",
    match_on=["same"],
    filter_headers=["authorization", "host", "user-agent", "connection", "accept-encoding", "accept", "content-length"],
    before_record_request=_request,
    before_record_response=_response,
    decode_compressed_response=True,
)
_RECORDER.register_matcher("same", _same)  # one in place of six: a recording of REST is some hundred requests


@contextmanager
def recorded(cassette: Path, folder: Path, **settings: Any) -> Iterator[ArborSource]:
    """A source that reads a recording; or, when recording, the simulator. It reads no contacts, leave or flags."""
    given = {"flags": [], "without": ["contacts", "leave"], "at_once": 1, **settings}
    with ExitStack() as stack:
        there: Any = stack.enter_context(_simulator(folder)) if RECORDING else _nobody(folder)
        tape = stack.enter_context(_RECORDER.use_cassette(str(cassette)))
        yield source(there, folder, **given)
        if not RECORDING:
            assert tape.all_played, "the recording holds more than was asked for"


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
