"""A register in a folder of files: what is read, and what is refused with file, line and column."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from rollbook.contract.errors import FixSettings
from rollbook.host.folder import read_folder
from rollbook.rules.evaluate import evaluate
from rollbook.tables import codes

UPN = "G801200026001"
SESSIONS = [
    f"{school},2026-09-{day:02},{half},true" for school in (100001, 100002) for day in (7, 8) for half in ("AM", "PM")
]
LINES = {
    "schools": ["school,name,la,type", "100001,Ashdown,801,academy", "100002,Bourne,801,special"],
    "sessions": ["school,date,session,open", *SESSIONS],
    "pupils": [
        "school,pupil,upn,dob",
        f"100001,p1,{UPN},2014-03-10",
        f"100002,q9,{UPN},2014-03-10",
        "100002,q2,,2014-04-10",
    ],
    "roll": [
        "school,pupil,from,to,year_group",
        "100001,p1,2026-09-07,2026-09-07,7",
        "100002,q9,2026-09-08,,7",
        "100002,q2,2026-09-07,,7",
    ],
    "marks": [
        "school,pupil,date,session,code",
        "100002,q2,2026-09-08,PM,o",
        "100002,q2,2026-09-08,AM,/",
        "100001,p1,2026-09-07,AM,H",
    ],
}
FILES = {name: "\n".join(lines) + "\n" for name, lines in LINES.items()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    return tmp_path


def refusal(folder: Path) -> str:
    with pytest.raises(FixSettings) as refused:
        read_folder(folder)
    return refused.value.sentence


def put(folder: Path, name: str, old: str, new: str) -> None:
    file = folder / f"{name}.csv"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8", newline="")


def test_rows_of_one_upn_are_one_pupil_and_no_others_are(folder: Path) -> None:
    names = read_folder(folder).names
    numbers = {(school, name): number for (school, number), name in names.items()}
    assert numbers[100001, "p1"] == numbers[100002, "q9"] != numbers[100002, "q2"]


def test_marks_may_be_in_any_order_and_are_read_by_their_day(folder: Path) -> None:
    marks = read_folder(folder).registers.marks
    assert [codes.letter(code) for code in marks.get_column("code")] == ["invalid", "/", "O"]


def test_it_can_be_judged(folder: Path) -> None:
    said = evaluate(read_folder(folder).registers, date(2026, 9, 8), rules=["marks"])
    assert said.answers["marks"].get_column("not_recorded").sum() == 5


def test_parquet_files_say_the_same_as_csv(folder: Path) -> None:
    read = read_folder(folder)
    for file in list(folder.glob("*.csv")):
        pl.read_csv(file, try_parse_dates=True).write_parquet(file.with_suffix(".parquet"))
        file.unlink()
    again = read_folder(folder)
    assert again.names == read.names
    assert again.registers.marks.equals(read.registers.marks)


def test_a_byte_order_mark_and_a_blank_line_are_no_harm(folder: Path) -> None:
    (folder / "schools.csv").write_bytes(b"\xef\xbb\xbf" + FILES["schools"].encode() + b"\r\n")
    assert len(read_folder(folder).registers.schools) == 2


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / f"{name}.csv").unlink()
    assert f"no {name}.csv" in refusal(folder)


def test_notices_and_leave_may_be_missing_or_there(folder: Path) -> None:
    (folder / "notices.csv").write_text("school,pupil,parent,issued,outcome\n100001,p1,mother,2026-02-10,paid\n")
    (folder / "leave.csv").write_text("school,pupil,from,to\n100001,p1,2026-09-07,2026-09-08\n")
    registers = read_folder(folder).registers
    assert (len(registers.notices), len(registers.leave)) == (1, 1)


def test_an_optional_table_that_is_not_there_is_no_empty_one(folder: Path) -> None:
    before = read_folder(folder).registers
    (folder / "flags.csv").write_text("school,pupil,flag,from,to\n")
    (folder / "contacts.csv").write_text("school,pupil,name\n100001,p1,Mother\n")
    after = read_folder(folder).registers
    assert (before.flags, before.contacts, before.contact_log) == (None, None, None)
    assert (len(after.flags), len(after.contacts), after.contact_log) == (0, 1, None)


def test_a_word_that_the_log_of_contacts_does_not_use_is_refused(folder: Path) -> None:
    (folder / "contact_log.csv").write_text("school,pupil,date,type,outcome\n100001,p1,2026-09-07,pigeon,seen\n")
    assert "contact_log.csv, line 2, column type: is not one of call, text" in refusal(folder)


@pytest.mark.parametrize(
    ("name", "old", "new", "place", "why"),
    [
        ("marks", ",code\n", ",mark\n", "marks.csv", "no column code"),
        ("roll", "year_group", "years", "roll.csv", "no column year_group"),
        ("pupils", "2014-04-10", "10/04/2014", "pupils.csv, line 4, column dob", "a day as 2026-09-03"),
        ("pupils", "2014-04-10", "", "pupils.csv, line 4, column dob", "is empty"),
        ("pupils", "2014-03-10", "2014-03-11", "pupils.csv, line 2, column dob", "another date of birth"),
        ("pupils", "q9", "q2", "pupils.csv, line 4, column pupil", "there twice"),
        ("sessions", "07,AM", "07,XX", "sessions.csv, line 2, column session", "not AM or PM"),
        ("sessions", "07,PM", "07,AM", "sessions.csv, line 3, column session", "there twice"),
        ("sessions", "true", "perhaps", "sessions.csv, line 2, column open", "true or false"),
        ("schools", "100002", "B", "schools.csv, line 3, column school", "a URN"),
        ("schools", "special", "college", "schools.csv, line 3, column type", "maintained, academy"),
        ("roll", "2026-09-07,2026-09-07", "2026-09-07,2026-09-01", "roll.csv, line 2, column to", "before the first"),
        ("roll", "100002,q2", "100002,q3", "roll.csv, line 4, column pupil", "table of pupils has no such pupil"),
        ("marks", "100002,q2", "100003,q2", "marks.csv, line 2, column pupil", "table of pupils has no such pupil"),
        ("marks", "08,AM", "08,PM", "marks.csv, line 3, column session", "there twice"),
        ("marks", ",H\n", "", "marks.csv, line 4", "cut off"),
        ("marks", ",H\n", ",H,H\n", "marks.csv: line 4", "more values than the header"),
        ("marks", ",H\n", ',"H\n', "marks.csv", "lone quote"),
    ],
)
def test_what_is_malformed_is_refused_with_its_place(
    folder: Path, name: str, old: str, new: str, place: str, why: str
) -> None:
    put(folder, name, old, new)
    sentence = refusal(folder)
    assert place in sentence
    assert why in sentence


def test_spells_that_overlap_are_refused(folder: Path) -> None:
    put(folder, "roll", "100002,q2,2026-09-07,,7\n", "100002,q2,2026-09-07,,7\n100002,q2,2026-09-08,,7\n")
    assert "roll.csv, line 5, column from: the pupil is still on the roll" in refusal(folder)


def test_a_file_in_another_encoding_is_refused_with_its_line(folder: Path) -> None:
    (folder / "schools.csv").write_bytes(FILES["schools"].replace("Bourne", "Bourné").encode("cp1252"))
    assert "schools.csv: line 3 is not UTF-8" in refusal(folder)


def test_an_empty_file_is_refused(folder: Path) -> None:
    (folder / "marks.csv").write_bytes(b"")
    assert "marks.csv: is empty" in refusal(folder)


def test_a_parquet_file_cut_off_is_refused(folder: Path) -> None:
    (folder / "marks.csv").unlink()
    (folder / "marks.parquet").write_bytes(b"PAR1 and no more")
    assert "marks.parquet: cannot be read as Parquet" in refusal(folder)


def test_two_files_of_one_table_are_refused(folder: Path) -> None:
    pl.read_csv(folder / "roll.csv").write_parquet(folder / "roll.parquet")
    assert "both roll.csv and roll.parquet" in refusal(folder)


def test_a_pupils_date_of_birth_and_upn_are_not_repeated(folder: Path) -> None:
    put(folder, "pupils", "2014-03-10", "not-a-birthday")
    sentence = refusal(folder)
    assert "not-a-birthday" not in sentence
    assert UPN not in sentence
