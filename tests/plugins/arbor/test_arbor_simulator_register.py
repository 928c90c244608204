"""The stand-in for Arbor holds what the made-up school's office holds, that evening and the next, and ends whole."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import httpx
import polars as pl
import pytest

from rollbook.tables.schemas import Table
from rollbook.testing.schools import MadeSchool
from rollbook_arbor.settings import ArborSettings
from rollbook_arbor.simulator import ArborSimulator
from rollbook_arbor.simulator.pupils import GUEST_PUPIL
from support.arbor_line import FIRST, LAST, MARKS, Line, line_to

MARK_FIELDS = "id recordDate isRedundant student {id} attendanceRollCall {id} attendanceMark {id attendanceMark}"


@pytest.fixture
def own(tmp_path: Path, school: MadeSchool) -> Iterator[ArborSimulator]:
    """One that a test may change."""
    with closing(ArborSimulator(tmp_path, school)) as simulator:
        simulator.publish(LAST - timedelta(days=1))
        yield simulator


def _register(line: Line) -> set[tuple[str, str, str, str]]:
    """Pupil, day, session and letter of every mark that counts, but the guest's."""
    rows = line.rows(MARKS, MARK_FIELDS)
    return {
        (row["student"]["id"], row["recordDate"], session, row["attendanceMark"]["attendanceMark"])
        for row in rows
        if not row["isRedundant"] and row["student"]["id"] != GUEST_PUPIL
        for session in [{"1": "AM", "2": "PM"}[row["attendanceRollCall"]["id"]]]
    }


def _held(marks: pl.DataFrame) -> set[tuple[str, str, str, str]]:
    marks = marks.filter(pl.col("code") != "")
    return set(marks.select("pupil", pl.col("date").cast(pl.String), "session", "code").iter_rows())


# What is held.


def test_the_register_is_the_made_up_schools(arbor: Line, school: MadeSchool) -> None:
    assert _register(arbor) == _held(school.known_on(LAST)[Table.MARKS])


def test_some_marks_were_superseded_and_some_are_of_lessons(arbor: Line) -> None:
    assert any(row["isRedundant"] for row in arbor.rows(MARKS, "isRedundant"))
    assert {row["isRedundant"] for row in arbor.rows("AttendanceRecord", "isRedundant")} == {True, False}


def test_the_calendar_has_every_day_and_is_open_on_the_schools_days(arbor: Line, school: MadeSchool) -> None:
    rows = arbor.rows("AcademicCalendarDate", "startDate isGoodSchoolDay term {id} academicHoliday {id}")
    days = [row["startDate"] for row in rows]
    assert days == [(FIRST + timedelta(days=n)).isoformat() for n in range(len(days))]
    calendar = school.known_on(LAST)[Table.SESSIONS].filter("open")
    assert {
        row["startDate"] for row in rows if row["isGoodSchoolDay"] and row["term"] and not row["academicHoliday"]
    } == {day.isoformat() for day in calendar["date"]}
    assert any(row["isGoodSchoolDay"] and row["academicHoliday"] for row in rows)


def test_the_table_of_marks_has_one_without_a_letter(arbor: Line) -> None:
    letters = [row["attendanceMark"] for row in arbor.rows("AttendanceMark", "attendanceMark")]
    assert letters.count(None) == 1
    assert {"/", "\\", "L", "7"} <= set(letters)


def test_a_replaced_upn_has_ended(tmp_path: Path) -> None:
    from rollbook.testing.schools import make_school

    school = make_school("primary", 900001, 150, 1, date(2026, 9, 1), LAST)
    former = school.known_on(LAST)[Table.PUPILS].filter(pl.col("former_upn").is_not_null()).row(0, named=True)
    with closing(ArborSimulator(tmp_path, school)) as simulator, line_to(simulator) as line:
        simulator.publish(LAST)
        rows = line.rows("UkDfe_UpnAssignment", "upn endDatetime isTemporary", student__id=former["pupil"])
    assert [(row["upn"], row["endDatetime"] is None, row["isTemporary"]) for row in rows] == [
        (former["former_upn"], False, True),
        (former["upn"], True, False),
    ]


def test_a_live_feed_has_the_headings_that_somebody_chose(arbor: Line, shared: ArborSimulator) -> None:
    rows = arbor.http.get(shared.reports["marks"].path()).json()
    assert set(rows[0]) == {"Arbor Student ID", "Date", "Session", "Mark"}
    assert len(rows) == shared.readable()[Table.MARKS].height
    assert "Legal First Name" in arbor.http.get(shared.reports["pupils"].path()).json()[0]


def test_a_live_feed_with_another_hash_is_not_there(arbor: Line, shared: ArborSimulator) -> None:
    report = shared.reports["marks"]
    assert arbor.http.get(report.path().replace(report.hash, "0" * 40)).status_code == 404


# The next evening.


def test_the_next_evening_changes_what_was_corrected_and_nothing_else(own: ArborSimulator, school: MadeSchool) -> None:
    with line_to(own) as line:
        before = {row["id"]: row["revisionId"] for row in line.rows(MARKS, "id revisionId")}
        newest = max(before.values())
        own.publish(LAST)
        after = {row["id"]: row["revisionId"] for row in line.rows(MARKS, "id revisionId")}
        assert _register(line) == _held(school.known_on(LAST)[Table.MARKS])
        changes = _changes(line, newest)
    assert {key for key, kind in changes.items() if kind == "create"} == after.keys() - before.keys()
    assert {key for key, kind in changes.items() if kind == "update"} == {
        key for key in before.keys() & after.keys() if before[key] != after[key]
    }


def _changes(line: Line, after: int, until: int | None = None) -> dict[str, str]:
    params = {"from_revision": after} | ({"to_revision": until} if until is not None else {})
    body = line.read("attendance-roll-call-records/changelog", **params).json()
    return {one["changedObject"]["href"].rpartition("/")[2]: one["changeType"] for one in body["changes"]}


def test_a_correction_and_a_deletion_are_heard_of(own: ArborSimulator, school: MadeSchool) -> None:
    pupil, day = "001003", date(2026, 11, 4)
    with line_to(own) as line:
        newest = max(row["revisionId"] for row in line.rows(MARKS, "revisionId"))
        keys = line.ids(MARKS, student__id=pupil, recordDate=day)
        own.write_mark(pupil, day, "AM", "I")
        own.write_mark(pupil, day, "PM", None)
        own.publish(LAST - timedelta(days=1))
        assert _changes(line, newest) == {keys[0]: "update", keys[1]: "delete"}
        assert _changes(line, newest, newest) == {}
        assert line.read(f"attendance-roll-call-records/{keys[1]}").status_code == 404
        assert {mark[3] for mark in _register(line) if mark[:2] == (pupil, day.isoformat())} == {"I"}
    marks = own.readable()[Table.MARKS].filter((pl.col("pupil") == pupil) & (pl.col("date") == day))
    assert marks["code"].to_list() == ["I"]


def test_publishing_the_same_evening_again_changes_nothing(own: ArborSimulator) -> None:
    assert own.world
    before = own.world.revision
    own.publish(LAST - timedelta(days=1))
    assert own.world.revision == before


# Who may ask, what is kept of it, and the end.


def test_its_settings_are_those_of_the_connection_type(shared: ArborSimulator) -> None:
    loaded = ArborSettings().load(shared.settings)
    assert loaded["url"] == shared.settings["url"]
    kept = Path(shared.settings["password"]["file"])
    assert len(kept.read_text(encoding="utf-8")) > 20
    assert kept.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("auth", [None, ("rollbook-app", "guess"), ("somebody", "guess")])
def test_nobody_is_answered_without_the_password(shared: ArborSimulator, auth: tuple[str, str] | None) -> None:
    answer = httpx.get(f"{shared.settings['url']}rest-v2/students", auth=auth)
    assert answer.status_code == 401
    assert answer.json()["response"]["code"] == 401


def test_what_is_kept_of_requests_names_nobody(own: ArborSimulator, capfd: pytest.CaptureFixture[str]) -> None:
    with line_to(own) as line:
        line.read("students/001003")
        line.rows("Student", page_size=5, page_num=2)
        line.http.get(own.reports["pupils"].path())
    assert [tuple(one) for one in own.requests] == [
        ("GET", "/rest-v2/students/{id}", "one Student"),
        ("POST", "/graphql/query", "query Student page 2 of 5"),
        ("GET", "/data-export", "feed pupils"),
    ]
    assert capfd.readouterr() == ("", "")


def test_closing_ends_threads_and_connections_and_twice_does_no_harm(own: ArborSimulator) -> None:
    with line_to(own) as line:
        line.ids("Term")
        assert _threads()
        port = httpx.URL(own.settings["url"]).port
        own.close()
        own.close()
        assert not [one for one in _threads() if str(port) in one]
        with pytest.raises(httpx.TransportError):
            line.ids("Term")


def _threads() -> list[str]:
    return [one.name for one in threading.enumerate() if one.name.startswith("simulator ")]
