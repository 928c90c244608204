"""The stand-in for Arbor speaks as Arbor is known to: lists and details over REST, queries, pages and filters."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from rollbook.tables.schemas import Table
from rollbook.testing.schools import MadeSchool
from rollbook_arbor.entities import Entity
from rollbook_arbor.simulator.model import MODEL
from rollbook_arbor.simulator.pupils import GUEST_PUPIL
from support.arbor_line import LAST, MARKS, Line

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
