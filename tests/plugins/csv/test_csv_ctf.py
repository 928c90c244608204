"""Common Transfer Files: which are read, whose marks they have, and what is set aside."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from rollbook.contract import FixSettings
from rollbook.tables.schemas import Table
from support.csv_files import drop, marks_file, pull, rejects, source
from support.ctf_files import NAME, SURNAME, UPN, WEEK, pupil, transfer, write, year
from support.ctf_read import MONDAY, OTHER, OWN, codes, dropped, names_nobody, told, why
from support.transfer_files import made, put


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return dropped(tmp_path)


def test_marks_go_to_the_pupil_with_that_upn(folder: Path) -> None:
    write(folder, transfer())
    found = told(folder)
    assert found[:2] == [("001", 8012000, MONDAY, "AM", "/"), ("001", 8012000, MONDAY, "PM", "\\")]
    assert codes(folder) == {MONDAY.replace(day=2 + n): c for n, c in enumerate(["/\\", "/\\", "II", "GG", "/\\"])}


def test_without_such_a_file_there_is_no_page(folder: Path) -> None:
    assert pull(Table.ELSEWHERE, folder)[0] == []


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (f"{OTHER},{UPN}", pupil(year())),
        (f"{UPN},", pupil(year(), upn=OTHER, more=f"<FormerUPN>{UPN}</FormerUPN>")),
        (f"{UPN},", pupil(year(), upn=OTHER, more=f"<BasicDetails><FormerUPN>{UPN}</FormerUPN></BasicDetails>")),
        (f"{UPN},", pupil(year(), surname="Married")),
        (f"{UPN},", pupil(year(), dob="2014-10-03")),
    ],
    ids=["our former UPN", "its former UPN", "former UPN in basic details", "another surname", "another birthday"],
)
def test_a_pupil_is_known_by_a_former_upn_and_by_name_or_birth_date(tmp_path: Path, ours: str, theirs: str) -> None:
    pupils = f"Adno,UPN,Former UPN,Surname,Forename,DOB\n001,{ours},{SURNAME},Pat,10/03/2014\n"
    folder = drop(tmp_path, pupils=pupils, marks=marks_file("001,02/11/2026,AM,/"))
    write(folder, transfer(theirs))
    assert len(told(folder)) == 10


def test_another_child_with_that_upn_is_not_taken_for_ours(folder: Path) -> None:
    write(folder, transfer(pupil(year(), surname="Married", dob="2014-10-03")))
    assert "another surname and another date of birth" in why(folder)


def test_a_pupil_who_is_none_of_ours_is_told_as_such(folder: Path) -> None:
    write(folder, transfer(pupil(year(), upn=OTHER)))
    (reject,) = rejects(Table.ELSEWHERE, folder, **OWN)
    assert (reject.kind, reject.place) == ("unknown_pupil", f"{NAME}, line 1")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (transfer()[:-9], "cut off or damaged"),
        ("", "it is empty"),
        ("<html/>", "outermost element is not CTfile"),
        (transfer(name="Something else"), "DocumentName"),
        (transfer(version=""), "CTFversion"),
        (transfer(made="yesterday"), "DateTime"),
        (transfer(to=("801", "2999")), "addressed to another school (LAESTAB 8012999), and this school's is 8013000"),
        (transfer(to=("801", SURNAME)), "addressed to another school (LAESTAB none that can be read)"),
        (transfer(head='<!DOCTYPE CTfile [<!ENTITY e "x">]>'), "<!DOCTYPE"),
        (transfer(head='<!DOCTYPE CTfile SYSTEM "file:///etc/passwd">'), "<!DOCTYPE"),
    ],
)
def test_a_file_that_cannot_be_used_is_set_aside_and_the_others_are_read(folder: Path, text: str, reason: str) -> None:
    write(folder, text, "8012001_CTF_8013000_001.xml")
    assert reason in why(folder)
    write(folder, transfer())
    assert len(told(folder)) == 10


@pytest.mark.parametrize(
    ("value", "twice"),
    [
        ("<UPN>", f"<UPN>{OTHER}</UPN><UPN>"),
        ("<Estab>2000</Estab><Sess", "<Estab>2001</Estab><Estab>2000</Estab><Sess"),
        ("<AttendanceMarks>", "<AttendanceMarks>G,G</AttendanceMarks><AttendanceMarks>"),
        ("<AttendanceStartDate>", "<AttendanceStartDate>2026-11-09</AttendanceStartDate><AttendanceStartDate>"),
        ("</SessionsPossible>", "</SessionsPossible><SessionsPossible>10</SessionsPossible>"),
        ("</DateTime>", "</DateTime><DateTime>2026-11-21T16:10:00</DateTime>"),
        ("</AttendanceMarks>", "<Mark>G</Mark>,G,G</AttendanceMarks>"),
    ],
)
def test_a_value_that_could_be_one_or_another_is_not_used(folder: Path, value: str, twice: str) -> None:
    whole = transfer()
    assert value in whole
    write(folder, whole.replace(value, twice))
    assert "is there twice, or has other elements in it" in why(folder)


@pytest.mark.parametrize("to", [("801", "3000"), ("XXX", "XXXX"), ("801", "LLLL"), ("MMM", "MMMM")])
def test_a_file_for_this_school_or_for_none_is_read(folder: Path, to: tuple[str, str]) -> None:
    write(folder, transfer(to=to))
    assert len(told(folder)) == 10


def test_of_two_files_the_one_that_was_made_later_counts(folder: Path) -> None:
    early = year("/,\\,N,N", counts=(4, 2, 0, 2))
    write(folder, transfer(pupil(early), made="2026-11-03T16:00:00"), "8012000_CTF_8013000_002.xml")
    write(folder, transfer(), "8012000_CTF_8013000_001.xml")
    assert codes(folder)[date(2026, 11, 3)] == "/\\"
    assert len(told(folder)) == 10


@pytest.mark.parametrize("mark", ["-", "7", "#", ""])
def test_of_a_session_to_which_a_later_file_has_no_mark_the_earlier_file_says_none_either(
    folder: Path, mark: str
) -> None:
    weeks = ",".join([WEEK] * 2)
    early = transfer(pupil(year(weeks, counts=())), made="2026-11-13T16:00:00")
    write(folder, early, "8012000_CTF_8013000_002.xml")
    write(folder, transfer(pupil(year(weeks.replace("I,I", f"I,{mark}", 1), counts=())), made="2026-11-13T17:00:00"))
    assert codes(folder)[date(2026, 11, 4)] == "I"
    assert len(told(folder)) == 19


def test_a_file_that_is_named_after_a_child_is_not_named_in_a_message(folder: Path) -> None:
    write(folder, "<CTfile", f"{SURNAME}_CTF_{UPN}.xml")
    (reject,) = rejects(Table.ELSEWHERE, folder)
    names_nobody(reject)


def test_a_year_without_its_school_or_start_is_set_aside(folder: Path) -> None:
    write(folder, transfer(pupil(year(where=("801", "")), year(first="02/11/2026"))))
    reasons = [one.reason for one in rejects(Table.ELSEWHERE, folder, **OWN)]
    assert ["Estab" in reasons[0], "AttendanceStartDate" in reasons[1]] == [True, True]


def test_check_says_how_many_and_what_is_wrong(folder: Path) -> None:
    write(folder, transfer(pupil(year()), pupil(year(), upn=OTHER)))
    write(folder, "<CTfile", "8012001_CTF_8013000_001.xml")
    remarks = [one for one in source(folder, **OWN).check() if "CTF" in one.text]
    assert [(one.ok, one.text) for one in remarks] == [
        (True, "2 CTFs: marks of 1 pupil from 1 other school. Whose UPN no pupil of this school has: 1."),
        (
            False,
            "CTF: 1 set aside. The first is 8012001_CTF_8013000_001.xml: nothing of this CTF was used: it is cut off "
            "or damaged (no well-formed XML at line 1).",
        ),
    ]


def test_a_folder_that_is_not_there_is_a_mistake_of_the_settings(tmp_path: Path) -> None:
    with pytest.raises(FixSettings, match="cannot be read"):
        pull(Table.ELSEWHERE, tmp_path / "none")


def test_what_the_other_end_writes_of_a_leaver_is_read_here(tmp_path: Path) -> None:
    left = made(upn=UPN)
    (tmp_path / "out").mkdir()
    put(tmp_path / "out", left)
    [written] = (tmp_path / "out").glob("*.xml")
    text = re.sub("<DateTime>.*</DateTime>", "<DateTime>2026-10-12T09:00:00</DateTime>", written.read_text("utf-8"))
    who = left.content["pupil"]
    pupils = f"Adno,UPN,Surname,Forename,DOB\n001,{UPN},{who['surname']},{who['forename']},27/09/2016\n"
    folder = drop(tmp_path / "in", pupils=pupils, marks=marks_file("001,02/11/2026,AM,/"))
    write(folder, text, written.name)
    assert rejects(Table.ELSEWHERE, folder, **OWN) == []
    assert codes(folder) == {
        date(2026, 10, 5): "/\\",
        date(2026, 10, 6): "/\\",
        date(2026, 10, 7): "/\\",
        date(2026, 10, 8): "II",
    }
