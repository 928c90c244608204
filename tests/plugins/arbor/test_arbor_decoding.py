"""A page of marks is the same columns in whichever form it came, and one bad record costs itself alone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rollbook_arbor.decoding import decode, with_letters

LETTERS = {"PRESENT": "/"}
USUAL = {
    "id": "7",
    "recordDate": "2026-11-02",
    "isRedundant": False,
    "student": {"id": "341"},
    "attendanceRollCall": {"id": "1"},
    "attendanceMark": {"id": "PRESENT"},
}
ROW = ("7", "341", "1", "PRESENT", "2026-11-02", "/")


def read(*records: dict[str, Any]) -> list[tuple[Any, ...]]:
    rows = with_letters(decode(json.dumps(records).encode(), "page 1").rows, LETTERS)
    return rows.select("id", "student", "roll_call", "mark", "date", "code").rows()


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"isRedundant": None},
        {"isRedundant": "0"},
        {"id": 7},
        {"student": {"id": 341}},
        {"student": {"href": "/rest-v2/students/341"}},
        {"student": "/rest-v2/students/341/"},
        {"recordDate": "2026-11-02 00:00:00"},
        {"recordDate": {"entityType": "date", "date": "2026-11-02 00:00:00"}},
        {"unheardOf": [1]},
    ],
    ids=str,
)
def test_every_form_of_a_record_is_read_alike(changed: dict[str, Any]) -> None:
    assert read(USUAL | changed) == [ROW]
    assert read(USUAL, USUAL | changed) == [ROW, ROW]


@pytest.mark.parametrize(
    ("changed", "column"), [({"student": None}, 1), ({"student": {"id": ""}}, 1), ({"attendanceMark": None}, 3)]
)
def test_what_is_not_there_is_none(changed: dict[str, Any], column: int) -> None:
    assert read(USUAL | changed)[0][column] is None


def test_a_letter_of_the_record_s_own_is_used_where_the_table_has_none() -> None:
    assert read(USUAL | {"attendanceMark": {"id": "ODD", "code": "I"}})[0][-1] == "I"


def test_a_superseded_record_is_left_out_and_counted() -> None:
    decoded = decode(json.dumps([USUAL, USUAL | {"isRedundant": True}]).encode(), "page 1")
    assert (len(decoded.rows), decoded.records) == (1, 2)


def test_one_bad_record_is_set_aside_by_its_place() -> None:
    decoded = decode(json.dumps([USUAL, USUAL | {"student": [7]}, USUAL]).encode(), "page 1")
    assert (len(decoded.rows), decoded.records) == (2, 3)
    assert [(reject.place, reject.column) for reject in decoded.rejects] == [("page 1, record 2", "student")]


def test_an_empty_page_is_no_rows() -> None:
    assert read() == []
