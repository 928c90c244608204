"""What a bad file gets: an error of the right kind that names the file, the place and what to do, and no pupil."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rollbook.contract import FixSettings, RetryLater, SchoolRef
from rollbook.tables.schemas import Table
from support.csv_files import (
    HEADINGS,
    PUPILS,
    ROLL,
    SURNAME,
    UPN,
    drop,
    good_lines,
    marks_file,
    marks_of,
    pull,
    refused,
    rejects,
    rows,
)


def test_a_missing_folder(tmp_path: Path) -> None:
    assert "nowhere cannot be read" in refused(FixSettings, tmp_path / "nowhere")


def test_a_missing_file(tmp_path: Path) -> None:
    assert "There is no file marks.csv in" in refused(FixSettings, tmp_path)


def test_an_empty_file(tmp_path: Path) -> None:
    assert refused(FixSettings, drop(tmp_path, marks=b"")) == (
        "marks.csv is empty (0 bytes). The export failed: run it again."
    )


@pytest.mark.parametrize("contents", ["\n\n", "\ufeff", " , ,\n"])
def test_a_file_of_blank_lines(tmp_path: Path, contents: str) -> None:
    assert "has no line of headings" in refused(FixSettings, drop(tmp_path, marks=contents))


@pytest.mark.parametrize("contents", [HEADINGS, HEADINGS + "\r\n", HEADINGS + "\n,,,\n\n"])
def test_headings_without_rows_do_not_mean_that_nobody_was_there(tmp_path: Path, contents: str) -> None:
    assert "marks.csv has headings and no rows" in refused(FixSettings, drop(tmp_path, marks=contents))


def test_a_last_line_that_is_too_short(tmp_path: Path) -> None:
    folder = drop(tmp_path, marks=marks_file(*good_lines(3)) + "001234,02/1")
    assert "marks.csv is cut off in the middle of line 5" in refused(FixSettings, folder)


def test_a_quotation_mark_that_is_never_closed(tmp_path: Path) -> None:
    folder = drop(tmp_path, marks=marks_file(*good_lines(3), '001234,02/11/2026,AM,"/', *good_lines(2)))
    assert refused(FixSettings, folder).startswith("marks.csv, line 5: a quotation mark is opened and not closed")


def test_two_stray_quotation_marks_do_not_swallow_the_rows_between(tmp_path: Path) -> None:
    stray = '001234,02/11/2026,AM,6" nail'
    folder = drop(tmp_path, marks=marks_file(*good_lines(3), stray, *good_lines(5), stray))
    assert "marks.csv, line 5: a quotation mark is opened" in refused(FixSettings, folder)


def test_a_last_line_without_its_line_break_is_not_trusted(tmp_path: Path) -> None:
    """`C2` cut to `C` would be another absence."""
    folder = drop(tmp_path, marks=marks_file(*good_lines(3)) + "001234,02/11/2026,AM,C")
    pages, done = pull(Table.MARKS, folder)
    assert pages[0].rows.height == 3
    assert [(r.place, "may be cut off" in r.reason) for r in pages[0].rejects] == [("marks.csv, line 5", True)]
    assert done.covers is None


def test_the_setting_for_files_that_always_end_so_is_named(tmp_path: Path) -> None:
    folder = drop(tmp_path, marks=marks_file(*good_lines(3)).rstrip("\n"))
    assert "set final_line_break = false" in rejects(Table.MARKS, folder)[0].reason


def test_where_files_always_end_without_a_line_break_the_last_row_counts(tmp_path: Path) -> None:
    folder = drop(tmp_path, marks=marks_file(*good_lines(3)).rstrip("\n"))
    pages, done = pull(Table.MARKS, folder, final_line_break=False)
    assert (pages[0].rows.height, pages[0].rejects) == (3, [])
    assert done.covers is not None


@pytest.mark.parametrize("last", ["001234,02/1", "001234,02/11/2026,AM", '001234,02/11/2026,AM,"'])
def test_where_files_always_end_so_a_row_without_all_its_fields_is_still_cut_off(tmp_path: Path, last: str) -> None:
    folder = drop(tmp_path, marks=marks_file(*good_lines(3)) + last)
    sentence = refused(FixSettings, folder, final_line_break=False)
    assert "cut off" in sentence
    assert "line 5" in sentence


@pytest.mark.parametrize("end", ["\r\n  ", "\n,,,", "\n\n"])
def test_a_blank_last_line_says_that_the_row_before_it_is_whole(tmp_path: Path, end: str) -> None:
    folder = drop(tmp_path, marks=marks_file(*good_lines(3)).rstrip("\n") + end)
    pages, done = pull(Table.MARKS, folder)
    assert (pages[0].rows.height, pages[0].rejects) == (3, [])
    assert done.covers is not None


@pytest.mark.parametrize("table", [Table.PUPILS, Table.ROLL, Table.CONTACTS])
@pytest.mark.parametrize(
    ("marks", "said"),
    [
        (b"", "marks.csv is empty (0 bytes)"),
        (marks_file(*good_lines(2)).encode("utf-16"), 'set encoding = "utf-16"'),
        (b"Date,AM/PM,Mark\n02/11/2026,AM,/\n", "marks.csv has no column for adno"),
        (b"Adno;Date;AM/PM;Mark\n1;02/11/2026;AM;/\n", "the delimiter wrong?"),
    ],
    ids=["empty", "utf-16", "no pupil", "semicolons"],
)
def test_a_bad_file_of_marks_is_said_to_be_so_when_the_files_beside_it_are_read_first(
    tmp_path: Path, table: Table, marks: bytes, said: str
) -> None:
    """Which key names pupils is read off the headings of the marks."""
    folder = drop(tmp_path, marks=marks, pupils=PUPILS, roll=ROLL, contacts="Adno,Name\n001234,A Person\n")
    assert said in refused(FixSettings, folder, table)


def test_bytes_that_are_not_of_the_stated_encoding(tmp_path: Path) -> None:
    folder = drop(tmp_path, marks=marks_file(*good_lines(2), "Zoë,02/11/2026,AM,/").encode("cp1252"))
    sentence = refused(FixSettings, folder)
    assert sentence.startswith("marks.csv, line 4: not utf-8 (byte ")
    assert 'encoding = "cp1252"' in sentence


def test_utf_8_read_as_another_encoding_is_not_mangled(tmp_path: Path) -> None:
    folder = drop(tmp_path, marks=marks_file("Zoë,02/11/2026,AM,/"))
    assert 'it is UTF-8. Set encoding = "utf-8"' in refused(FixSettings, folder, encoding="cp1252")


@pytest.mark.parametrize(("written", "stated"), [("utf-16", "utf-8"), ("utf-8-sig", "cp1252"), ("utf-16", "cp1252")])
def test_a_byte_order_mark_of_another_encoding(tmp_path: Path, written: str, stated: str) -> None:
    folder = drop(tmp_path, marks=marks_file(*good_lines(2)).encode(written))
    assert "begins with the byte order mark of utf-" in refused(FixSettings, folder, encoding=stated)


def test_utf_16_without_a_mark_read_as_utf_8(tmp_path: Path) -> None:
    folder = drop(tmp_path, marks=marks_file(*good_lines(2)).encode("utf-16-le"))
    assert 'set encoding = "utf-16"' in refused(FixSettings, folder)


def test_a_file_cut_off_inside_a_character(tmp_path: Path) -> None:
    folder = drop(tmp_path, marks=marks_file(*good_lines(2)).encode() + "Zoë".encode()[:-1])
    assert "is cut off in the middle of its last character" in refused(FixSettings, folder)


def test_missing_columns_are_named_with_what_was_looked_for_and_found(tmp_path: Path) -> None:
    folder = drop(tmp_path, marks="Adno,Day,AM/PM,Symbol\n001234,02/11/2026,AM,/\n")
    sentence = refused(FixSettings, folder)
    assert "marks.csv has no column for date and mark." in sentence
    assert "date: Date, Session Date" in sentence
    assert "Found: Adno, Day, AM/PM, Symbol." in sentence
    assert 'columns = {date = "its heading"}' in sentence


def test_the_wrong_delimiter(tmp_path: Path) -> None:
    folder = drop(tmp_path, marks="Adno;Date;AM/PM;Mark\n001234;02/11/2026;AM;/\n")
    assert "the delimiter wrong?" in refused(FixSettings, folder)


def test_a_file_without_headings_is_not_repeated_in_the_message(tmp_path: Path) -> None:
    folder = drop(tmp_path, marks=f"{UPN},{SURNAME},02/11/2026,AM,/\n{UPN},{SURNAME},02/11/2026,PM,/\n")
    assert "is the line of headings missing" in refused(FixSettings, folder)


def test_no_pupil_column(tmp_path: Path) -> None:
    folder = drop(tmp_path, marks="Date,AM/PM,Mark\n02/11/2026,AM,/\n")
    assert "the admission number or the UPN" in refused(FixSettings, folder)


def test_two_columns_of_the_same_heading(tmp_path: Path) -> None:
    folder = drop(tmp_path, marks="Adno,Date,AM/PM,Mark,mark\n001234,02/11/2026,AM,/,I\n")
    assert "two columns headed 'Mark'" in refused(FixSettings, folder)


@pytest.mark.parametrize(("heading", "value"), [("URN", "900002"), ("LAESTAB", "801/2999"), ("DfE Number", "8012999")])
def test_a_file_of_another_school(tmp_path: Path, heading: str, value: str) -> None:
    folder = drop(tmp_path, marks=f"{HEADINGS},{heading}\n001234,02/11/2026,AM,/,{value}\n")
    sentence = refused(FixSettings, folder, laestab="801/2001")
    assert sentence.startswith("marks.csv is of another school: line 2")


@pytest.mark.parametrize(("heading", "value"), [("URN", "900001"), ("LAESTAB", "8012001"), ("URN", "")])
def test_a_file_of_this_school(tmp_path: Path, heading: str, value: str) -> None:
    folder = drop(tmp_path, marks=f"{HEADINGS},{heading}\n001234,02/11/2026,AM,/,{value}\n")
    assert len(marks_of(rows(Table.MARKS, folder, laestab="801/2001"))) == 1


def test_a_connection_serves_the_school_that_its_settings_name(tmp_path: Path) -> None:
    folder = drop(tmp_path, marks=marks_file(*good_lines(1)))
    assert "900009 was asked for" in refused(FixSettings, folder, urn="900001", school=SchoolRef("900009", "", 900009))


def test_a_file_that_changes_while_it_is_read_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = drop(tmp_path, marks=marks_file(*good_lines(1)))
    whole = Path.read_bytes

    def grows(path: Path) -> bytes:
        data = whole(path)
        with path.open("ab") as file:
            file.write(b"001235,02/11/2026,AM,/\n")
        return data

    monkeypatch.setattr(Path, "read_bytes", grows)
    assert "is still being written" in refused(RetryLater, folder)


def test_a_file_touched_while_it_is_read_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = drop(tmp_path, marks=marks_file(*good_lines(1)))
    whole = Path.read_bytes

    def touched(path: Path) -> bytes:
        data = whole(path)
        os.utime(path, (1, 1))
        return data

    monkeypatch.setattr(Path, "read_bytes", touched)
    assert "is still being written" in refused(RetryLater, folder)


@pytest.mark.parametrize("name", ["marks.csv.part", "marks.csv.tmp", "~$marks.csv"])
def test_an_unfinished_or_opened_file_is_waited_for(tmp_path: Path, name: str) -> None:
    folder = drop(tmp_path, marks=marks_file(*good_lines(1)))
    (folder / name).write_bytes(b"x")
    assert "marks.csv is " in refused(RetryLater, folder)


def test_an_unfinished_file_of_another_name_is_no_matter(tmp_path: Path) -> None:
    folder = drop(tmp_path, marks=marks_file(*good_lines(1)))
    (folder / "leave.csv.part").write_bytes(b"x")
    assert rows(Table.MARKS, folder).height == 1


@pytest.mark.parametrize("table", [Table.PUPILS, Table.ROLL, Table.SESSIONS])
def test_a_file_beside_the_marks_without_rows_is_refused(tmp_path: Path, table: Table) -> None:
    name = {Table.PUPILS: "pupils", Table.ROLL: "roll", Table.SESSIONS: "calendar"}[table]
    folder = drop(tmp_path, marks=marks_file(*good_lines(1)), **{name: "Adno,DOB,From,Date,Session,Open\n"})
    assert f"{name}.csv has headings and no rows" in refused(FixSettings, folder, table)


def test_a_file_beside_the_marks_must_know_pupils_by_the_same_key(tmp_path: Path) -> None:
    folder = drop(tmp_path, marks=marks_file(*good_lines(1)), pupils=PUPILS.replace("Adno", "Roll No"))
    sentence = refused(FixSettings, folder, Table.PUPILS)
    assert "pupils.csv has no column for adno" in sentence
    assert "`key` in the settings" in sentence
