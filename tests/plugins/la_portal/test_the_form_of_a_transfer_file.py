"""The form of a transfer file: the elements it has, and what is refused for not being of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from rollbook.contract import Kind, Outcome
from rollbook_la_portal.transfer import destination, document
from support.transfer_files import elements, files, made, put

FIRST, SECOND = "8012000_CTF_XXXXXXX_001.xml", "8012000_CTF_XXXXXXX_002.xml"


def test_it_has_the_elements_of_the_transfer_file(tmp_path: Path) -> None:
    [receipt] = put(tmp_path, made())
    found = elements(tmp_path, FIRST)
    assert (receipt.outcome, receipt.reference) == (Outcome.ACCEPTED, FIRST)
    moment = found.pop("Header/DateTime")
    assert moment == f"{receipt.at.astimezone(ZoneInfo('Europe/London')):%Y-%m-%dT%H:%M:%S}"
    school = {"LEA": "801", "Estab": "2000", "SchoolName": "Northwick Primary School"}
    year = "CTFpupilData/Pupil/Attendance/YearData/"
    assert found == {
        "Header/DocumentName": "Common Transfer File",
        "Header/CTFversion": "25.0",
        "Header/DocumentQualifier": "partial",
        "Header/SupplierID": "EXAMPLE",
        **{f"Header/SourceSchool/{name}": text for name, text in school.items()},
        "Header/SourceSchool/AcademicYear": "2026",
        "Header/DestSchool/LEA": "XXX",
        "Header/DestSchool/Estab": "XXXX",
        "CTFpupilData/Pupil/UPN": made().content["pupil"]["upn"],
        "CTFpupilData/Pupil/Surname": "Llŷr-O’Sullivan",
        "CTFpupilData/Pupil/Forename": "Siân",
        "CTFpupilData/Pupil/DOB": "2016-09-27",
        "CTFpupilData/Pupil/Sex": "F",
        f"{year}Year": "2026",
        **{f"{year}{name}": text for name, text in school.items()},
        f"{year}SessionsPossible": "8",
        f"{year}SessionsAttended": "6",
        f"{year}SessionsAuthorised": "2",
        f"{year}SessionsUnauthorised": "0",
        f"{year}AttendSessions/AttendanceStartDate": "2026-10-05",
        f"{year}AttendSessions/AttendanceMarks": r"/,\,/,\,/,\,I,I,-,#",
    }


@pytest.mark.parametrize(
    ("month", "local"), [(7, "2026-07-02T00:30:00"), (12, "2026-12-01T23:30:00")], ids=["summer", "winter"]
)
def test_it_was_written_when_the_schools_clock_says(month: int, local: str) -> None:
    moment = datetime(2026, month, 1, 23, 30, tzinfo=UTC)
    data = document.written(made().content, supplier="EXAMPLE", at=moment)
    assert f"<DateTime>{local}</DateTime>" in data.decode()


def test_without_attendance_it_is_still_a_file(tmp_path: Path) -> None:
    whole = made()
    content = {name: value for name, value in whole.content.items() if name != "attendance"}
    put(tmp_path, replace(whole, content=content))
    found = elements(tmp_path, FIRST)
    assert not [name for name in found if "Attendance" in name]
    assert found["Header/SourceSchool/AcademicYear"] == "2026"  # of the last day on the roll


@pytest.mark.parametrize(
    ("pupil", "why"),
    [
        ({"upn": "B80120000500"}, "UPN is not of the form that is stated for it"),
        ({"upn": None}, "UPN"),
        ({"sex": "X"}, "Sex is not of the form that is stated for it"),
        ({"dob": "27/09/2016"}, "DOB is not of the form that is stated for it"),
        ({"surname": "A\x00B"}, "a field has a character in it that no XML file can have"),
    ],
)
def test_what_is_not_of_the_form_is_refused_and_no_value_is_told(
    tmp_path: Path, pupil: dict[str, Any], why: str
) -> None:
    wrong, well = made(**pupil), made(1)
    refused, taken = put(tmp_path, wrong, well)
    assert (refused.outcome, taken.outcome) == (Outcome.REFUSED, Outcome.ACCEPTED)
    told = " ".join(refused.reasons)
    assert why in told or why == "UPN"
    assert not [value for value in wrong.content["pupil"].values() if len(value) > 1 and value in told]
    assert files(tmp_path) == [FIRST]


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"attended": 7}, "SessionsPossible is not the sum of the other three"),
        ({"marks": "/,\\,I"}, "AttendanceMarks ends in the middle of a day"),
        ({"start": "2026-10-03"}, "AttendanceStartDate is a Saturday or a Sunday, of which there are no marks"),
        ({"start": "2026-10-06"}, "AttendanceMarks goes on after the last day on the roll"),
        ({"marks": "/\\/,\\"}, "AttendanceMarks is not of the form that is stated for it"),
    ],
)
def test_attendance_that_does_not_agree_is_refused(tmp_path: Path, changed: dict[str, Any], why: str) -> None:
    whole = made()
    content = {**whole.content, "attendance": {**whole.content["attendance"], **changed}}
    [receipt] = put(tmp_path, replace(whole, content=content))
    assert (receipt.outcome, receipt.reasons) == (Outcome.REFUSED, (why,))


@pytest.mark.parametrize("laestab", ["801/2000", "8012000"])
def test_both_ways_to_write_a_laestab_make_the_name(tmp_path: Path, laestab: str) -> None:
    whole = made()
    school = {**whole.content["school"], "laestab": laestab}
    put(tmp_path, replace(whole, content={**whole.content, "school": school}))
    assert files(tmp_path) == [FIRST]


def test_a_file_with_a_document_type_is_not_read() -> None:
    data = document.written(made().content, supplier="EXAMPLE", at=datetime(2026, 10, 12, tzinfo=UTC))
    evil = data.replace(b"<CTfile>", b'<!DOCTYPE CTfile [<!ENTITY x SYSTEM "file:///etc/hostname">]><CTfile>')
    with pytest.raises(document.UnfitContent, match="not of the form"):
        document.read(evil)
    assert document.read(data)["pupil"] == made().content["pupil"]


def test_what_a_file_needs_is_asked_of_a_person_before() -> None:
    needed = destination.TransferFiles.required[Kind.TRANSFER_FILE]
    assert {"pupil.upn", "pupil.surname", "pupil.forename", "pupil.dob", "school.laestab"} <= needed
