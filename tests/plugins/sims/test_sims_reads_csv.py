"""What SIMS writes in CSV comes back as it was written; rows that cannot be split are set aside by their line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rollbook.contract import FixSettings, RetryLater
from rollbook_sims.reports import delimited
from rollbook_sims.reports.report import NoRecords
from support.sims_read import UPN, csv, frame, refused, report, rows, xml

LINE = f"{UPN},02/11/2026,AM,/"
MARK = ("upn", "date", "session", "mark")
GOOD = (UPN, "02/11/2026", "AM", "/")


def read(folder: Path, *lines: str, captions: str = "UPN,Date,AM/PM,Mark", **how: Any) -> list[tuple[Any, ...]]:
    """The marks of a file of those lines."""
    return rows(folder, csv(*lines, captions=captions), "line", *MARK, name="marks.csv", **how)


def test_rows_and_what_is_known_of_them(tmp_path: Path) -> None:
    lines = ['"6420,7",000123,02/11/2026,AM,/,1', '"6421,0",000124,,,,', '"6420,8",000123,02/11/2026,PM,,1']
    found = report(tmp_path, csv(*lines, captions="multiple_id,Adno,Date,AM/PM,Mark,Sorted"), name="marks.csv")
    assert frame(found).select("line", "person", "adno", "date", "session", "mark").rows() == [
        (2, "6420", "000123", "02/11/2026", "AM", "/"),
        (4, "6420", "000123", "02/11/2026", "PM", None),
    ]
    assert (found.records, found.ignored, found.strange, found.missed) == (3, 1, ["Sorted"], ["upn", "subcode"])
    assert found.place(4) == "marks.csv, line 4"


@pytest.mark.parametrize("written", ["/", "\\", "-", "#", "=", "+", "[", "a|b;c", "'", '5" wide', "\\n"])
def test_nothing_but_quotation_marks_and_commas_has_a_meaning(tmp_path: Path, written: str) -> None:
    assert read(tmp_path, f"{UPN},02/11/2026,AM,{written}") == [(2, UPN, "02/11/2026", "AM", written)]


def test_quoted_fields_hold_commas_quotation_marks_and_line_breaks(tmp_path: Path) -> None:
    lines = [f'{UPN},02/11/2026,AM,/,"was ""ill"",\r\nthen well"', f"{UPN},02/11/2026,PM,L,"]
    contents = csv(*lines, captions='UPN,Date,"AM/PM",Mark,Comments')
    assert rows(tmp_path, contents, "line", "mark", "comment", name="marks.csv", comments=True) == [
        (2, "/", 'was "ill",\r\nthen well'),
        (4, "L", None),
    ]


def test_line_feeds_alone_and_blank_lines(tmp_path: Path) -> None:
    contents = f"\n , \nUPN,Date,AM/PM,Mark,\n\n{LINE},\n,,,,\n"
    assert rows(tmp_path, contents, "line", *MARK, name="marks.csv") == [(5, *GOOD)]


def test_the_form_is_that_of_the_contents_whatever_the_files_name(tmp_path: Path) -> None:
    assert rows(tmp_path, csv(LINE), *MARK, name="marks.xml") == [GOOD]
    assert rows(tmp_path, xml("<UPN>A</UPN><Date>d</Date><Session>AM</Session><Mark>/</Mark>"), "upn", name="a.csv")


@pytest.mark.parametrize("line", ["too,short", f"{LINE},too long", f'{UPN},02/11/2026,"A"M,/'])
def test_a_row_that_cannot_be_split_is_set_aside_by_its_line(tmp_path: Path, line: str) -> None:
    found = report(tmp_path, csv(LINE, line, LINE.replace("AM", "PM")), name="marks.csv")
    assert frame(found)["line"].to_list() == [2, 4]
    assert [(one.place, one.column, one.reason) for one in found.rejects] == [
        (
            "marks.csv, line 3",
            "row",
            "row has not the 4 fields of the line of captions, or a quotation mark where none may be",
        )
    ]


def test_a_file_of_which_much_cannot_be_split_is_refused(tmp_path: Path) -> None:
    lines = [LINE.replace("02", f"{day:02}") for day in range(100)] + ["short,row"] * 25
    sentence = refused(FixSettings, tmp_path, csv(*lines), name="marks.csv")
    assert "marks.csv is damaged: 25 of its 125 rows cannot be read. The first is line 102: row has not" in sentence


@pytest.mark.parametrize(
    "lines",
    [
        (f'{UPN},02/11/2026,AM,"/', LINE, f'{UPN},"02/11/2026",PM,/'),
        (f'{UPN},02/11/2026,AM,"/', f'{UPN},02/11/2026,PM,"/"'),
    ],
)
def test_a_quotation_mark_that_swallows_rows_is_not_passed_over(tmp_path: Path, lines: tuple[str, ...]) -> None:
    sentence = refused(FixSettings, tmp_path, csv(LINE, *lines), name="marks.csv")
    assert sentence.startswith("marks.csv, line 3: a quotation mark is opened and not closed")


def test_a_quotation_mark_that_is_never_closed(tmp_path: Path) -> None:
    contents = csv(LINE, f'{UPN},02/11/2026,AM,"/', LINE)
    sentence = refused(RetryLater, tmp_path, contents, name="marks.csv")
    assert sentence.startswith("marks.csv, line 3: a quotation mark is opened and never closed.")


def test_an_error_in_a_report_that_has_begun_is_not_passed_over(tmp_path: Path) -> None:
    contents = csv(*[LINE] * 5000, "<CommandReporterError>Timeout</CommandReporterError>", LINE)
    assert "whose run failed when it had begun" in refused(RetryLater, tmp_path, contents, name="marks.csv")


@pytest.mark.parametrize("cut", ["\r\n", "/\r\n", "AM,/\r\n"])
def test_a_last_line_without_an_end_may_be_cut_off(tmp_path: Path, cut: str) -> None:
    contents = csv(LINE, LINE).removesuffix(cut)
    sentence = refused(RetryLater, tmp_path, contents, name="marks.csv")
    assert "marks.csv does not end with a line break, so its last row may be cut off" in sentence


@pytest.mark.parametrize(
    "captions",
    [
        "UPN;Date;AM/PM;Mark",
        f"{UPN},Fennimore,Boarder,AM",
        "Login failed for user MIS.",
        "a,b,c,d",
    ],
)
def test_a_first_line_that_may_be_no_captions_is_not_repeated(tmp_path: Path, captions: str) -> None:
    for of in ("marks", "pupils"):
        sentence = refused(FixSettings, tmp_path, csv(LINE, captions=captions), of=of, name="marks.csv")
        assert sentence.startswith("marks.csv does not begin with a line of captions that are known.")


def test_captions_that_stand_twice(tmp_path: Path) -> None:
    contents = csv(f"{LINE},N", captions="UPN,Date,AM/PM,Mark,Mark")
    assert refused(FixSettings, tmp_path, contents, name="marks.csv") == (
        "marks.csv has two columns Mark: call one of them something else in the report."
    )


def test_a_column_that_is_needed(tmp_path: Path) -> None:
    sentence = refused(FixSettings, tmp_path, csv("A,AM,/,1", captions="UPN,AM/PM,Mark,Rating"), name="marks.csv")
    assert (
        "no column for Date or AttendanceDate or Mark Date (date). Its columns are: UPN, AM/PM, Mark, Rat" in sentence
    )


def test_captions_without_rows(tmp_path: Path) -> None:
    assert "marks.csv has no records. That is a failed report" in refused(NoRecords, tmp_path, csv(), name="marks.csv")


@pytest.mark.parametrize("contents", [csv(LINE).replace("/\r", "\x00\r"), "UPN" + "x" * 1_100_000])
def test_what_no_report_holds(tmp_path: Path, contents: str) -> None:
    assert "zero bytes or endless lines" in refused(FixSettings, tmp_path, contents, name="marks.csv")


def test_rows_come_in_more_than_one_chunk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "ROWS", 2)
    lines = [f"A{number},d,AM,/" for number in range(5)]
    chunks = list(report(tmp_path, csv(*lines[:3], "short", *lines[3:]), name="marks.csv").chunks())
    assert [chunk["line"].to_list() for chunk in chunks] == [[2, 3], [4], [6, 7]]
