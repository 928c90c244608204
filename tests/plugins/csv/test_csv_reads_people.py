"""Every table but the marks: from its own file, or from the columns of the marks."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from rollbook.contract import FixSettings
from rollbook.tables.checks import upn_check_letter
from rollbook.tables.schemas import Table
from support.csv_files import HEADINGS, PUPILS, drop, good_lines, marks_file, pull, rejects, rows

MARKS = marks_file(*good_lines(1))
GOOD_UPN, BAD_UPN = "B801200005001", "A801200005001"
WIDE = "Adno,UPN,Legal Surname,Legal Forename,DOB,Reg,Year,Date,AM/PM,Mark"


def folder_with(tmp_path: Path, **files: str) -> Path:
    return drop(tmp_path, **{"marks": MARKS, **files})


def wide(*lines: str) -> str:
    return marks_file(*lines, headings=WIDE)


def test_a_pupil(tmp_path: Path) -> None:
    (pupil,) = rows(Table.PUPILS, folder_with(tmp_path, pupils=PUPILS)).rows(named=True)
    assert pupil == {
        "pupil": "001234",
        "upn": None,
        "surname": "O’Neill",
        "forename": "Zoë",
        "dob": date(2014, 3, 10),
    }


def test_an_address_over_several_lines_becomes_one(tmp_path: Path) -> None:
    text = 'Adno,DOB,Address\n001234,10/03/2014,"6 Weir Street,\n  Eastmere"\n'
    assert rows(Table.PUPILS, folder_with(tmp_path, pupils=text))["address"].to_list() == ["6 Weir Street, Eastmere"]


def test_a_bad_upn_is_left_out_and_reported_without_its_value(tmp_path: Path) -> None:
    text = f"Adno,UPN,DOB\n001,{BAD_UPN},10/03/2014\n002,{GOOD_UPN.lower()},11/03/2014\n003,,12/03/2014\n"
    folder = folder_with(tmp_path, pupils=text)
    assert rows(Table.PUPILS, folder)["upn"].to_list() == [None, GOOD_UPN, None]
    (reject,) = rejects(Table.PUPILS, folder)
    assert (reject.place, reject.column) == ("pupils.csv, line 2", "UPN")
    assert BAD_UPN not in reject.reason


def test_a_temporary_upn_keeps_its_last_letter(tmp_path: Path) -> None:
    upn = upn_check_letter("80120001500A") + "80120001500A"
    folder = folder_with(tmp_path, pupils=f"Adno,UPN,DOB\n001,{upn},10/03/2014\n")
    assert rows(Table.PUPILS, folder)["upn"].to_list() == [upn]


def test_a_sex_in_words_is_read_and_another_word_is_reported_unshown(tmp_path: Path) -> None:
    said = ("F", "female", " Girl ", "m", "MALE", "Boy", "", "Zorro")
    text = "Adno,DOB,Sex\n" + "".join(f"{n},10/03/2014,{word}\n" for n, word in enumerate(said, 1))
    folder = folder_with(tmp_path, pupils=text)
    assert rows(Table.PUPILS, folder)["sex"].to_list() == ["F", "F", "F", "M", "M", "M", None, None]
    (reject,) = rejects(Table.PUPILS, folder)
    assert (reject.place, reject.column) == ("pupils.csv, line 9", "Sex")
    assert "Zorro" not in reject.reason


def test_the_authority_in_whose_area_a_pupil_lives_is_its_three_figures(tmp_path: Path) -> None:
    said = ("802", " 803 ", "", "Zorroshire", "8021")
    text = "Adno,DOB,Home LA\n" + "".join(f"{n},10/03/2014,{la}\n" for n, la in enumerate(said, 1))
    folder = folder_with(tmp_path, pupils=text)
    assert rows(Table.PUPILS, folder)["home_la"].to_list() == ["802", "803", None, None, None]
    assert [reject.place for reject in rejects(Table.PUPILS, folder)] == ["pupils.csv, line 5", "pupils.csv, line 6"]
    assert "Zorroshire" not in str(rejects(Table.PUPILS, folder))


def test_a_birth_date_that_cannot_be_read_is_reported_unshown_and_the_pupil_taken_without_it(tmp_path: Path) -> None:
    text = "Adno,DOB\n001,10/03/2014\n002,2014-03-10\n"
    folder = folder_with(tmp_path, pupils=text)
    (reject,) = rejects(Table.PUPILS, folder)
    assert reject.place == "pupils.csv, line 3"
    assert "2014-03-10" not in reject.reason
    assert rows(Table.PUPILS, folder)["dob"].to_list() == [date(2014, 3, 10), None]


@pytest.mark.parametrize(
    ("table", "text"),
    [
        (Table.PUPILS, "Adno,DOB\n" + "".join(f"{n},2014-03-10\n" for n in range(30))),
        (Table.ROLL, "Adno,From,To\n" + "".join(f"{n},03/09/2025,2026-11-20\n" for n in range(30))),
    ],
)
def test_a_file_whose_days_are_in_another_form_is_refused_even_where_a_row_could_do_without(
    tmp_path: Path, table: Table, text: str
) -> None:
    with pytest.raises(FixSettings, match=r"30 of its 30 rows cannot be read. The first is line 2"):
        pull(table, folder_with(tmp_path, **{table.value: text}))


def test_a_spell_on_the_roll(tmp_path: Path) -> None:
    text = "Adno,Admission Date,Leaving Date,Year Group,Class,Boarder\n001234,03/09/2025,20/11/2026,Y6,6A,no\n"
    (spell,) = rows(Table.ROLL, folder_with(tmp_path, roll=text)).rows(named=True)
    assert spell == {
        "pupil": "001234",
        "from": date(2025, 9, 3),
        "to": date(2026, 11, 20),
        "year_group": 6,
        "class_name": "6A",
        "boarder": False,
    }


@pytest.mark.parametrize(
    ("written", "group"),
    [("Year  6", 6), ("6", 6), ("Yr 6", 6), ("Y06", 6), ("13", 13), ("", None), ("Oak", None), ("61", None)],
)
def test_year_groups_as_they_are_written(tmp_path: Path, written: str, group: int | None) -> None:
    folder = folder_with(tmp_path, roll=f"Adno,From,Year\n001,03/09/2025,{written}\n")
    assert rows(Table.ROLL, folder)["year_group"].to_list() == [group]
    assert len(rejects(Table.ROLL, folder)) == (written in ("Oak", "61"))


@pytest.mark.parametrize(
    ("written", "group"),
    [("R", 0), ("Reception", 0), ("Year R", 0), ("N", -1), ("N2", -1), ("Nursery", -1)],
)
def test_reception_and_nursery_have_their_numbers(tmp_path: Path, written: str, group: int) -> None:
    folder = folder_with(tmp_path, roll=f"Adno,From,Year\n001,03/09/2025,{written}\n")
    assert rows(Table.ROLL, folder)["year_group"].to_list() == [group]


def test_a_calendar(tmp_path: Path) -> None:
    text = "Date,AM/PM,Open\n02/11/2026,AM,No\n03/11/2026,PM,true\n"
    found = rows(Table.SESSIONS, folder_with(tmp_path, calendar=text))
    assert found.rows() == [(date(2026, 11, 2), "AM", False), (date(2026, 11, 3), "PM", True)]


def test_a_contact(tmp_path: Path) -> None:
    text = "Adno,Name,Relationship,Priority,Lives With,Telephone\n001234,Pat Example,mother,1,Y,07700 900123\n"
    (contact,) = rows(Table.CONTACTS, folder_with(tmp_path, contacts=text)).rows(named=True)
    assert (contact["name"], contact["priority"], contact["lives_with"]) == ("Pat Example", 1, True)
    assert contact["telephone"] == "07700 900123"


def test_leave_and_notices(tmp_path: Path) -> None:
    folder = folder_with(
        tmp_path,
        leave="Adno,From,To\n001234,14/09/2026,18/09/2026\n",
        notices="Adno,Parent,Issued,Outcome\n001234,Pat Example,10/02/2026,Paid\n001234,Pat Example,11/02/2026,lost\n",
    )
    assert rows(Table.LEAVE, folder).rows() == [("001234", date(2026, 9, 14), date(2026, 9, 18))]
    assert rows(Table.NOTICES, folder)["outcome"].to_list() == ["paid", None]
    assert "paid, unpaid, prosecuted or withdrawn" in rejects(Table.NOTICES, folder)[0].reason


@pytest.mark.parametrize("table", sorted(set(Table) - {Table.SCHOOLS, Table.MARKS, Table.PUPILS, Table.ROLL}))
def test_a_file_that_is_not_there_gives_no_page(tmp_path: Path, table: Table) -> None:
    pages, done = pull(table, folder_with(tmp_path))
    assert (pages, done.covers) == ([], None)


def test_a_notice_to_improve(tmp_path: Path) -> None:
    text = (
        "Adno,Parent,Issued,Notice Type,Period Ends\n"
        "001234,Pat Example,02/11/2026,Improve,11/12/2026\n"
        "001234,Pat Example,03/11/2026,,\n"
        "001234,Pat Example,04/11/2026,warning,\n"
    )
    folder = folder_with(tmp_path, notices=text)
    assert rows(Table.NOTICES, folder).select("kind", "ends").rows() == [("improve", date(2026, 12, 11)), (None, None)]
    (reject,) = rejects(Table.NOTICES, folder)
    assert (reject.place, reject.column) == ("notices.csv, line 4", "Notice Type")
    assert "the value (not shown) is not penalty or improve" in reject.reason


def test_flags_in_the_words_of_the_table_or_of_the_school(tmp_path: Path) -> None:
    text = (
        "Adno,Flag,From,To,Care Authority\n"
        "001,Looked-After,01/09/2025,,308\n"
        "001,Young Carer,,19/12/2025,\n"
        "002,Breakfast club,,,\n"
        "003,FSM,,,North\n"
    )
    folder = folder_with(tmp_path, flags=text)
    assert rows(Table.FLAGS, folder).rows() == [
        ("001", "looked_after", date(2025, 9, 1), None, "308"),
        ("001", "young_carer", None, date(2025, 12, 19), None),
        ("002", "breakfast club", None, None, None),
        ("003", "fsm", None, None, None),
    ]
    (reject,) = rejects(Table.FLAGS, folder)
    assert (reject.place, reject.column) == ("flags.csv, line 5", "Care Authority")
    assert "North" not in reject.reason


def test_a_flag_without_its_word_or_with_a_day_that_cannot_be_read_is_set_aside(tmp_path: Path) -> None:
    """Without the day it would hold for ever."""
    text = "Adno,Flag,From,To\n001,fsm,,\n002,,,\n003,social_worker,,2026-10-01\n" + "004,fsm,,\n" * 3
    folder = folder_with(tmp_path, flags=text)
    assert rows(Table.FLAGS, folder)["pupil"].to_list() == ["001", "004", "004", "004"]
    assert [reject.place for reject in rejects(Table.FLAGS, folder)] == ["flags.csv, line 3", "flags.csv, line 4"]


def test_attempts_to_reach_a_family(tmp_path: Path) -> None:
    text = (
        "Adno,Contact Date,Method,Made By,Spoke To,Result\n"
        "001,02/11/2026,Call,Office,Pat Example,No answer\n"
        "001,03/11/2026,,,,\n"
        "001,04/11/2026,carrier pigeon,,,seen\n"
        "001,05/11/2026,visit,,,Pat Example was out\n"
    )
    folder = folder_with(tmp_path, contact_log=text)
    assert rows(Table.CONTACT_LOG, folder).rows() == [
        ("001", date(2026, 11, 2), "call", "Office", "Pat Example", "no_answer"),
        ("001", date(2026, 11, 3), None, None, None, None),
    ]
    aside = rejects(Table.CONTACT_LOG, folder)
    assert [(one.place, one.column) for one in aside] == [
        ("contact_log.csv, line 4", "Method"),
        ("contact_log.csv, line 5", "Result"),
    ]
    assert not [word for one in aside for word in ("pigeon", "Pat") if word in one.reason]


def test_where_a_leaver_went_and_on_what_ground(tmp_path: Path) -> None:
    text = "Adno,From,To,Destination,Ground\n" + "".join(
        f"{n},03/09/2025,20/11/2026,{written}\n"
        for n, written in enumerate(["900002,a", "Abroad,G", "unknown,", ",i", "Nan's house,z"], start=1)
    )
    folder = folder_with(tmp_path, roll=text)
    assert rows(Table.ROLL, folder).select("destination", "ground").rows() == [
        ("900002", "a"),
        ("abroad", "g"),
        ("unknown", None),
        (None, "i"),
        (None, None),
    ]
    aside = rejects(Table.ROLL, folder)
    assert [(one.place, one.column) for one in aside] == [
        ("roll.csv, line 6", "Destination"),
        ("roll.csv, line 6", "Ground"),
    ]
    assert "Nan" not in aside[0].reason


def test_a_file_of_leave_without_rows_gives_an_empty_page(tmp_path: Path) -> None:
    """No leave was granted, which is not the same as not knowing."""
    assert rows(Table.LEAVE, folder_with(tmp_path, leave="Adno,From,To\n")).height == 0


def test_pupils_come_from_the_marks_where_there_is_no_file_of_them(tmp_path: Path) -> None:
    text = wide(
        f"001,{GOOD_UPN},Old,Pat,10/03/2014,6A,6,02/11/2026,AM,/",
        f"001,{GOOD_UPN},New,Pat,10/03/2014,6B,6,03/11/2026,AM,/",
        "002,,Other,Sam,11/03/2014,6A,6,03/11/2026,AM,/",
    )
    found = rows(Table.PUPILS, drop(tmp_path, marks=text))
    assert found.select("pupil", "upn", "surname").rows() == [("001", GOOD_UPN, "New"), ("002", None, "Other")]


def test_marks_without_birth_dates_cannot_give_pupils(tmp_path: Path) -> None:
    with pytest.raises(FixSettings, match=r"marks.csv has no column for dob.*Export pupils.csv, or add the column"):
        pull(Table.PUPILS, folder_with(tmp_path))


def test_the_roll_comes_from_the_marks_where_there_is_no_file_of_it(tmp_path: Path) -> None:
    """Who is there on the first day was there before; who comes later begins with the first mark that is not Z."""
    text = wide(
        "001,,Example,Pat,10/03/2014,6A,Year  6,07/09/2026,AM,/",
        "001,,Example,Pat,10/03/2014,6B,Year  6,14/09/2026,AM,/",
        "002,,Example,Sam,11/03/2014,6A,Year  6,10/09/2026,AM,Z",
        "002,,Example,Sam,11/03/2014,6A,Year  6,14/09/2026,AM,/",
        "003,,Example,Kim,12/03/2014,6A,Year  6,14/09/2026,AM,Z",
    )
    found = rows(Table.ROLL, drop(tmp_path, marks=text)).sort("pupil")
    assert found.select("pupil", "from", "class_name", "year_group").rows() == [
        ("001", date(2026, 8, 1), "6B", 6),
        ("002", date(2026, 9, 14), "6A", 6),
    ]
    assert "to" not in found.columns


def test_what_is_wrong_with_a_mark_is_told_once_and_not_again_with_the_pupils(tmp_path: Path) -> None:
    text = wide(
        "001,,Example,Pat,10/03/2014,6A,6,07/09/2026,AM,/",
        "002,,Example,Sam,11/03/2014,6A,6,2026-09-07,AM,/",
        "003,,Example,Kim,unknown,6A,6,07/09/2026,AM,/",
        "short,row",
    )
    folder = drop(tmp_path, marks=text)
    assert [reject.place for reject in rejects(Table.PUPILS, folder)] == ["marks.csv, line 4"]
    assert rejects(Table.ROLL, folder) == []
    assert len(rejects(Table.MARKS, folder)) == 2


def test_pupils_may_have_more_columns_and_they_are_not_taken(tmp_path: Path) -> None:
    """Least data: a column that no field asks for is not read."""
    found = rows(Table.PUPILS, folder_with(tmp_path, pupils="Adno,DOB,Ethnicity,FSM\n001,10/03/2014,secret,Y\n"))
    assert found.columns == ["pupil", "dob"]
    assert "secret" not in repr(found.select(pl.all().cast(pl.String)).rows())


def test_headings_may_be_written_in_other_ways(tmp_path: Path) -> None:
    text = HEADINGS.replace("Adno", " ADM  No. ").replace("AM/PM", "am_pm") + "\n001234,02/11/2026,AM,/\n"
    assert rows(Table.MARKS, drop(tmp_path, marks=text)).height == 1
