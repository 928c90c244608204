"""Picking files up: which of a folder's files are taken, which are left alone, and what is said when none can be."""

from __future__ import annotations

from pathlib import Path

import pytest

from rollbook.contract import FixSettings
from rollbook_sims.ways.contents import digest
from rollbook_sims.ways.drop import MOST
from support.sims_folder import (
    HALF,
    NOW,
    WHOLE,
    dropped,
    marks,
    problem,
    put,
    taken,
)

# Which files


@pytest.mark.parametrize("name", ["marks.xml", "Marks 2026-11-20.XML", "MARKS_larkspur.csv"])
def test_a_file_is_known_by_its_name_letter_case_aside(tmp_path: Path, name: str) -> None:
    put(tmp_path, {name: WHOLE + b"\n"})
    assert taken(tmp_path) == [name]


def test_a_pattern_of_the_settings_counts(tmp_path: Path) -> None:
    put(tmp_path, {"Attendance_2026.xml": WHOLE, "marks.xml": marks(2)})
    assert taken(tmp_path, files={"marks": "attendance_20??.XML"}) == ["Attendance_2026.xml"]


def test_a_name_that_reads_as_a_pattern_is_a_name_first(tmp_path: Path) -> None:
    put(tmp_path, {"Marks[1].xml": WHOLE, "marks1.xml": marks(2)})
    assert taken(tmp_path, files={"marks": "marks[1].xml"}) == ["Marks[1].xml"]


@pytest.mark.parametrize("name", ["marks_log.txt", "marks", "marks.zip", "marks.xml.bak"])
def test_only_xml_and_csv_fit_unless_the_settings_say_otherwise(tmp_path: Path, name: str) -> None:
    put(tmp_path, {"marks.xml": WHOLE, name: marks(2)})
    assert taken(tmp_path) == ["marks.xml"]
    assert set(taken(tmp_path, files={"marks": "marks*"})) == {"marks.xml", name}


@pytest.mark.parametrize("report", ["marks", "pupils"])
def test_a_newest_file_that_is_that_of_two_reports_is_refused(tmp_path: Path, report: str) -> None:
    put(tmp_path, {"marks.xml": WHOLE, "pupils.xml": marks(2)})
    said = problem(tmp_path, report, files={"marks": "*"})
    assert isinstance(said, FixSettings)
    assert "pupils.xml fits the files of two reports" in said.sentence


def test_the_newest_is_the_last_by_name_whenever_it_was_copied(tmp_path: Path) -> None:
    put(tmp_path, {"marks_2026-11-19.xml": marks(19)}, changed=NOW)
    put(tmp_path, {"marks_2026-11-20.xml": marks(20), "Marks_2026-11-18.xml": marks(18)})
    assert taken(tmp_path) == ["marks_2026-11-20.xml", "marks_2026-11-19.xml", "Marks_2026-11-18.xml"]


def test_of_other_reports_the_newest_alone_is_taken(tmp_path: Path) -> None:
    put(tmp_path, {"pupils_1.xml": marks(1), "pupils_2.xml": marks(2)})
    assert taken(tmp_path, "pupils") == ["pupils_2.xml"]


@pytest.mark.parametrize("name", ["~$marks.csv", "marks.xml.part", "marks.xml.TMP", "marks.partial", ".marks.xml"])
def test_what_other_programs_are_busy_with_is_left_alone(tmp_path: Path, name: str) -> None:
    put(tmp_path, {name: WHOLE, "marks_1.xml": marks(1)})
    assert taken(tmp_path) == ["marks_1.xml"]


def test_a_folder_of_that_name_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "marks_9").mkdir()
    put(tmp_path, {"marks_1.xml": WHOLE})
    assert taken(tmp_path) == ["marks_1.xml"]


def test_reports_that_need_not_be_there_are_offered_where_a_file_is(tmp_path: Path) -> None:
    put(tmp_path, {"codes.xml": WHOLE, "contacts.xml.bak": WHOLE})
    offers = dropped(tmp_path).offers
    assert {name: offers(name) for name in ("marks", "pupils", "roll", "codes", "contacts")} == {
        "marks": True,
        "pupils": True,
        "roll": False,
        "codes": True,
        "contacts": False,
    }


def test_a_report_that_is_being_written_or_that_the_settings_name_is_offered_and_waited_for(tmp_path: Path) -> None:
    put(tmp_path, {"codes.xml.part": WHOLE})
    offers = dropped(tmp_path, files={"roll": "roll.xml"}).offers
    assert (offers("codes"), offers("roll"), offers("contacts")) == (True, True, False)
    assert "codes.xml.part is still being written" in str(problem(tmp_path, "codes"))
    assert "There is no file roll.xml" in str(problem(tmp_path, "roll", files={"roll": "roll.xml"}))


def test_a_report_that_the_settings_say_the_school_is_without_is_not_read_though_it_lies_there(tmp_path: Path) -> None:
    put(tmp_path, {"codes.xml": WHOLE, "pupils.xml": WHOLE, "marks.xml": WHOLE})
    assert not dropped(tmp_path, without=["codes"]).offers("codes")
    assert not [remark for remark in dropped(tmp_path, without=["codes"]).remarks() if "codes" in remark.text]


# Once


@pytest.mark.parametrize(
    ("known", "read"),
    [
        ("12", "3"),
        ("1", "32"),
        ("3", "321"),  # those older than it came late: it must come before them
        ("23", "321"),
        ("13", "32"),
        ("123", "3"),
    ],
)
def test_a_file_is_taken_once_unless_an_older_one_comes_late(tmp_path: Path, known: str, read: str) -> None:
    put(tmp_path, {f"marks_{number}.xml": marks(number) for number in (1, 2, 3)})
    assert taken(tmp_path, known={f"marks_{n}.xml": b"" for n in known}) == [f"marks_{n}.xml" for n in read]


def test_the_same_contents_under_two_names_are_one_file(tmp_path: Path) -> None:
    put(tmp_path, {"marks_1.xml": marks(1), "marks_2.xml": marks(1)})
    assert taken(tmp_path) == ["marks_2.xml"]


def test_a_copy_of_what_was_taken_stands_where_its_name_puts_it(tmp_path: Path) -> None:
    put(tmp_path, {"marks_1.xml": marks(1), "marks_2.xml": marks(2), "marks_3.xml": marks(1)})
    assert taken(tmp_path, known={"marks_1.xml": b""}) == ["marks_3.xml", "marks_2.xml"]


def test_a_file_that_was_overwritten_is_new(tmp_path: Path) -> None:
    put(tmp_path, {"marks.xml": marks(1)})
    before = digest(tmp_path / "marks.xml")
    put(tmp_path, {"marks.xml": marks(2)})
    with dropped(tmp_path).fetch("marks", taken=[before]) as fetched:
        assert [one.digest == before for one in fetched] == [False]


def test_where_nothing_is_new_the_newest_comes_again(tmp_path: Path) -> None:
    put(tmp_path, {"marks_1.xml": marks(1), "marks_2.xml": marks(2)})
    assert taken(tmp_path, known={"marks_1.xml": b"", "marks_2.xml": b""}) == ["marks_2.xml"]


def test_of_other_reports_the_newest_comes_however_often_it_was_taken(tmp_path: Path) -> None:
    put(tmp_path, {"pupils_1.xml": marks(1), "pupils_2.xml": marks(2)})
    assert taken(tmp_path, "pupils", known={"pupils_2.xml": b""}) == ["pupils_2.xml"]


def test_nothing_in_the_folder_is_changed(tmp_path: Path) -> None:
    put(tmp_path, {"marks_1.xml": marks(1), "marks_2.xml": HALF, "marks_3.xml": marks(3), "pupils.xml": WHOLE})
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.iterdir()}
    for name in ("marks", "pupils"):
        taken(tmp_path, name)
    assert {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.iterdir()} == before


# No file, too many


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    said = problem(tmp_path / "nowhere")
    assert isinstance(said, FixSettings)
    assert "nowhere cannot be read (No such file or directory)" in said.sentence


def test_a_folder_without_a_file_that_fits_is_told_with_the_pattern(tmp_path: Path) -> None:
    put(tmp_path, {"pupils.xml": WHOLE})
    said = problem(tmp_path)
    assert isinstance(said, FixSettings)
    assert f"There is no file marks*.xml or marks*.csv in {tmp_path}" in said.sentence


def test_more_files_than_can_be_remembered_are_told(tmp_path: Path) -> None:
    put(tmp_path, {f"marks_{number}.xml": b"x" for number in range(MOST + 1)})
    said = problem(tmp_path)
    assert isinstance(said, FixSettings)
    assert "701 files" in said.sentence
    assert "Move" in said.sentence


def test_of_other_reports_there_may_be_any_number(tmp_path: Path) -> None:
    put(tmp_path, {f"pupils_{number}.xml": WHOLE for number in range(MOST + 1)})
    assert taken(tmp_path, "pupils") == ["pupils_99.xml"]
