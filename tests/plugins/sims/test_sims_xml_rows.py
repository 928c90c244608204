"""Of a report in XML: rows that are none, repeats, records that say two things, and columns that are not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from rollbook.contract import FixSettings
from rollbook_sims.reports.report import NoRecords
from support.sims_read import SURNAME, UPN, frame, inside, mark, refused, report, rows, xml

MARK = ("upn", "date", "session", "mark")
GOOD = (UPN, "2026-11-02T00:00:00", "AM", "/")


def test_a_row_of_an_outer_join_without_a_child_is_left_out(tmp_path: Path) -> None:
    read = report(
        tmp_path,
        xml(mark(multiple_id="6420,7"), inside({"multiple_id": "6421,0", "UPN": UPN}), mark(multiple_id="6422,10")),
    )
    assert frame(read).select("line", "person").rows() == [(1, "6420"), (3, "6422")]
    assert (read.records, read.ignored) == (3, 1)


def test_a_row_that_is_none_by_its_number_and_has_a_mark_is_rejected(tmp_path: Path) -> None:
    read = report(tmp_path, xml(mark(multiple_id="6420,7"), mark(multiple_id="6421,0", Mark="N"), mark(Mark="L")))
    assert frame(read).select("line", "mark").rows() == [(1, "/"), (3, "L")]
    assert [(one.place, one.column) for one in read.rejects] == [("marks.xml, record 2", "multiple_id")]
    assert (read.records, read.ignored) == (3, 0)


def test_a_report_of_such_rows_alone_is_damaged(tmp_path: Path) -> None:
    contents = xml(mark(multiple_id="6421,0"), mark(multiple_id="6422,0"))
    assert "2 of its 2 rows cannot be read" in refused(FixSettings, tmp_path, contents)


@pytest.mark.parametrize("of", ["marks", "roll", "contacts"])
def test_a_row_that_says_nothing_but_whose_it_is_is_left_out(tmp_path: Path, of: str) -> None:
    child = {"marks": mark(), "roll": inside({"UPN": "A", "DOA": "x"}), "contacts": inside({"UPN": "A", "Name": "x"})}
    read = report(tmp_path, xml(inside({"UPN": UPN, "Adno": "001234"}), child[of]), of=of)
    assert frame(read)["line"].to_list() == [2]
    assert read.ignored == 1


def test_a_pupil_is_not_lost_for_having_no_child_row(tmp_path: Path) -> None:
    contents = xml(
        inside({"multiple_id": "6420,0", "UPN": UPN, "Adno": "1", "DOB": "2014-03-10"}), inside({"multiple_id": "6,0"})
    )
    assert rows(tmp_path, contents, "person", "upn", of="pupils") == [("6420", UPN)]


def test_repeats_of_a_cross_product_are_read_once(tmp_path: Path) -> None:
    same = [mark(multiple_id=f"6420,{row}", Contact=str(row)) for row in (1, 2, 3)]
    read = report(tmp_path, xml(*same, mark(multiple_id="6420,4", Mark="N")))
    assert frame(read).select("line", "mark").rows() == [(1, "/"), (4, "N")]
    assert (read.records, read.ignored) == (4, 0)


def test_of_two_numbers_of_a_person_those_that_agree_count(tmp_path: Path) -> None:
    contents = xml(
        mark(primary_id="6420", multiple_id="6420,7"),
        mark(primary_id="6421", Mark="L"),
        mark(primary_id="6422", multiple_id="6423,8", Mark="N"),
    )
    assert rows(tmp_path, contents, "person", "mark") == [("6420", "/"), ("6421", "L"), (None, "N")]


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("<Mark>/</Mark><Mark>N</Mark>", "Mark stands twice in the record, with different values"),
        ("<Mark>/<i>N</i></Mark>", "Mark has elements in it, where one value should be"),
    ],
)
def test_a_record_that_says_two_things_is_set_aside(tmp_path: Path, written: str, reason: str) -> None:
    read = report(tmp_path, xml(mark(), mark(Mark="", Date="2026-11-03") + written, mark(Mark="L")))
    assert frame(read).select("line", "mark").rows() == [(1, "/"), (3, "L")]
    assert [(one.place, one.column, one.reason) for one in read.rejects] == [("marks.xml, record 2", "Mark", reason)]


def test_two_captions_for_one_field_are_not_chosen_from(tmp_path: Path) -> None:
    contents = xml(mark(), mark(Date="", AttendanceDate="2026-11-03"))
    assert refused(FixSettings, tmp_path, contents) == (
        "marks.xml has two columns that may hold date: Date and AttendanceDate. Say which in the settings: "
        'captions = {marks = {date = "Date"}}.'
    )
    chosen = {"marks": {"date": "AttendanceDate"}}
    assert rows(tmp_path, contents, "date", captions=chosen) == [(None,), ("2026-11-03",)]


@pytest.mark.parametrize(
    ("lacking", "words"),
    [
        ("Mark", "no column for Mark or AttendanceMark (mark). Its columns are: UPN, Date, AM/PM, Rating."),
        ("UPN", "no column for whose it is (UPN or Unique Pupil Number or"),
    ],
)
def test_a_report_without_a_column_that_is_needed(tmp_path: Path, lacking: str, words: str) -> None:
    assert words in refused(FixSettings, tmp_path, xml(mark(Rating="1", **{lacking: ""})))


@pytest.mark.parametrize(
    ("name", "as_shown"),
    [
        ("Of_x000A_two_x0020__x0020_lines_x0007_", "Of two lines"),
        ("A_x0001F600_b", "A😀b"),
        ("c" * 200, "c" * 60),
    ],
)
def test_a_caption_is_shown_in_one_line_that_can_be_printed(tmp_path: Path, name: str, as_shown: str) -> None:
    sentence = refused(FixSettings, tmp_path, xml(mark(Mark="", **{name: "x"})))
    assert f"UPN, Date, AM/PM, {as_shown}. Add the column" in sentence
    sentence.encode("utf-8")


@pytest.mark.parametrize("records", [[], ["<multiple_id>6420,0</multiple_id>"], [inside({"UPN": UPN})]])
def test_no_records_do_not_mean_that_nobody_was_there(tmp_path: Path, records: list[str]) -> None:
    assert "failed report, and does not mean that nobody was there" in refused(NoRecords, tmp_path, xml(*records))


@pytest.mark.parametrize(
    "record", [inside({"UPN": UPN, "DOB": "2014-03-10"}), inside({"UPN": UPN, "Datum": "x", "Symbol": "/"}), "<Other/>"]
)
def test_records_of_other_columns_are_another_report(tmp_path: Path, record: str) -> None:
    assert "marks.xml has no column for Date or" in refused(FixSettings, tmp_path, xml(record, record))


def test_rows_of_nobody_in_a_holiday_are_no_records_whatever_else_they_say_of_the_pupil(tmp_path: Path) -> None:
    refused(NoRecords, tmp_path, xml(inside({"multiple_id": "6420,0", "Surname": SURNAME})))


def test_of_captions_that_nobody_knows_only_those_are_shown_that_no_data_can_be(tmp_path: Path) -> None:
    strange = {f"{SURNAME}_x0020_{UPN}": "x", "a_x0020_b_x0020_c_x0020_d_x0020_e": "x", "Rating": "x"}
    sentence = refused(FixSettings, tmp_path, xml(mark(Mark="", **strange)))
    assert "UPN, Date, AM/PM, Rating, 2 not shown here." in sentence


def test_no_more_than_twelve_of_them_are_shown(tmp_path: Path) -> None:
    sentence = refused(
        FixSettings, tmp_path, xml(mark(Mark="", **{f"Own{letter}": "x" for letter in "abcdefghijklmn"}))
    )
    assert "Ownl, 2 not shown here." in sentence


def test_a_file_of_a_thousand_different_columns_is_no_report(tmp_path: Path) -> None:
    many = xml(mark() + "".join(f"<c{number}>1</c{number}>" for number in range(1100)))
    assert "more than 1,000 different columns" in refused(FixSettings, tmp_path, many)
