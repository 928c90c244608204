"""`rollbook csv profile`: what is proposed for a file, and that it neither guesses nor names anybody."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from rollbook.tables.schemas import Table
from rollbook_csv import commands
from support.csv_files import marks_file, marks_of, rows
from support.typed import Typed, type_command

HEADINGS = "Adno,UPN,Legal Surname,Legal Forename,Reg,Year,Mark,Date,AM/PM,Meaning"
SIMS = marks_file(
    '001234,B801200005001,Fennimore,Zoë,6A,"Year  6",/,02/11/2026,AM,Present',
    '001234,B801200005001,Fennimore,Zoë,6A,"Year  6",N,02/11/2026,PM,No reason',
    '001235,,O’Neill,Ada,6A,"Year  6",-,03/11/2026,AM,No mark',
    headings=HEADINGS,
)
ISO = marks_file("001234,2026-11-02,AM,/", "001234,2026-11-02,PM,N")
PERSONAL = ("Fennimore", "Zoë", "O’Neill", "B801200005001", "001234", "001235", "Pat", "Example,")


def given(folder: Path, contents: str | bytes, name: str = "marks.csv") -> Path:
    path = folder / name
    path.write_bytes(contents.encode() if isinstance(contents, str) else contents)
    return path


def profiled(path: Path, *words: str | Path, answers: str | None = None) -> Typed:
    """The command on that file. Nothing it says names anybody, and it is no fault."""
    typed = type_command("csv", "profile", path, *words, answers=answers)
    assert typed.status in (0, 1, 2), typed.err
    assert not [word for word in PERSONAL if word in typed.out + typed.err]
    return typed


def proposed(path: Path, *words: str | Path) -> dict[str, Any]:
    """The profile that is proposed."""
    data: dict[str, Any] = profiled(path, *words, "--format", "json").json()
    assert tomllib.loads(data["toml"]) == data["profile"]
    return data


def doubts(path: Path, *words: str) -> dict[str, str]:
    return {doubt["about"]: f"{doubt['what']}: {doubt['do']}" for doubt in proposed(path, *words)["not_sure"]}


def test_days_that_can_be_read_in_one_way_alone_need_no_answer(tmp_path: Path) -> None:
    typed = profiled(given(tmp_path, ISO))
    assert typed.status == 0
    assert '\ndate_form = "yyyy-mm-dd"\n' in typed.out
    assert "  ***    Mon 2026-11-02  PM       N\n" in typed.out
    assert "There is nothing it is not sure of." in typed.out


def test_day_before_month_is_never_decided(tmp_path: Path) -> None:
    typed = profiled(given(tmp_path, SIMS))
    assert typed.status == 1
    assert '\ndate_form = ""\n' in typed.out
    assert "02/11/2026  Monday 2 November 2026   Wednesday 11 February 2026" in typed.out
    assert "fill in date_form" in typed.err


def test_not_even_where_some_days_can_be_read_in_one_way_alone(tmp_path: Path) -> None:
    lines = ["001,02/11/2026,AM,/", "001,13/11/2026,AM,/", "001,16/11/2026,AM,/"]
    typed = profiled(given(tmp_path, marks_file(*lines)))
    assert typed.status == 1
    assert "2 can only be read day first, as 13/11/2026." in typed.out
    assert "Read day first: 02 November 2026 to 16 November 2026, 0 of 3 on a weekend." in typed.out
    assert "Read month first: 11 February 2026 to 11 February 2026, 0 of 1 on a weekend, 2 no day at all." in typed.out


def test_what_a_person_says_of_the_days_is_taken(tmp_path: Path) -> None:
    path = given(tmp_path, SIMS)
    for form, day in (("dd/mm/yyyy", "Mon 2026-11-02"), ("mm/dd/yyyy", "Wed 2026-02-11")):
        data = proposed(path, "--date-form", form)
        assert (data["complete"], data["profile"]["date_form"]) == (True, form)
        assert data["previews"][0]["rows"][0] == {"pupil": "***", "date": day, "session": "AM", "mark": "/"}


def test_a_form_in_which_the_days_cannot_be_read_is_not_finished(tmp_path: Path) -> None:
    typed = profiled(given(tmp_path, SIMS), "--date-form", "yyyy-mm-dd")
    assert typed.status == 1
    assert "It would be refused: marks.csv is not of this profile" in typed.out


def test_a_form_that_some_day_contradicts_is_not_finished(tmp_path: Path) -> None:
    """A file with British days that LibreOffice 7.4, set up as American, opened and saved."""
    saved = "UPN,Surname,Date,AM,PM\nB801200005001,X,11/02/2026,/,\\\nB801200005001,X,11/13/2026,/,N\n"
    path = given(tmp_path, saved)
    assert proposed(path, "--date-form", "mm/dd/yyyy")["complete"] is True
    data = proposed(path, "--date-form", "dd/mm/yyyy")
    assert data["complete"] is False
    assert data["not_sure"][0]["what"] == "how days are written: you said one form, and 1 can only be of the other"


def test_a_form_of_days_that_is_not_read_is_refused(tmp_path: Path) -> None:
    typed = profiled(given(tmp_path, SIMS), "--date-form", "dd/mm")
    assert typed.status == 2
    assert "it is one of: dd/mm/yyyy, yyyy-mm-dd" in typed.err


@pytest.mark.parametrize(("answer", "status", "form"), [("dd/mm/yyyy", 0, "dd/mm/yyyy"), ("", 1, "")])
def test_on_a_terminal_it_shows_both_readings_and_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, status: int, form: str
) -> None:
    monkeypatch.setattr(commands, "_on_terminal", lambda: True)
    typed = profiled(given(tmp_path, SIMS), answers=f"{answer}\n")
    assert "Is the day or the month first?" in typed.err
    assert (typed.status, f'\ndate_form = "{form}"\n' in typed.out) == (status, True)


def test_an_export_that_is_known_is_named_with_how_sure_that_is(tmp_path: Path) -> None:
    export = proposed(given(tmp_path, SIMS))["export"]
    assert (export["name"], export["confidence"]) == ("a SIMS report of marks", "high")
    headings = "attendanceID,studentID,mark,exportMark,markMeaningName,calendarName,calendarStartDate"
    bromcom = marks_file("1,7,N,C1,x,AM,2026-11-02", headings=headings)
    data = proposed(given(tmp_path, bromcom))
    assert data["export"]["confidence"] == "medium"
    assert "unverified" in data["export"]["basis"]
    assert data["profile"]["columns"]["mark"] == "exportMark"
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
    assert profiled(given(tmp_path, text), "--date-form", "dd/mm/yyyy", "--out", profile).status == 0
    read = rows(Table.MARKS, tmp_path, profile=str(profile), date_form="dd/mm/yyyy")
    assert [(session, code) for _, _, session, code in marks_of(read)] == [("AM", "\\"), ("PM", "#")]


def test_what_is_only_plausible_is_said_to_be(tmp_path: Path) -> None:
    found = doubts(given(tmp_path, "Adno,Symbol,Date,AM/PM\n007,/,2026-11-02,1\n"))
    assert found["mark"].startswith("that 'Symbol' is the mark: it is no heading that we have seen")
    assert found["am"].startswith("that 1 is the morning and 2 the afternoon")


def test_a_column_is_found_by_what_stands_in_it(tmp_path: Path) -> None:
    path = given(tmp_path, "UPN,When,Half,Entry\n007,2026-11-02,AM,/\n007,2026-11-02,PM,C1\n")
    assert proposed(path)["profile"]["columns"] == {"date": "When", "session": "Half", "mark": "Entry"}


def test_a_heading_that_may_be_a_name_is_not_shown(tmp_path: Path) -> None:
    path = given(tmp_path, "Adno,Date,AM/PM,Zoë Fennimore\n007,2026-11-02,AM,/\n")
    typed = profiled(path)
    assert typed.status == 1
    assert "column 4 looks like it" in typed.out


def test_a_name_in_the_column_of_the_marks_is_not_shown(tmp_path: Path) -> None:
    typed = profiled(given(tmp_path, "Adno,Date,AM/PM,Mark\n007,2026-11-02,AM,Fennimore\n"))
    assert "(not shown)" in typed.out


def test_marks_that_are_no_national_code_are_told(tmp_path: Path) -> None:
    assert "'7', once:" in doubts(given(tmp_path, "Adno,Date,AM/PM,Mark\n007,2026-11-02,AM,7\n"))["mark"]


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


@pytest.mark.parametrize(
    ("contents", "said"),
    [
        (b"", "marks.csv is empty or blank (0 bytes)"),
        (b"\xef\xbb\xbf\r\n\r\n", "marks.csv is empty or blank"),
        (bytes(range(256)) * 20, "is no text"),
        (b"PK\x03\x04rest", "is a workbook"),
        (b"\xd0\xcf\x11\xe0rest", "is an old workbook"),
        (b"%PDF-1.7", "is a PDF"),
        (b"<!DOCTYPE html><html>", "is a web page"),
        (b'<?xml version="1.0"?><CTfile/>', "is XML"),
        (b"Fennimore,Zo\n001234,02/11/2026,AM,/\n", "none of its first 40 lines has two headings that are known"),
        (b"x" * 3_000_000, "has no line break"),
        (b'"' * 300_000, "none of its first 40 lines has two headings"),
    ],
)
def test_a_file_that_cannot_be_profiled_is_refused(tmp_path: Path, contents: bytes, said: str) -> None:
    typed = profiled(given(tmp_path, contents))
    assert (typed.status, typed.out) == (2, "")
    assert said in typed.err


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    typed = profiled(tmp_path / "nowhere.csv")
    assert (typed.status, "nowhere.csv cannot be read (No such file or directory)" in typed.err) == (2, True)


def test_a_folder_is_that_of_its_marks(tmp_path: Path) -> None:
    given(tmp_path, ISO)
    assert proposed(tmp_path)["file"] == "marks.csv"


def test_a_folder_without_marks_is_refused(tmp_path: Path) -> None:
    typed = profiled(tmp_path)
    assert (typed.status, "a folder without a file marks.csv" in typed.err) == (2, True)


def test_it_never_writes_over_a_file(tmp_path: Path) -> None:
    there = given(tmp_path, "kept", "larkspur.toml")
    typed = profiled(given(tmp_path, ISO), "--out", there)
    assert (typed.status, there.read_text()) == (2, "kept")
    assert "larkspur.toml is there already and was left as it is" in typed.err


def test_it_says_where_a_profile_cannot_be_written(tmp_path: Path) -> None:
    typed = profiled(given(tmp_path, ISO), "--out", tmp_path / "nowhere" / "larkspur.toml")
    assert (typed.status, "cannot be written (No such file or directory)" in typed.err) == (2, True)


def test_its_help_loads_no_reader_of_files() -> None:
    asked = "import sys, rollbook_csv.commands; print({'polars', 'marshmallow'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True).stdout == "set()\n"


def test_each_option_is_documented() -> None:
    page = (Path(__file__).parents[3] / "docs" / "csv.md").read_text(encoding="utf-8")
    options = [name for param in commands.profile.params for name in param.opts if name.startswith("--")]
    assert options
    assert [name for name in options if f"- `{name}" not in page] == []


DAY = "UPN,Surname,Date,AM,PM\nB801200005001,Fennimore,02/11/2026,/,\\\nB801200005001,Fennimore,13/11/2026,/,N\n"
GRID = (
    "Register of 6A\nPrinted for Zoë Fennimore\n\nAdno,Name,02/11/2026 AM,02/11/2026 PM,03/11/2026 AM,03/11/2026 PM\n"
    "001,Pat,/,\\,N,N\n002,Jo,/,\\,-,#\nTotal,,2,2,1,1\n"
)
TWO_LINES = "Adno;Name;02/11/2026;;03/11/2026;\n;;AM;PM;AM;PM\n001;Pat;/;\\;N;N\n"
PAIRS = 'Adno,Name,02/11/2026,03/11/2026\n001,Pat,/\\,NN\n002,Jo,"C1,N",/\\\n'
STRING = 'UPN,Surname,Start Date,Marks\nB801200005001,Fennimore,02/11/2026,"/,\\,C1,N"\n'


@pytest.mark.parametrize(
    ("text", "shape", "more", "marks"),
    [
        (DAY, "day", {}, ["/", "\\", "/", "N"]),
        (GRID, "grid", {"headings_line": 4, "totals": ["Total"]}, ["/", "\\", "N", "N", "/", "\\", "-", "#"]),
        (TWO_LINES, "grid", {"headings_line": 1, "sessions_line": 2}, ["/", "\\", "N", "N"]),
        (PAIRS, "grid", {"cell": "pair"}, ["/", "\\", "N", "N", "C1", "N", "/", "\\"]),
        (STRING, "string", {"string_days": "weekdays"}, ["/", "\\", "C1", "N"]),
    ],
    ids=["day", "grid", "two lines", "pairs", "string"],
)
def test_shapes(tmp_path: Path, text: str, shape: str, more: dict[str, Any], marks: list[str]) -> None:
    stated = ["--date-form", "dd/mm/yyyy"] + (["--string-days", "weekdays"] if shape == "string" else [])
    data = proposed(given(tmp_path, text), *stated)
    assert (data["complete"], data["profile"]["shape"]) == (True, shape)
    assert {name: data["profile"].get(name) for name in more} == more
    assert [row["mark"] for row in data["previews"][0]["rows"]] == marks


@pytest.mark.parametrize("text", [DAY, GRID, TWO_LINES, PAIRS, STRING])
def test_day_before_month_is_asked_in_every_shape(tmp_path: Path, text: str) -> None:
    data = (
        proposed(given(tmp_path, text), "--string-days", "weekdays")
        if "Marks" in text
        else proposed(given(tmp_path, text))
    )
    assert (data["complete"], data["asked"]) == (False, ["date_form"])
    assert data["days"][0] == ["02/11/2026", "Monday 2 November 2026", "Wednesday 11 February 2026"]
    assert [preview["date_form"] for preview in data["previews"]] == ["dd/mm/yyyy", "mm/dd/yyyy"]


def test_what_a_string_counts_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = given(tmp_path, STRING)
    assert proposed(path)["asked"] == ["date_form", "string_days"]
    monkeypatch.setattr(commands, "_on_terminal", lambda: True)
    assert profiled(path, answers="dd/mm/yyyy\nall\n").status == 0


def test_lines_at_the_end_that_are_no_rows_are_told_by_their_place(tmp_path: Path) -> None:
    lines = [f"{n},2026-11-02,AM,/" for n in range(40)]
    path = given(tmp_path, marks_file(*lines, "Fennimore made this"))
    assert doubts(path)["totals"].startswith("what line 42 at the end are")


def test_a_surname_that_is_a_word_of_totals_ends_no_register(tmp_path: Path) -> None:
    lines = ["Total,1,2026-11-02,AM,/", "Fennimore,2,2026-11-02,AM,/", "Total,,,,"]
    path = given(tmp_path, marks_file(*lines, headings="Surname,Adno,Date,AM/PM,Mark"))
    assert "totals" not in proposed(path)["profile"]
