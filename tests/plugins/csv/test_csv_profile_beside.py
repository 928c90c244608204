"""What `rollbook csv profile` says is needed beside the marks: it never ends with 0 where `check` would then refuse."""

from __future__ import annotations

from pathlib import Path

import pytest

from rollbook.contract import Client, FixSettings
from rollbook_csv.source import CsvSource
from support.csv_files import marks_file
from support.csv_profiled import ISO, NO_DATES, given, profiled, proposed

LINE = "001234,10/03/2016,02/11/2026,AM,/"


def test_without_dates_of_birth_it_is_not_finished(tmp_path: Path) -> None:
    typed = profiled(given(tmp_path, ISO, pupils=None))
    assert typed.status == 1
    assert "Not finished: Dates of birth are missing" in typed.err
    assert "a file pupils.csv into the folder of this one, with the columns adno (Adno, Admission No, " in typed.err


def test_a_date_of_birth_in_the_marks_will_do(tmp_path: Path) -> None:
    text = marks_file(LINE, headings="Adno,DOB,Date,AM/PM,Mark")
    assert profiled(given(tmp_path, text, pupils=None), "--date-form", "dd/mm/yyyy").status == 0


def test_a_form_that_the_birth_dates_beside_disprove_is_not_finished(tmp_path: Path) -> None:
    path = given(tmp_path, marks_file("001,02/11/2026,AM,/"), pupils="Adno,DOB\n001,10/03/2014\n002,27/03/2014\n")
    said = "pupils.csv has 1 different days under DOB that cannot be in the form mm/dd/yyyy"
    assert proposed(path, "--date-form", "mm/dd/yyyy")["needed"][0].startswith(said)
    profiled(path, "--date-form", "mm/dd/yyyy", "--out", tmp_path / "larkspur.toml")
    assert not (tmp_path / "larkspur.toml").exists()
    assert proposed(path, "--date-form", "dd/mm/yyyy")["complete"] is True


@pytest.mark.parametrize(
    ("pupils", "said"),
    [
        ("UPN,DOB\nB801200005001,\n", "pupils.csv has no column for adno."),
        ("Adno,Surname\n001234,Fennimore\n", "pupils.csv has no column for dob."),
        ("Adno,DOB\n", "pupils.csv has headings and no rows."),
        ("Adno;DOB\n001234;\n", "Its first line has no heading that is known"),
        ("Adno,DOB\n001234,10/03/2016\n", "pupils.csv is not of this profile"),
        ("", "pupils.csv is empty"),
    ],
)
def test_a_file_of_pupils_that_check_would_refuse_is_told(tmp_path: Path, pupils: str, said: str) -> None:
    path = given(tmp_path, ISO, pupils=pupils)
    data = proposed(path)
    assert data["complete"] is False
    assert said in data["needed"][0]
    source = CsvSource(CsvSource.Settings().load({"folder": str(tmp_path), **data["profile"]}), Client())
    with pytest.raises(FixSettings):
        list(source.check())


def test_it_is_told_while_a_question_is_open_too(tmp_path: Path) -> None:
    path = given(tmp_path, marks_file("001234,02/11/2026,AM,/"), pupils="UPN,DOB\n")
    assert proposed(path)["needed"][0].startswith("pupils.csv has no column for adno.")


def test_any_file_beside_the_marks_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "leave.csv").write_text("UPN,From,To\n", encoding="utf-8")
    assert proposed(given(tmp_path, ISO))["needed"][0].startswith("leave.csv has no column for adno.")


def test_a_file_of_students_is_proposed_for_that_of_the_pupils(tmp_path: Path) -> None:
    (tmp_path / "Students.csv").write_text(NO_DATES, encoding="utf-8")
    data = proposed(given(tmp_path, ISO, pupils=None))
    assert (data["complete"], data["profile"]["pupils"]) == (True, "Students.csv")


def test_headings_of_the_marks_are_not_looked_for_in_the_calendar(tmp_path: Path) -> None:
    (tmp_path / "calendar.csv").write_text("Date,Session,Open\n2026-11-02,AM,yes\n", encoding="utf-8")
    path = given(tmp_path, marks_file("001234,2026-11-02,AM,/", headings="Adno,Register Date,AM/PM,Mark"))
    assert proposed(path)["complete"] is True


@pytest.mark.parametrize(
    ("pupils", "said"),
    [
        ("Adno,DOB\n1234,\n", "The numbers of pupils.csv lack the zeros before them, which"),
        ("Adno,DOB\n00001234,\n", "The numbers of the marks lack the zeros before them"),
        (
            "Adno,Student ID,DOB\n7,001234,\n",
            "is in pupils.csv by its column Adno, so that every mark would",
        ),
    ],
)
def test_pupils_of_whom_none_is_in_the_marks_are_told_here_and_by_check(tmp_path: Path, pupils: str, said: str) -> None:
    data = proposed(given(tmp_path, ISO, pupils=pupils))
    assert said in data["needed"][0]
    source = CsvSource(CsvSource.Settings().load({"folder": str(tmp_path), **data["profile"]}), Client())
    assert [remark.text for remark in source.check() if not remark.ok] == data["needed"]
