"""What a file of marks gives, in the dialects that really occur."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from rollbook.contract import Window
from rollbook.tables.schemas import Table
from support.csv_files import drop, good_lines, marks_file, marks_of, pull, rows

DAY = date(2026, 11, 2)
SIMS = (
    '"Adno","UPN","Legal Surname","Legal Forename","Reg","Year","Mark","Date","AM/PM","Meaning"\r\n'
    '"001234","B801200005001","Example","Pat","6A","Year  6","/","02/11/2026","AM","Present"\r\n'
    '"001234","B801200005001","Example","Pat","6A","Year  6","N","02/11/2026","PM","Unauthorised absence"\r\n'
    '"001235","","O’Neill","Zoë","6A","Year  6","-","02/11/2026","AM","No mark"\r\n'
)
ARBOR = (
    "ATTENDANCE_ROLL_CALL_RECORD_ID,STUDENT_ID,STUDENT_UNIQUE_ID,DATE,PERIOD,RAW_MARK,MARK_CODE,MINUTES_LATE\n"
    "90001,341,example-school|341,2026-11-02,AM,/,PRESENT,\n"
    "90002,341,example-school|341,2026-11-02,PM,N,NO_REASON,\n"
)


def test_a_sims_report(tmp_path: Path) -> None:
    found = rows(Table.MARKS, drop(tmp_path, marks=SIMS))
    assert marks_of(found) == [("001234", DAY, "AM", "/"), ("001234", DAY, "PM", "N"), ("001235", DAY, "AM", "-")]
    assert found["line"].to_list() == [2, 3, 4]


def test_an_arbor_extract(tmp_path: Path) -> None:
    found = rows(Table.MARKS, drop(tmp_path, marks=ARBOR), date_form="yyyy-mm-dd")
    assert marks_of(found) == [("341", DAY, "AM", "/"), ("341", DAY, "PM", "N")]


def test_a_file_saved_by_a_spreadsheet_on_the_continent(tmp_path: Path) -> None:
    text = "\ufeffAdno;Date;AM/PM;Mark\r\n001234;02/11/2026;AM;/\r\n;;;\r\n001235;2/11/2026;PM;C2\r\n"
    found = rows(Table.MARKS, drop(tmp_path, marks=text), delimiter=";")
    assert marks_of(found) == [("001234", DAY, "AM", "/"), ("001235", DAY, "PM", "C2")]
    assert found["line"].to_list() == [2, 4]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "iso-8859-1", "utf-16"])
def test_each_encoding_that_can_be_stated(tmp_path: Path, encoding: str) -> None:
    text = marks_file("Zoë,02/11/2026,AM,é")
    found = rows(Table.MARKS, drop(tmp_path, marks=text.encode(encoding)), encoding=encoding)
    assert marks_of(found) == [("Zoë", DAY, "AM", "é")]


@pytest.mark.parametrize("mark", ["\\", "#", "-", "=", "+", "@", "/", "'", " i ", "C2", "=cmd|' /C calc'!A0", "007"])
def test_a_mark_is_taken_as_it_is_written(tmp_path: Path, mark: str) -> None:
    found = rows(Table.MARKS, drop(tmp_path, marks=marks_file(f"001234,02/11/2026,AM,{mark}", *good_lines(1))))
    assert found["code"][0] == mark


def test_a_line_that_begins_with_a_hash_is_no_comment(tmp_path: Path) -> None:
    text = "Mark,Date,AM/PM,Adno\n#,02/11/2026,AM,001234\n"
    assert marks_of(rows(Table.MARKS, drop(tmp_path, marks=text))) == [("001234", DAY, "AM", "#")]


def test_a_blank_mark_is_null_and_a_dash_is_not(tmp_path: Path) -> None:
    text = marks_file("001234,02/11/2026,AM,", "001234,02/11/2026,PM,-")
    assert rows(Table.MARKS, drop(tmp_path, marks=text))["code"].to_list() == [None, "-"]


def test_leading_zeros_of_an_admission_number_are_kept(tmp_path: Path) -> None:
    assert rows(Table.MARKS, drop(tmp_path, marks=marks_file("000012,02/11/2026,AM,/")))["pupil"].to_list() == [
        "000012"
    ]


@pytest.mark.parametrize(
    ("form", "written"),
    [
        ("dd/mm/yyyy", "02/11/2026"),
        ("dd/mm/yyyy", "2/11/2026"),
        ("dd/mm/yyyy", "02/11/2026 00:00:00"),
        ("yyyy-mm-dd", "2026-11-02"),
        ("yyyy-mm-dd", "2026-11-02T08:55:00.000"),
        ("dd mmm yyyy", "02 Nov 2026"),
        ("dd mmm yyyy", "2 NOV 2026"),
    ],
)
def test_each_form_of_date_that_can_be_stated(tmp_path: Path, form: str, written: str) -> None:
    text = marks_file(f"001234,{written},AM,/")
    assert rows(Table.MARKS, drop(tmp_path, marks=text), date_form=form)["date"].to_list() == [DAY]


def test_day_and_month_are_never_exchanged(tmp_path: Path) -> None:
    """01/02 is 1 February, whatever the other rows suggest."""
    text = marks_file("001234,01/02/2026,AM,/", "001234,02/01/2026,AM,/")
    window = Window(date(2026, 1, 1), date(2026, 3, 1))
    found = rows(Table.MARKS, drop(tmp_path, marks=text), window=window)
    assert found["date"].to_list() == [date(2026, 2, 1), date(2026, 1, 2)]


def test_the_values_of_morning_and_afternoon_can_be_stated(tmp_path: Path) -> None:
    text = marks_file("001234,02/11/2026,1,/", "001234,02/11/2026,pm,L", "001234,03/11/2026,2,/")
    found = rows(Table.MARKS, drop(tmp_path, marks=text), am=["1"], pm=["2", "PM"])
    assert found["session"].to_list() == ["AM", "PM", "PM"]


def test_a_column_can_be_named_in_the_settings_for_all_files_or_one(tmp_path: Path) -> None:
    text = "Number,When,AM/PM,Mark,Symbol\n001234,02/11/2026,AM,wrong,/\n"
    given = {"adno": "Number", "date": "When", "marks": {"mark": "Symbol"}}
    assert marks_of(rows(Table.MARKS, drop(tmp_path, marks=text), columns=given)) == [("001234", DAY, "AM", "/")]


def test_a_file_without_admission_numbers_knows_pupils_by_upn(tmp_path: Path) -> None:
    text = "UPN,Date,Session,Code\nB801200005001,02/11/2026,am,/\n"
    assert rows(Table.MARKS, drop(tmp_path, marks=text))["pupil"].to_list() == ["B801200005001"]


def test_the_key_can_be_stated(tmp_path: Path) -> None:
    assert rows(Table.MARKS, drop(tmp_path, marks=SIMS), key="upn")["pupil"].to_list() == ["B801200005001"] * 2


def test_quoted_line_breaks_and_delimiters_keep_the_line_numbers_true(tmp_path: Path) -> None:
    text = (
        'Comment,Adno,Date,AM/PM,Mark\n"ill,\nsince ""Monday""\n\n",001234,02/11/2026,AM,I\n,001235,02/11/2026,AM,/\n'
    )
    found = rows(Table.MARKS, drop(tmp_path, marks=text))
    assert marks_of(found) == [("001234", DAY, "AM", "I"), ("001235", DAY, "AM", "/")]
    assert found["line"].to_list() == [2, 6]


def test_repeated_rows_pass_with_their_lines(tmp_path: Path) -> None:
    text = marks_file("001234,02/11/2026,AM,/", "001234,02/11/2026,AM,/", "001234,02/11/2026,AM,I")
    found = rows(Table.MARKS, drop(tmp_path, marks=text))
    assert found.select("code", "line").rows() == [("/", 2), ("/", 3), ("I", 4)]


def test_of_several_files_the_last_by_name_is_read(tmp_path: Path) -> None:
    drop(tmp_path, **{"Marks_2026-11-19": marks_file("001234,02/11/2026,AM,N")})
    drop(tmp_path, **{"marks_2026-11-20": marks_file("001234,02/11/2026,AM,I")})
    pages, done = pull(Table.MARKS, tmp_path, marks="marks*.csv")
    assert pages[0].rows["code"].to_list() == ["I"]
    assert (pages[0].origin, done.checkpoint["file"]) == ("marks_2026-11-20.csv", "marks_2026-11-20.csv")


def test_only_the_window_is_given_and_covers_ends_with_the_files_days(tmp_path: Path) -> None:
    days = ["30/10/2026", "02/11/2026", "03/11/2026", "04/11/2026", "05/11/2026"]
    text = marks_file(*[f"001234,{day},AM,/" for day in days])
    pages, done = pull(Table.MARKS, drop(tmp_path, marks=text), window=Window(DAY, date(2026, 11, 30)))
    assert pages[0].rows.height == 4
    assert done.covers == Window(DAY, date(2026, 11, 5))


def test_nothing_counts_as_deleted_when_a_row_could_not_be_read(tmp_path: Path) -> None:
    text = marks_file(*good_lines(3), "001234,02/11/2026,evening,/")
    pages, done = pull(Table.MARKS, drop(tmp_path, marks=text))
    assert (pages[0].rows.height, len(pages[0].rejects), done.covers) == (3, 1, None)


def test_no_mark_in_the_window_covers_nothing(tmp_path: Path) -> None:
    text = marks_file("001234,02/11/2026,AM,/")
    pages, done = pull(Table.MARKS, drop(tmp_path, marks=text), window=Window(date(2027, 1, 1), date(2027, 2, 1)))
    assert (pages[0].rows.height, done.covers) == (0, None)


def test_a_checkpoint_holds_the_file_its_digest_newest_day_and_time_and_nothing_personal(tmp_path: Path) -> None:
    _, done = pull(Table.MARKS, drop(tmp_path, marks=SIMS))
    assert list(done.checkpoint) == ["file", "digest", "newest", "made", "superseded", "contents", "aside", "sound"]
    assert len(done.checkpoint["digest"]) == 64


def test_many_rows_come_in_several_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rollbook_csv.source.ROWS_A_PAGE", 4)
    pages, _ = pull(Table.MARKS, drop(tmp_path, marks=marks_file(*good_lines(10), "x,bad,AM,/")))
    assert [(page.rows.height, len(page.rejects)) for page in pages] == [(4, 1), (4, 0), (2, 0)]
