"""The stand-in for Arbor misbehaves when it is told to, in each way that Arbor, or what stands before it, may."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from rollbook.testing.schools import MadeSchool
from rollbook_arbor.answers import code_of
from rollbook_arbor.simulator import ArborSimulator, Fault, Faults
from support.arbor_line import LAST, MARKS, Line, line_to

STUDENTS = {"query": "{Student(page_size: 4, page_num: 2) {id}}"}
IMPATIENT = httpx.Timeout(10, read=0.05)


# Answers that are none.


@pytest.mark.parametrize(
    ("fault", "status", "counts"),
    [
        (Fault.BUSY, 429, 429),
        (Fault.ERROR, 500, 500),
        (Fault.NOT_FOUND, 404, 404),
        (Fault.UNPROCESSABLE, 422, 422),
        (Fault.BODY_RESPONSE, 200, 500),
        (Fault.BODY_STATUS, 200, 500),
        (Fault.BODY_ERROR, 200, 500),
    ],
)
def test_a_request_fails_by_its_status_or_by_its_body(
    arbor: Line, faults: Faults, fault: Fault, status: int, counts: int
) -> None:
    for ask in (lambda: arbor.read("students"), lambda: arbor.http.post("graphql/query", json=STUDENTS)):
        faults.next(fault)
        answer = ask()
        assert (answer.status_code, code_of(answer.status_code, answer.json())) == (status, counts)
        assert ask().status_code == 200


def test_a_busy_answer_says_when_to_come_again(arbor: Line, faults: Faults) -> None:
    faults.retry_after = "65"
    faults.next(Fault.BUSY)
    assert arbor.read("students").headers["Retry-After"] == "65"


def test_the_code_and_the_words_of_a_body_are_the_tests(arbor: Line, faults: Faults) -> None:
    faults.code, faults.reason = 401, "Wren Canary may not be read"
    faults.next(Fault.BODY_STATUS)
    body = arbor.read("students").json()
    assert (body["status"]["code"], body["status"]["reason"]) == (401, "Wren Canary may not be read")


@pytest.mark.parametrize("fault", [Fault.HTML, Fault.AWAY, Fault.HALF_JSON])
def test_an_answer_is_no_json(arbor: Line, faults: Faults, fault: Fault) -> None:
    faults.next(fault)
    answer = arbor.read("students")
    assert answer.content
    with pytest.raises(ValueError):
        answer.json()


@pytest.mark.parametrize("fault", [Fault.CUT_OFF, Fault.CLOSED])
def test_an_answer_is_cut_off_or_never_comes(arbor: Line, faults: Faults, fault: Fault) -> None:
    faults.next(fault)
    with pytest.raises(httpx.RemoteProtocolError):
        arbor.read("students")
    assert arbor.read("students").status_code == 200


def test_an_answer_comes_late(arbor: Line, faults: Faults) -> None:
    faults.slow_seconds = 30
    faults.next(Fault.SLOW)
    with pytest.raises(httpx.ReadTimeout):
        arbor.http.get("rest-v2/students", timeout=IMPATIENT)


def test_closing_does_not_wait_for_a_late_answer(tmp_path: Path, school: MadeSchool) -> None:
    simulator = ArborSimulator(tmp_path, school)
    simulator.faults.slow_seconds = 300
    simulator.faults.next(Fault.SLOW)
    with line_to(simulator) as line, pytest.raises(httpx.ReadTimeout):
        line.http.get("rest-v2/students", timeout=IMPATIENT)
    simulator.close()


def test_the_password_is_another_or_the_consent_is_withdrawn(arbor: Line, faults: Faults) -> None:
    faults.locked_out = True
    assert arbor.read("students").status_code == 401
    faults.locked_out, faults.revoked = False, True
    assert arbor.read("students").status_code == 403


# Which requests a fault meets.


def test_a_fault_meets_the_requests_that_it_is_for(arbor: Line, faults: Faults) -> None:
    faults.next(Fault.ERROR, times=2, only="list Student", after=1)
    asked = ["students", "terms", "students", "students", "students"]
    assert [arbor.read(path).status_code for path in asked] == [200, 200, 500, 500, 200]


def test_a_fault_lasts_until_it_is_cleared(arbor: Line, faults: Faults) -> None:
    faults.next(Fault.ERROR, times=None)
    assert {arbor.read("students").status_code for _ in range(5)} == {500}
    faults.clear()
    assert arbor.read("students").status_code == 200


# Pages.


def test_a_page_comes_twice(arbor: Line, faults: Faults) -> None:
    faults.next(Fault.PAGE_REPEATED, only="Student page 2")
    pages = [arbor.ids("Student", page_size=4, page_num=number) for number in (1, 2, 3)]
    assert pages[0] == pages[1] != pages[2]


def test_a_page_is_left_out(arbor: Line, faults: Faults) -> None:
    everything = arbor.ids("Student")
    faults.next(Fault.PAGE_SKIPPED, only="page 2")
    assert arbor.ids("Student", page_size=4, page_num=2) == everything[8:12]


@pytest.mark.parametrize(
    ("first", "zero", "pages"),
    [(1, "empty", ["", "A", "B"]), (1, "first", ["A", "A", "B"]), (0, "empty", ["A", "B", "C"])],
)
def test_pages_are_counted_from_nought_or_from_one(
    arbor: Line, faults: Faults, first: int, zero: str, pages: list[str]
) -> None:
    everything = arbor.ids("Student")
    parts = {"": [], "A": everything[:4], "B": everything[4:8], "C": everything[8:12]}
    faults.first_page, faults.page_zero = first, zero
    assert [arbor.ids("Student", page_size=4, page_num=number) for number in range(3)] == [parts[one] for one in pages]
    listed = arbor.read("students", page_size=4, page_number=0).json()["students"]
    assert [row["href"].rpartition("/")[2] for row in listed] == parts[pages[0]]


def test_a_page_holds_fewer_than_were_asked_for(arbor: Line, faults: Faults) -> None:
    faults.page_cap = 3
    assert len(arbor.ids("Student", page_size=10)) == 3
    assert len(arbor.read("students", page_size=10).json()["students"]) == 3


def test_marks_change_between_two_pages(tmp_path: Path, school: MadeSchool) -> None:
    with closing(ArborSimulator(tmp_path, school)) as simulator, line_to(simulator) as line:
        simulator.publish(LAST)
        before = line.ids(MARKS)
        simulator.faults.next(Fault.CHANGES_AFTER, only="page 1")
        pages = [line.ids(MARKS, page_size=5, page_num=number) for number in (1, 2)]
        assert pages == [before[:5], before[6:11]]  # the sixth is missed
        assert line.rows(MARKS, "attendanceMark {id}", page_size=1)[0]["attendanceMark"]["id"] == "ILLNESS"
        simulator.publish(LAST)
        assert line.ids(MARKS) == before


# What may not be read.


def test_a_property_is_refused_and_the_rest_is_given(arbor: Line, faults: Faults) -> None:
    faults.refused = {"Person.dateOfBirth"}
    answer = arbor.query("{Student(page_size: 2) {id person {id dateOfBirth}}}")
    assert answer["errors"] == [{"message": "You do not have access to `Person.dateOfBirth`."}]
    assert [row["person"]["dateOfBirth"] for row in answer["data"]["Student"]] == [None, None]
    assert arbor.read("persons/001003").json()["person"]["dateOfBirth"]


def test_errors_may_come_with_another_status(arbor: Line, faults: Faults) -> None:
    faults.refused, faults.errors_status = {"Student.id"}, 400
    assert arbor.http.post("graphql/query", json=STUDENTS).status_code == 400


def test_errors_that_name_nothing_come_with_the_data(arbor: Line, faults: Faults) -> None:
    faults.next(Fault.ERRORS)
    answer = arbor.query("{Student(page_size: 2) {id}}")
    assert len(answer["data"]["Student"]) == 2
    assert answer["errors"] == [{"message": faults.reason}]


def test_what_is_withheld_is_silently_empty_over_rest_and_refused_by_graphql(arbor: Line, faults: Faults) -> None:
    faults.withheld = {"Person"}
    listed = arbor.read("persons")
    assert (listed.status_code, listed.json()["persons"]) == (200, [])
    assert arbor.read("persons/001003").json()["person"] == {}
    answer = arbor.query("{Person {id dateOfBirth}}")
    assert answer["data"]["Person"] == []
    assert answer["errors"][-1] == {"message": "You do not have access to `Person.dateOfBirth`."}
    nested = arbor.query("{Student(page_size: 1) {person {id legalLastName}}}")
    assert nested["data"]["Student"] == [{"person": {"id": "001003", "legalLastName": None}}]


def test_a_detail_or_a_list_is_empty_once(arbor: Line, faults: Faults) -> None:
    faults.next(Fault.EMPTY_DETAIL, only="one Student")
    faults.next(Fault.EMPTY_LIST, only="list Student")
    assert arbor.read("students").json()["students"] == []
    assert [bool(arbor.read("students/001003").json()["student"]) for _ in range(2)] == [False, True]


# What values and fields look like.


def _seen(arbor: Line, field: str) -> list[Any]:
    return [arbor.rows("Term", field, page_size=1)[0][field], _detail(arbor, "terms", "Term")[field]]


def _detail(arbor: Line, path: str, entity: str) -> dict[str, Any]:
    key = arbor.ids(entity, page_size=1)[0]
    return dict(arbor.read(f"{path}/{key}").json()[entity[0].lower() + entity[1:]])


@pytest.mark.parametrize(("dates", "kinds"), [("", [str, dict]), ("text", [str, str]), ("object", [dict, dict])])
def test_dates_are_text_or_objects(arbor: Line, faults: Faults, dates: str, kinds: list[type]) -> None:
    faults.dates = dates
    assert [type(value) for value in _seen(arbor, "startDate")] == kinds


def test_none_may_be_a_word(arbor: Line, faults: Faults) -> None:
    assert _seen(arbor, "code") == [None, None]
    faults.null_text = True
    assert _seen(arbor, "code") == ["NULL", "NULL"]


def test_objects_have_fields_that_nobody_knows(arbor: Line, faults: Faults) -> None:
    faults.extra_fields = True
    assert "unheardOf" in _detail(arbor, "terms", "Term")
    fields = arbor.query('{__type(name: "Term") {fields {name}}}')["data"]["__type"]["fields"]
    assert {"name": "unheardOf"} in fields


def test_a_field_is_taken_away_or_has_another_name(arbor: Line, faults: Faults) -> None:
    faults.missing, faults.renamed = {"Term.startDate"}, {"Term.endDate": "finishDate"}
    shown = _detail(arbor, "terms", "Term")
    assert {"startDate", "endDate", "finishDate"} & set(shown) == {"finishDate"}
    assert arbor.rows("Term", "finishDate", finishDate_after="2026-11-01")
    for field in ("startDate", "endDate"):
        assert arbor.query(f"{{Term {{{field}}}}}") == {
            "errors": [{"message": f'Cannot query field "{field}" on type "Term".'}]
        }


def test_the_letter_of_a_mark_may_be_in_another_field(arbor: Line, faults: Faults) -> None:
    faults.renamed = {"AttendanceMark.attendanceMark": "code", "AttendanceMark.code": "attendanceMark"}
    rows = arbor.rows("AttendanceMark", "id code attendanceMark")
    assert {row["code"] for row in rows} >= {"/", "\\", "L"}
    assert all(row["attendanceMark"] == row["id"] for row in rows)
    assert arbor.read("attendance-marks/LATE").json()["attendanceMark"]["code"] == "L"


@pytest.mark.parametrize(
    ("fault", "field", "value"), [(Fault.BAD_DATE, "recordDate", "the day before"), (Fault.BAD_LINK, "student", [7])]
)
def test_one_record_of_a_page_is_bad(arbor: Line, faults: Faults, fault: Fault, field: str, value: object) -> None:
    faults.next(fault)
    rows = arbor.rows(MARKS, "id recordDate student {id}", page_size=4)
    assert [row[field] == value for row in rows] == [True, False, False, False]
    faults.next(fault, only=f"one {MARKS}")
    spoilt = _detail(arbor, "attendance-roll-call-records", MARKS)
    assert value in (spoilt["recordDate"], spoilt["attendanceRollCall"])
