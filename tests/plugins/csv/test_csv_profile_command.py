"""`rollbook csv profile`: what is proposed for a file, and that it names nobody."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from rollbook.tables.schemas import Table
from rollbook_csv import commands
from support.csv_files import marks_file, marks_of, rows
from support.csv_profiled import ISO, NO_DATES, SIMS, doubts, given, profiled, proposed


def test_an_export_that_is_known_is_named_with_how_sure_that_is(tmp_path: Path) -> None:
    export = proposed(given(tmp_path, SIMS))["export"]
    assert (export["name"], export["confidence"]) == ("a SIMS report of marks", "high")
    headings = "attendanceID,studentID,mark,exportMark,markMeaningName,calendarName,calendarStartDate"
    bromcom = marks_file("1,7,N,C1,x,AM,2026-11-02", headings=headings)
    data = proposed(given(tmp_path, bromcom))
    assert data["export"]["confidence"] == "medium"
    assert "unverified" in data["export"]["basis"]
    assert data["profile"]["columns"]["marks"]["mark"] == "exportMark"
    assert data["previews"][0]["rows"][0]["mark"] == "C1"


@pytest.mark.parametrize(
    ("encoded", "encoding", "sure"),
    [
        (SIMS.encode(), "utf-8", True),
        (SIMS.encode("utf-8-sig"), "utf-8", True),
        (SIMS.encode("utf-16"), "utf-16", True),
        (SIMS.encode("utf-16-be").join([b"\xfe\xff", b""]), "utf-16", True),
        (SIMS.encode("cp1252"), "cp1252", False),
        (ISO.encode(), "utf-8", True),
    ],
)
def test_encodings(tmp_path: Path, encoded: bytes, encoding: str, sure: bool) -> None:
    path = given(tmp_path, encoded)
    assert proposed(path)["profile"]["encoding"] == encoding
    assert ("encoding" not in doubts(path)) is sure


@pytest.mark.parametrize(("delimiter", "stated"), [(",", ","), (";", ";"), ("\t", "tab"), ("|", "|")])
def test_delimiters(tmp_path: Path, delimiter: str, stated: str) -> None:
    assert proposed(given(tmp_path, ISO.replace(",", delimiter)))["profile"]["delimiter"] == stated


def test_the_profile_is_one_that_the_source_reads(tmp_path: Path) -> None:
    text = 'Adno;Symbol;Date;AM/PM\n007;\\;02/11/2026;1\n007;"#";02/11/2026;2\n'
    profile = tmp_path / "larkspur.toml"
    path = given(tmp_path, text, pupils=NO_DATES.replace(",", ";"))
    assert profiled(path, "--date-form", "dd/mm/yyyy", "--out", profile).status == 0
    read = rows(Table.MARKS, tmp_path, profile=str(profile), date_form="dd/mm/yyyy")
    assert [(session, code) for _, _, session, code in marks_of(read)] == [("AM", "\\"), ("PM", "#")]


def test_what_is_only_plausible_is_said_to_be(tmp_path: Path) -> None:
    found = doubts(given(tmp_path, "Adno,Symbol,Date,AM/PM\n007,/,2026-11-02,1\n"))
    assert found["mark"].startswith("that 'Symbol' is the mark: it is no heading that we have seen")
    assert found["am"].startswith("that 1 is the morning and 2 the afternoon")


def test_a_column_is_found_by_what_stands_in_it(tmp_path: Path) -> None:
    path = given(tmp_path, "UPN,When,Half,Entry\n007,2026-11-02,AM,/\n007,2026-11-02,PM,C1\n")
    assert proposed(path)["profile"]["columns"] == {"marks": {"date": "When", "session": "Half", "mark": "Entry"}}


def test_a_heading_that_may_be_a_name_is_not_shown(tmp_path: Path) -> None:
    path = given(tmp_path, "Adno,Date,AM/PM,Zoë Fennimore\n007,2026-11-02,AM,/\n")
    typed = profiled(path)
    assert typed.status == 1
    assert "column 4 looks like it" in typed.out


def test_a_name_in_the_column_of_the_marks_is_not_shown(tmp_path: Path) -> None:
    typed = profiled(given(tmp_path, "Adno,Date,AM/PM,Mark\n007,2026-11-02,AM,Fennimore\n"))
    assert "(not shown)" in typed.out


def test_marks_that_are_no_national_code_are_told(tmp_path: Path) -> None:
    assert (
        "a mark of 1 digit (not shown), once (on line 2, 2026-11-02 AM): not a national code"
        in doubts(given(tmp_path, "Adno,Date,AM/PM,Mark\n007,2026-11-02,AM,7\n"))["mark"]
    )


def test_leading_zeros_that_a_spreadsheet_may_have_taken_are_told(tmp_path: Path) -> None:
    path = given(tmp_path, "Adno,Date,AM/PM,Mark\n7,2026-11-02,AM,/\n1234,2026-11-02,AM,/\n")
    assert "leading zeros" in doubts(path)["key"]


def test_a_file_without_a_last_line_break_is_told(tmp_path: Path) -> None:
    assert "final_line_break = false" in doubts(given(tmp_path, ISO.rstrip("\n")))["final_line_break"]


def test_lessons_among_the_sessions_are_counted_and_not_shown(tmp_path: Path) -> None:
    lines = [f"{n},2026-11-02,AM,/" for n in range(40)]
    path = given(tmp_path, marks_file(*lines, "001234,2026-11-02,Fennimore,/"))
    assert doubts(path)["session"].startswith("1 rows whose session is neither morning nor afternoon")


def test_a_long_file_is_looked_at_from_its_beginning(tmp_path: Path) -> None:
    lines = [f"{n:06d},2026-11-02,{half},/" for n in range(60_000) for half in ("AM", "PM")]
    path = given(tmp_path, marks_file(*lines))
    data = proposed(path)
    assert data["complete"] is True
    assert "beyond the first 2 MB" in data["not_sure"][0]["what"]


def test_a_folder_is_that_of_its_marks(tmp_path: Path) -> None:
    given(tmp_path, ISO)
    assert proposed(tmp_path)["file"] == "marks.csv"


def test_its_help_loads_no_reader_of_files() -> None:
    asked = "import sys, rollbook_csv.commands; print({'polars', 'marshmallow'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True).stdout == "set()\n"


def test_each_option_is_documented() -> None:
    page = (Path(__file__).parents[3] / "docs" / "csv.md").read_text(encoding="utf-8")
    options = [name for param in commands.profile.params for name in param.opts if name.startswith("--")]
    assert options
    assert [name for name in options if f"- `{name}" not in page] == []
