"""Transfer files in a folder: their form and their names, once each, and never half of one."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from rollbook.contract import FixSettings, Kind, Outcome
from rollbook.testing.kit.messages import amended, withdrawn
from rollbook_la_portal.transfer import destination, document, folder, manifest
from support.transfer_files import at, elements, files, lines, made, put

FIRST, SECOND = "8012000_CTF_XXXXXXX_001.xml", "8012000_CTF_XXXXXXX_002.xml"


class Killed(KeyboardInterrupt):
    """As `kill -9`: nothing of ours may catch it."""


# The file


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


# One pupil a file, each number once


def test_two_leavers_are_two_files(tmp_path: Path) -> None:
    receipts = put(tmp_path, made(0), made(1))
    assert [one.reference for one in receipts] == files(tmp_path) == [FIRST, SECOND]
    upns = [elements(tmp_path, name)["CTFpupilData/Pupil/UPN"] for name in files(tmp_path)]
    assert upns == [made(number).content["pupil"]["upn"] for number in (0, 1)]


def test_a_number_of_the_schools_own_program_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "8012000_CTF_XXXXXXX_007.xml").write_text("theirs", encoding="utf-8")
    [receipt] = put(tmp_path, made())
    assert receipt.reference == "8012000_CTF_XXXXXXX_008.xml"
    assert (tmp_path / "8012000_CTF_XXXXXXX_007.xml").read_text(encoding="utf-8") == "theirs"


def test_a_file_that_appears_meanwhile_is_not_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def taken(where: Path, name: str, data: bytes) -> None:
        if name == FIRST:
            (where / name).write_text("theirs", encoding="utf-8")
        folder.put(where, name, data)

    monkeypatch.setattr(destination, "put", taken)
    [receipt] = put(tmp_path, made())
    assert receipt.reference == SECOND
    assert (tmp_path / FIRST).read_text(encoding="utf-8") == "theirs"


def test_a_number_is_not_given_twice_though_the_file_was_moved_away(tmp_path: Path) -> None:
    put(tmp_path, made(0))
    (tmp_path / FIRST).unlink()
    [receipt] = put(tmp_path, made(1))
    assert receipt.reference == SECOND


def test_after_the_last_number_a_person_is_asked_for_another_folder(tmp_path: Path) -> None:
    (tmp_path / "8012000_CTF_XXXXXXX_999.xml").touch()
    with pytest.raises(FixSettings, match="All 999 numbers of transfer files of 801/2000 are used"):
        put(tmp_path, made())


# Again


def test_the_same_message_again_makes_no_second_file(tmp_path: Path) -> None:
    first, again = put(tmp_path, made())[0], put(tmp_path, made())[0]
    assert (again.reference, again.at, again.digest) == (first.reference, first.at, first.digest)
    assert files(tmp_path) == [FIRST]


def test_again_after_the_file_was_uploaded_and_moved_away_it_is_still_known(tmp_path: Path) -> None:
    put(tmp_path, made())
    (tmp_path / FIRST).unlink()
    assert put(tmp_path, made())[0].reference == FIRST
    assert files(tmp_path) == []
    found = at(tmp_path).lookup(made().key)
    assert found is not None
    assert (found.reference, found.revision) == (FIRST, 1)


def test_nothing_is_found_of_who_was_never_sent(tmp_path: Path) -> None:
    assert at(tmp_path).lookup(made().key) is None


def test_an_amendment_is_a_new_file_and_the_old_one_is_told(tmp_path: Path) -> None:
    first = made()
    _, second = put(tmp_path, first, amended(first))
    assert files(tmp_path) == [FIRST, SECOND]
    assert second.reasons[0].startswith(f"{FIRST} is replaced by {SECOND}: do not upload it")


def test_a_withdrawal_deletes_no_file_and_tells_a_person(tmp_path: Path) -> None:
    first = made()
    put(tmp_path, first)
    [receipt] = put(tmp_path, withdrawn(first))
    assert receipt.outcome is Outcome.ACCEPTED
    assert receipt.reasons[0].startswith(f"{FIRST} is withdrawn: do not upload it")
    assert files(tmp_path) == [FIRST]
    assert (lines(tmp_path)[-1]["action"], lines(tmp_path)[-1]["replaces"]) == ("withdraw", [FIRST])


def test_check_tells_of_a_withdrawn_file_until_it_is_gone(tmp_path: Path) -> None:
    first = made()
    put(tmp_path, first, withdrawn(first))
    assert [remark.ok for remark in at(tmp_path).check()] == [True, False]
    (tmp_path / FIRST).unlink()
    assert [remark.ok for remark in at(tmp_path).check()] == [True]


def test_an_earlier_revision_again_does_not_say_to_upload_what_was_withdrawn(tmp_path: Path) -> None:
    first = made()
    assert any(text.startswith(f"Upload {FIRST} ") for text in put(tmp_path, first)[0].reasons)
    put(tmp_path, withdrawn(first))
    assert put(tmp_path, first)[0].reasons == ()


def test_an_older_revision_that_comes_late_is_refused(tmp_path: Path) -> None:
    first = made()
    put(tmp_path, amended(first))
    [receipt] = put(tmp_path, first)
    assert (receipt.outcome, files(tmp_path)) == (Outcome.REFUSED, [FIRST])


# Killed at any step


@pytest.mark.parametrize("step", range(10))
def test_a_killed_write_leaves_no_half_file_and_the_next_makes_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    passed = []

    def around(real: Any) -> Any:
        def reached(*args: Any, **kwargs: Any) -> Any:
            passed.append(real)
            if len(passed) - 1 == step:
                raise Killed
            done = real(*args, **kwargs)
            passed.append(real)
            if len(passed) - 1 == step:
                raise Killed
            return done

        return reached

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", around(os.fsync))
        patch.setattr(os, "link", around(os.link))
        with pytest.raises(Killed):
            put(tmp_path, made())
    for name in files(tmp_path):
        document.read((tmp_path / name).read_bytes())
    there = at(tmp_path).lookup(made().key)
    assert (there is not None) is bool(files(tmp_path))
    put(tmp_path, made())
    assert len(files(tmp_path)) == 1
    assert not list(tmp_path.glob(".*"))


def test_what_a_killed_process_left_of_a_file_is_removed(tmp_path: Path) -> None:
    (tmp_path / f".{FIRST}.part").write_bytes(b"<CTfile>")
    put(tmp_path, made(1))
    assert sorted(path.name for path in tmp_path.iterdir()) == [FIRST, manifest.NAME]


def test_half_a_line_of_a_killed_process_is_passed_over(tmp_path: Path) -> None:
    put(tmp_path, made(0))
    with (tmp_path / manifest.NAME).open("ab") as file:
        file.write(b'{"key":"transfer_file/900')
    assert put(tmp_path, made(0))[0].reference == FIRST
    assert put(tmp_path, made(1))[0].reference == SECOND
    assert [line["file"] for line in lines(tmp_path)] == [FIRST, FIRST, SECOND, SECOND]


@pytest.mark.parametrize("line", ["{}", "no JSON", '{"key": "x", "replaces": []}'])
def test_a_damaged_line_stops_everything_and_is_told_by_its_number(tmp_path: Path, line: str) -> None:
    put(tmp_path, made())
    with (tmp_path / manifest.NAME).open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    with pytest.raises(FixSettings, match=r"Line 3 of .* is damaged"):
        put(tmp_path, made(1))
    assert files(tmp_path) == [FIRST]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FixSettings, match="There is no folder"):
        put(tmp_path / "gone", made())


def test_no_pupil_is_in_the_manifest_nor_in_a_files_name(tmp_path: Path) -> None:
    first = made()
    put(tmp_path, first, amended(first))
    said = (tmp_path / manifest.NAME).read_text(encoding="utf-8") + " ".join(files(tmp_path))
    assert not [value for value in first.content["pupil"].values() if len(value) > 1 and value in said]


def test_what_a_file_needs_is_asked_of_a_person_before() -> None:
    needed = destination.TransferFiles.required[Kind.TRANSFER_FILE]
    assert {"pupil.upn", "pupil.surname", "pupil.forename", "pupil.dob", "school.laestab"} <= needed
