"""The files of Arbor's BI export, read by the settings that docs/arbor.md states and no others."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from rollbook.contract import FixSettings
from rollbook.tables.schemas import Table
from support.csv_files import drop, marks_of, pull, rejects, rows, source

DOCS = Path(__file__).parents[3] / "docs"
SCHOOL = "oakfield-school"
MARK_HEADINGS = (
    "ATTENDANCE_ROLL_CALL_RECORD_ID,ATTENDANCE_ROLL_CALL_ID,STUDENT_ID,STUDENT_UNIQUE_ID,APPLICATION_ID,DATE,PERIOD,"
    "RAW_MARK,MARK_CODE,MINUTES_LATE,ACADEMIC_YEAR_NAME,IS_PRESENT"
)
PUPIL_HEADINGS = (
    "STUDENT_ID,APPLICATION_ID,UPN,LEGAL_LAST_NAME,LEGAL_FIRST_NAME,PREFERRED_LAST_NAME,PREFERRED_FIRST_NAME,"
    "DATE_OF_BIRTH,SEX,CURRENT_YEAR_GROUP,CURRENT_REGISTRATION_GROUP,IS_CURRENT"
)


def mark(record: int, pupil: int, day: str, session: str, raw: str, word: str, school: str = SCHOOL) -> str:
    return f"{record},1,{pupil},{school}|{pupil},{school},{day},{session},{raw},{word},,2026/2027,1"


MARKS = [
    mark(90001, 341, "2026-11-02", "AM", "/", "PRESENT"),
    mark(90002, 341, "2026-11-02", "PM", "N", "NO_REASON"),
    mark(90003, 342, "2026-11-02", "AM", "C1", "REGULATED_PERFORMANCE"),
]
PUPILS = [
    f"341,{SCHOOL},B801200005001,Example,Patricia,Example,Pat,2016-03-10,F,Year 5,5A,1",
    f"342,{SCHOOL},,Sample,Sam,Sample,Sam,2017-09-01,M,Year 4,4B,1",
]


def stated() -> dict[str, Any]:
    """The settings of the page, but for the plugin and the folder."""
    found = tomllib.loads(_block())["connections"]["oakfield"]
    return {name: value for name, value in found.items() if name not in ("plugin", "folder")}


def _block() -> str:
    section = (DOCS / "arbor.md").read_text(encoding="utf-8").partition("\n## BI export")[2]
    return re.findall(r"```toml\n(.*?)```", section, flags=re.S)[0]


def export(folder: Path, marks: list[str] = MARKS, pupils: list[str] = PUPILS, **more: str) -> Path:
    files = {
        "attendancesession": "\n".join([MARK_HEADINGS, *marks, ""]),
        "students": "\n".join([PUPIL_HEADINGS, *pupils, ""]),
    }
    return drop(folder, **files, **more)


def test_raw_marks_are_read_and_not_their_words(tmp_path: Path) -> None:
    assert marks_of(rows(Table.MARKS, export(tmp_path), **stated())) == [
        ("341", date(2026, 11, 2), "AM", "/"),
        ("341", date(2026, 11, 2), "PM", "N"),
        ("342", date(2026, 11, 2), "AM", "C1"),
    ]


def test_pupils_are_known_by_the_same_number_with_names_and_birth_dates(tmp_path: Path) -> None:
    found = rows(Table.PUPILS, export(tmp_path), **stated())
    names = ("pupil", "upn", "surname", "forename", "preferred_forename", "dob", "sex")
    assert found.select(names).rows() == [
        ("341", "B801200005001", "Example", "Patricia", "Pat", date(2016, 3, 10), "F"),
        ("342", None, "Sample", "Sam", "Sam", date(2017, 9, 1), "M"),
    ]


def test_the_roll_begins_with_the_school_year_and_has_the_pupils_year_and_class(tmp_path: Path) -> None:
    found = rows(Table.ROLL, export(tmp_path), **stated()).sort("pupil")
    assert found.select("pupil", "from", "year_group", "class_name").rows() == [
        ("341", date(2026, 8, 1), 5, "5A"),
        ("342", date(2026, 8, 1), 4, "4B"),
    ]


def test_a_roll_of_its_own_goes_before_the_pupils_file(tmp_path: Path) -> None:
    folder = export(tmp_path, roll="STUDENT_ID,From,To\n341,2025-09-03,\n")
    found = rows(Table.ROLL, folder, **stated())
    assert found.select("pupil", "from").rows() == [("341", date(2025, 9, 3))]


def test_a_year_that_is_none_is_told_by_the_file_that_has_it(tmp_path: Path) -> None:
    folder = export(tmp_path, pupils=[PUPILS[0], PUPILS[1].replace("Year 4", "Elm")])
    assert [one.place for one in rejects(Table.ROLL, folder, **stated())] == ["students.csv, line 3"]
    assert rows(Table.ROLL, folder, **stated()).sort("pupil")["year_group"].to_list() == [5, None]


@pytest.mark.parametrize("table", [Table.MARKS, Table.PUPILS])
def test_a_file_of_two_schools_is_refused(tmp_path: Path, table: Table) -> None:
    other = mark(90004, 341, "2026-11-02", "AM", "/", "PRESENT", school="elm-school")
    folder = export(tmp_path, [*MARKS, other], [*PUPILS, PUPILS[0].replace(SCHOOL, "elm-school")])
    with pytest.raises(FixSettings, match=r"is of more than one school: line [45] has another APPLICATION_ID"):
        pull(table, folder, **stated())


def test_check_says_where_year_and_class_come_from(tmp_path: Path) -> None:
    said = [remark.text for remark in source(export(tmp_path), **stated()).check()]
    assert any("Year group and class are also looked for in students.csv." in text for text in said)


def test_the_page_of_csv_files_states_the_same_settings() -> None:
    assert _block() in (DOCS / "csv.md").read_text(encoding="utf-8")


def test_marks_that_have_the_year_themselves_keep_it(tmp_path: Path) -> None:
    marks = "Adno,Date,AM/PM,Mark,Year\n341,2026-11-02,AM,/,6\n"
    folder = drop(tmp_path, marks=marks, pupils="Adno,DOB,Year,Class\n341,2016-03-10,5,5A\n")
    found = rows(Table.ROLL, folder, date_form="yyyy-mm-dd")
    assert found.select(pl.col("year_group", "class_name")).rows() == [(6, "5A")]
