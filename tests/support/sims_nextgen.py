"""A SIMS Next Gen that answers with the records which a test writes, and the source that reads it.

    with next_gen(tmp_path, learners=[learner("ada")], records=[mark("ada", "16am")]) as there:
        assert there.rows(Table.MARKS).rows() == [...]

To record the cassettes again: `ROLLBOOK_RECORD=1 pytest -n 0 tests/plugins/sims/test_sims_nextgen_recorded.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import polars as pl

from rollbook.contract import Done, Page, Reject, SchoolRef, Window
from rollbook.host.page_checks import whole_pull
from rollbook.tables.schemas import Table, page_schema
from rollbook.testing import connected
from rollbook.testing.web import Answer, Incoming, Server, as_json
from rollbook_sims.source import SimsSource

WEEK = Window(date(2026, 11, 16), date(2026, 11, 20))
URN = 900001
PATHS = {
    "learners": "Learner/V3/LearnerPersonals",
    "identifiers": "Learner/V3/LearnerIdentifiers",
    "enrolments": "Learner/V3/LearnerEnrolments",
    "records": "Attendance/V3/AttendanceRecords",
    "sessions": "Attendance/V3/StatutoryAttendanceSessions",
    "codes": "Lookup/V3/AttendanceCodes",
    "statutory_codes": "Lookup/V3/StatutoryAttendanceCodes",
}
Said = dict[str, Any]


@dataclass
class There:
    """A source beside its Next Gen, and what was asked: `asked` has of each request the entity and its options."""

    source: SimsSource
    asked: list[tuple[str, Said]] = field(default_factory=list)
    signed_in: list[Said] = field(default_factory=list)

    def pull(self, table: Table, window: Window = WEEK) -> tuple[pl.DataFrame, list[Reject], Done]:
        """The rows as the host takes them, what was set aside, and the Done."""
        items = list(whole_pull(self.source.pull(table, SchoolRef(str(URN), "", URN), window, None), table, window))
        pages, done = [item for item in items if isinstance(item, Page)], items[-1]
        assert isinstance(done, Done)
        rows = [page.rows for page in pages] or [pl.DataFrame(schema=page_schema(table))]
        return pl.concat(rows, how="diagonal"), [one for page in pages for one in page.rejects], done

    def rows(self, table: Table) -> pl.DataFrame:
        """The rows alone, of a pull in which nothing is set aside."""
        rows, rejects, _ = self.pull(table)
        assert rejects == []
        return rows

    def codes(self) -> list[Any]:
        """The codes of the marks."""
        return self.rows(Table.MARKS)["code"].to_list()


@contextmanager
def next_gen(folder: Path, settings: Said | None = None, token: Any = None, **entities: Any) -> Iterator[There]:
    """A source whose Next Gen has these records; what is not named has one of each kind that fits the others.

    An entity may be a function from the request's options to records or to a whole answer. `token`: as entities.
    """
    usual: Said = {
        "learners": [learner("ada")],
        "identifiers": [identifier("ada")],
        "enrolments": [enrolment("ada")],
        "sessions": [session("16am", "2026-11-16T08:50:00Z")],
        "records": [],
        "codes": [code("/")],
        "statutory_codes": [statutory("/")],
    }
    held = {PATHS[name]: records for name, records in (usual | entities).items()}
    there: list[There] = []

    def answer(asked: Incoming) -> Answer:
        parts = urlsplit(asked.target)
        options = dict(parse_qsl(parts.query))
        if parts.path == "/token":
            there[0].signed_in.append(dict(parse_qsl(asked.body.decode())))
            return _answer(token or (lambda _: as_json({"access_token": f"token{len(there[0].signed_in)}"})), options)
        path = parts.path.removeprefix("/ssli01/")
        there[0].asked.append((path.rpartition("/")[2], options))
        return _answer(held.get(path) or [], options)

    server = Server(answer)
    try:
        there.append(There(connected(SimsSource, _settings(server.url, folder) | (settings or {}), folder)))
        yield there[0]
    finally:
        server.close()


def _settings(url: str, folder: Path) -> Said:
    for name in ("secret", "key"):
        (folder / name).write_text(f"the-{name}-of-all", encoding="utf-8")
        (folder / name).chmod(0o600)
    return {
        "kind": "nextgen",
        "urn": str(URN),
        "organisation": "larkspur",
        "client_id": "rollbook",
        "client_secret": {"file": str(folder / "secret")},
        "subscription_key": {"file": str(folder / "key")},
        "url": f"{url}ssli01/",
        "sign_in": f"{url}token",
    }


def _answer(held: Any, options: Said) -> Answer:
    made = held(options) if isinstance(held, Callable) else held  # type: ignore[arg-type]
    return made if isinstance(made, Answer) else listed(made)


def listed(records: list[Said], following: str | None = None, total: int | None = None) -> Answer:
    """A page of OData's."""
    said: Said = {"@odata.context": "https://behind.invalid/$metadata#Any", "value": records}
    said |= {} if total is None else {"@odata.count": total}
    return as_json(said | ({} if following is None else {"@odata.nextLink": following}))


def ref(id_: str, kind: str = "", description: str | None = None) -> Said:
    """A reference; without a kind it has no Type."""
    said = {"ExternalID": id_} | ({"Type": kind} if kind else {})
    return said | ({"Description": description} if description else {})


def learner(id_: str, **said: Any) -> Said:
    """A record of LearnerPersonals."""
    return {
        "ExternalID": id_,
        "PreferredForename": "Ada",
        "PreferredSurname": "Larkin",
        "GenderCategory": "Female",
        "LegalForename": "Ada",
        "LegalSurname": "Larkin",
        "DateOfBirth": "2016-06-15",
        "UPN": "E801200005001",
        **said,
    }


def identifier(id_: str, year: str | None = "Year 5", class_name: str | None = "5DT") -> Said:
    """A record of LearnerIdentifiers."""
    year_group = ref("y", "PastoralGroup.Definition.YearGroup", year) if year else None
    return {
        "ExternalID": id_,
        "CurrentYearGroup": year_group,
        "CurrentPrimaryClass": ref("c", "PastoralGroup.Definition.PrimaryClass", class_name) if class_name else None,
    }


def enrolment(id_: str, first: str = "2025-09-01", last: str | None = None, status: str | None = None) -> Said:
    """A record of LearnerEnrolments."""
    said = {"Learner": ref(id_, "Learner.Identifier"), "StartDate": first, "EndDate": last}
    return said | {"EnrolmentStatus": ref("s", "Learner.Lookup.EnrolmentStatus", status) if status else None}


def session(id_: str, start: str, name: str | None = None) -> Said:
    """A record of StatutoryAttendanceSessions."""
    return {"ExternalID": id_, "AttendableEventStart": start, "SessionName": name}


def mark(
    of: str, when: str = "16am", code: str | None = "/", kind: str = "Attendance.StatutoryAttendanceSession"
) -> Said:
    """A record of AttendanceRecords. `code`: its id, which is that of `code()`."""
    given = ref(f"id of {code}", "Attendance.Lookup.AttendanceCode") if code is not None else None
    return {"Attendee": ref(of, "Learner.Identifier"), "Event": ref(when, kind), "AttendanceCode": given}


def code(displayed: str, stands_for: str | None = "same") -> Said:
    """An attendance code; `same`: its statutory code is written alike."""
    statute = displayed if stands_for == "same" else stands_for
    named = None if statute is None else ref(f"statute {statute}", "Attendance.Lookup.StatutoryAttendanceCode")
    return {
        "ExternalID": f"ID OF {displayed}",
        "Code": displayed,
        "LookupType": "AttendanceCode",
        "StatutoryAttendanceCode": named,
    }


def statutory(written: str) -> Said:
    """A statutory code."""
    return {"ExternalID": f"statute {written}", "Code": written, "LookupType": "StatutoryAttendanceCode"}
