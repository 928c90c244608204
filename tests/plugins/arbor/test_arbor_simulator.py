"""The stand-in for Arbor speaks as Arbor is known to, and holds what the made-up school's office holds."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import polars as pl
import pytest

from rollbook.tables.schemas import Table
from rollbook.testing.schools import MadeSchool
from rollbook_arbor.entities import Entity
from rollbook_arbor.settings import ArborSettings
from rollbook_arbor.simulator import ArborSimulator
from rollbook_arbor.simulator.model import MODEL
from rollbook_arbor.simulator.pupils import GUEST_PUPIL
from support.arbor_line import FIRST, LAST, MARKS, Line, line_to, three_weeks

MARK_FIELDS = "id recordDate isRedundant student {id} attendanceRollCall {id} attendanceMark {id attendanceMark}"


@pytest.fixture(scope="module")
def school() -> MadeSchool:
    return three_weeks()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, school: MadeSchool) -> Iterator[ArborSimulator]:
    """As at the last evening. Read only."""
    with closing(ArborSimulator(tmp_path_factory.mktemp("arbor"), school)) as simulator:
        simulator.publish(LAST)
        yield simulator


@pytest.fixture
def arbor(shared: ArborSimulator) -> Iterator[Line]:
    with line_to(shared) as line:
        yield line


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


# What is said, as the vendor's documents and its published clients have it.


def test_a_list_over_rest_holds_identities_only(arbor: Line) -> None:
    day = {"filters.recordDate.from": LAST, "filters.recordDate.to": LAST}
    body = arbor.read("attendance-roll-call-records", page_number=1, page_size=2, **day).json()
    assert body["status"] == {"success": True, "code": 200, "reason": "OK", "errors": []}
    assert [set(row) for row in body["attendanceRollCallRecords"]] == [{"entityType", "href", "displayName"}] * 2
    assert body["attendanceRollCallRecords"][0]["href"].startswith("/rest-v2/attendance-roll-call-records/")


def test_a_mark_over_rest_has_references_one_level_deep(arbor: Line) -> None:
    key = arbor.ids(MARKS, page_size=1)[0]
    body = arbor.read(f"attendance-roll-call-records/{key}").json()
    mark = body["attendanceRollCallRecord"]
    assert mark["href"] == f"/rest-v2/attendance-roll-call-records/{key}"
    assert mark["recordDate"] == {"entityType": "date", "date": "2026-11-03 00:00:00"}
    assert mark["student"] == {"entityType": "Student", "href": "/rest-v2/students/001003"}
    assert mark["attendanceMark"] == {
        "entityType": "AttendanceMark",
        "href": "/rest-v2/attendance-marks/PRESENT",
        "attendanceMark": "/",
    }
    assert mark["attendanceRollCall"]["shortName"] == "AM"
    assert (mark["entityType"], mark["userTags"]) == (MARKS, [])
    assert mark["revisionId"] > 0


def test_what_is_not_there_has_its_reason_in_the_body(arbor: Line) -> None:
    answer = arbor.read("students/999999")
    assert answer.status_code == 404
    assert answer.json()["response"]["reason"] == "Resource not found"
    assert answer.json()["response"]["success"] is False


def test_a_query_has_its_rows_under_the_entitys_name(arbor: Line) -> None:
    answer = arbor.query(
        f'{{{MARKS}(page_size: 1, page_num: 1, recordDate_after_or_equal: "2026-11-04", recordDate_before_or_equal: '
        '"2026-11-20") {id recordDate isRedundant student {id} attendanceMark {id}}}'
    )
    (row,) = answer["data"][MARKS]
    assert row == {
        "id": row["id"],
        "recordDate": "2026-11-04",
        "isRedundant": False,
        "student": {"id": "001003"},
        "attendanceMark": {"id": "PRESENT"},
    }


def test_references_are_followed_as_deep_as_a_query_asks(arbor: Line) -> None:
    row = arbor.rows("Student", "id person {legalLastName gender {shortName}}", page_size=1)[0]
    assert row["id"] == "001003"
    assert row["person"]["gender"]["shortName"] in ("F", "M")


def test_whose_an_address_is_may_be_anybody(arbor: Line) -> None:
    fields = "occupant {__typename ... on Person {id} ... on Student {id} ... on Guardian {id}}"
    whose = [row["occupant"] for row in arbor.rows("PostalAddressOccupancy", fields)]
    assert {one["__typename"] for one in whose} == {"Person", "Student", "Guardian"}
    assert all(one["id"] for one in whose)


@pytest.mark.parametrize("entity", sorted(MODEL))
def test_every_entity_is_given_by_both_routes(arbor: Line, entity: str) -> None:
    names = {
        one["name"]
        for one in arbor.query(f'{{__type(name: "{entity}") {{fields {{name}}}}}}')["data"]["__type"]["fields"]
    }
    named = Entity(entity, ())
    listed = arbor.read(named.path.removeprefix("rest-v2/"), page_size=1).json()[named.list_key]
    assert [row["href"].rpartition("/")[2] for row in listed] == arbor.ids(entity, page_size=1) != []
    detail = arbor.http.get(listed[0]["href"]).json()[named.one_key]
    assert names <= {"id", *detail}


def test_a_field_that_is_not_there_is_named_and_nothing_is_given(arbor: Line) -> None:
    answer = arbor.query("{Student {id upn}}")
    assert answer == {"errors": [{"message": 'Cannot query field "upn" on type "Student".'}]}


def test_a_type_that_is_not_there_has_no_fields(arbor: Line) -> None:
    assert arbor.query('{__type(name: "AcademicTerm") {fields {name}}}') == {"data": {"__type": None}}


@pytest.mark.parametrize("text", ["{", "mutation {Student {id}}", "{Student {...gone}}", "{Student(colour: 1) {id}}"])
def test_what_is_no_query_is_answered_with_errors(arbor: Line, text: str) -> None:
    answer = arbor.query(text)
    assert answer["errors"]
    assert "data" not in answer


# Pages and filters.


@pytest.mark.parametrize("size", [7, 500])
def test_pages_together_are_all_there_is(arbor: Line, size: int) -> None:
    everything = arbor.ids(MARKS)
    pages = [arbor.ids(MARKS, page_size=size, page_num=number + 1) for number in range(len(everything) // size + 2)]
    assert [key for page in pages for key in page] == everything
    assert pages[-1] == []


def test_pages_over_rest_are_the_same(arbor: Line) -> None:
    listed = arbor.read("students", page_size=15, page_number=2).json()["students"]
    assert [row["href"].rpartition("/")[2] for row in listed] == arbor.ids("Student", page_size=15, page_num=2)


DAYS = ["2026-11-04", "2026-11-05", "2026-11-06"]


@pytest.mark.parametrize(
    ("arguments", "kept"),
    [
        ({"recordDate_after_or_equal": DAYS[1], "recordDate_before_or_equal": DAYS[2]}, DAYS[1:]),
        ({"recordDate_after": DAYS[0], "recordDate_before": DAYS[2]}, DAYS[1:2]),
        ({"recordDate": DAYS[2]}, DAYS[2:]),
    ],
)
def test_a_query_may_ask_for_some_days(arbor: Line, arguments: dict[str, str], kept: list[str]) -> None:
    assert {row["recordDate"] for row in arbor.rows(MARKS, "recordDate", **arguments)} == set(kept)


@pytest.mark.parametrize(
    ("filters", "kept"),
    [
        ({"from": f"{DAYS[1]} 00:00:00", "to": DAYS[2]}, DAYS[1:]),
        ({"after": DAYS[0], "before": DAYS[2]}, DAYS[1:2]),
        ({"equals": DAYS[2]}, DAYS[2:]),
        ({"in": ",".join(DAYS[:2])}, DAYS[:2]),
    ],
)
def test_a_list_may_ask_for_some_days(arbor: Line, filters: dict[str, str], kept: list[str]) -> None:
    params = {f"filters.recordDate.{operator}": value for operator, value in filters.items()}
    listed = arbor.read("attendance-roll-call-records", page_size=3000, **params).json()["attendanceRollCallRecords"]
    known = {row["id"]: row["recordDate"] for row in arbor.rows(MARKS, "id recordDate")}
    assert {known[row["href"].rpartition("/")[2]] for row in listed} == set(kept)


@pytest.mark.parametrize(
    ("arguments", "kept"),
    [
        ({"startDate_after_or_equal": DAYS[1], "startDate_before_or_equal": DAYS[2]}, DAYS[1:]),
        ({"startDate_after": DAYS[0], "startDate_before": DAYS[2]}, DAYS[1:2]),
    ],
)
def test_the_first_and_the_last_day_of_a_filter_are_in_it_or_not(
    arbor: Line, arguments: dict[str, str], kept: list[str]
) -> None:
    assert [row["startDate"] for row in arbor.rows("AcademicCalendarDate", "startDate", **arguments)] == kept


def test_a_list_may_be_in_another_order(arbor: Line) -> None:
    listed = arbor.read("persons", order_property="dateOfBirth", page_size=3000).json()["persons"]
    born = {row["id"]: row["dateOfBirth"] or "" for row in arbor.rows("Person", "id dateOfBirth")}
    days = [born[row["href"].rpartition("/")[2]] for row in listed]
    assert days == sorted(days) != list(born.values())


def test_a_query_may_ask_for_some_pupils(arbor: Line) -> None:
    answer = arbor.query(f'{{{MARKS}(student__id_in: ["001003", "001010"]) {{student {{id}}}}}}')
    assert {row["student"]["id"] for row in answer["data"][MARKS]} == {"001003", "001010"}


def test_a_list_may_ask_for_what_has_no_value(arbor: Line) -> None:
    params: dict[str, Any] = {"filters.endDate.equals": "NULL", "page_size": 3000}
    still = arbor.read("postal-address-occupancies", **params).json()["postalAddressOccupancies"]
    everything = arbor.rows("PostalAddressOccupancy", "id endDate")
    assert len(still) == sum(row["endDate"] is None for row in everything) == len(everything) - 1


def test_a_filter_that_is_none_is_refused(arbor: Line) -> None:
    assert arbor.read("students", **{"filters.colour.equals": "red"}).status_code == 422


def test_those_who_left_are_not_enrolled_now(arbor: Line, school: MadeSchool) -> None:
    roll = school.known_on(LAST)[Table.ROLL].filter(pl.col("to").is_null() | (pl.col("to") >= LAST))
    there = set(arbor.ids("Student", currentlyEnrolled=True))
    assert there - {GUEST_PUPIL} == set(roll.filter(pl.col("from") <= LAST)["pupil"])


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
