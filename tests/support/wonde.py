"""A made-up school behind the simulator of Wonde, the source that reads it, and recordings of both.

To record them again: `ROLLBOOK_RECORD=1 pytest -n 0 tests/plugins/wonde/test_wonde_recorded.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from rollbook.contract import Done, Page, Remark, SchoolRef, Window
from rollbook.host.page_checks import whole_pull
from rollbook.tables.schemas import Table
from rollbook.testing import connected
from rollbook.testing.recordings import Recordings
from rollbook.testing.schools import MadeSchool, make_school
from rollbook.testing.web import Answer, Incoming, Server, as_json
from rollbook_wonde.simulator import SCHOOL, WondeSimulator
from rollbook_wonde.source import Wonde

HOST = "wonde.invalid"
WEEK = Window(date(2026, 11, 16), date(2026, 11, 20))
CASSETTES = Path(__file__).parents[1] / "plugins/wonde/cassettes"
PERSONAL = {
    "surname": "surname",
    "forename": "forename",
    "legal_surname": "surname",
    "legal_forename": "forename",
    "date_of_birth": "dob",
    "upn": "upn",
    "former_upn": "upn",
}
PLAIN = (
    *("admission_number", "attendance_code", "code", "current_nc_year", "date", "domain", "gender", "id", "identity"),
    *("includes", "mis", "mis_id", "name", "next", "sen_status", "session", "student", "timezone", "upi"),
)
NOON = {"timezone_type": 3, "timezone": "Europe/London"}


@cache
def small_school() -> MadeSchool:
    """Six invented pupils, one week."""
    return make_school("primary", 900001, 6, seed=5, first=WEEK.first, last=WEEK.last)


def source(there: dict[str, Any], folder: Path, **settings: Any) -> Wonde:
    """A source of a connection with those settings, which waits for nothing."""
    made: Wonde = connected(Wonde, {**there, **settings}, folder)
    return made


def pulled(wonde: Wonde, table: Table, window: Window = WEEK) -> tuple[pl.DataFrame | None, list[Any], Done]:
    """The rows of a table as the host would take them (None where there is no page), what was set aside, the Done."""
    items = list(whole_pull(wonde.pull(table, SchoolRef(SCHOOL), window, None), table, window))
    pages, done = [item for item in items if isinstance(item, Page)], items[-1]
    assert isinstance(done, Done)
    rows = pl.concat([page.rows for page in pages], how="diagonal") if pages else None
    return rows, [reject for page in pages for reject in page.rejects], done


@contextmanager
def wonde_with(folder: Path, lists: dict[str, Any], **settings: Any) -> Iterator[Wonde]:
    """A source whose Wonde answers with these lists, or with what a function makes of the request. Others are empty."""

    def answer(asked: Incoming) -> Answer:
        path = asked.target.partition("?")[0].removeprefix("/v1.0/").removeprefix(f"schools/{SCHOOL}/")
        found: Any = lists.get(path, [])
        made: Any = found(asked) if isinstance(found, Callable) else found  # type: ignore[arg-type]
        return made if isinstance(made, Answer) else as_json({"data": made, "meta": {}})

    (folder / "token").write_text("a token", encoding="utf-8")
    (folder / "token").chmod(0o600)
    server = Server(answer)
    with ExitStack() as stack:
        stack.callback(server.close)
        url = f"{server.url.rstrip('/')}/v1.0/"
        yield source({"url": url, "token": {"file": str(folder / "token")}}, folder, **settings)


def student(key: str, of: str, first: str = "2025-09-01", last: str | None = None, **said: Any) -> dict[str, Any]:
    """A record of `students` or `students-leaver`."""
    details = {"upn": None, "former_upn": None, "current_nc_year": said.pop("year", "4")}
    return {
        "id": of,
        "upi": key,
        "surname": "Larkin",
        "forename": "Ada",
        "legal_surname": "Larkin",
        "legal_forename": "Ada",
        "gender": "FEMALE",
        "date_of_birth": None,
        "education_details": {"data": {**details, "admission_date": at(first), "leaving_date": at(last)}},
        **said,
    }


def mark(of: str, day: str = "2026-11-16", code: str | None = "/", session: str = "AM") -> dict[str, Any]:
    """A record of `attendance/session`."""
    said = {"data": {"id": "A1", "code": code}} if code is not None else None
    return {"id": "A2", "student": of, "date": at(day), "session": session, "attendance_code": said}


def at(day: str | None) -> dict[str, Any] | None:
    """Midnight at the school."""
    return None if day is None else {"date": f"{day} 00:00:00.000000", **NOON}


def remarks(wonde: Wonde) -> list[Remark]:
    """What a check says."""
    return list(wonde.check())


@cache
def tapes() -> Recordings:
    """The recordings of Wonde."""
    born = small_school().history[Table.PUPILS]["dob"]
    known = [f"{day} 00:00:00.000000" for day in born]
    return Recordings(CASSETTES, host=HOST, personal=PERSONAL, plain=PLAIN, school=small_school(), known=known)


@contextmanager
def recorded(name: str, folder: Path, **settings: Any) -> Iterator[Wonde]:
    """A source that reads a recording; or, when recording, the simulator."""
    with ExitStack() as stack:
        there = _nobody(folder)
        if tapes().recording:
            simulator = stack.enter_context(closing(WondeSimulator(folder, small_school())))
            simulator.publish(WEEK.last)
            there = simulator.settings
        stack.enter_context(tapes().playing(name))
        yield source(there, folder, extended_details=True, page_size=20, **settings)


def _nobody(folder: Path) -> dict[str, Any]:
    """The settings of a connection to a simulator, where none runs: the recording answers."""
    (folder / "word").write_text("scrubbed", encoding="utf-8")
    (folder / "word").chmod(0o600)
    return {"url": f"https://{HOST}/v1.0/", "token": {"file": str(folder / "word")}}
