"""The report of the marks: which rows count, out of which file, and for which days they stand."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rollbook.contract import FixSettings, Window
from rollbook.tables.schemas import Table
from support.sims_tables import Record, mark, pull, pupil, refused, rejects, report, rows, source

PUPILS = report(pupil("001"), pupil("002"))
MONDAY, TUESDAY, WEDNESDAY = "2026-11-02", "2026-11-03", "2026-11-04"


def of(day: str, code: str = "/", adno: str = "001", **more: Any) -> Record:
    return mark(code, day, adno=adno, **more)


def read(folder: Path, *files: list[Record], **given: Any) -> list[tuple[Any, ...]]:
    """What the files, the newest first, come to: pupil, day, code."""
    found = rows(Table.MARKS, folder, pupils=PUPILS, marks=[report(*file) for file in files], **given)
    return sorted(found.select("pupil", "date", "code").rows())


def covers(folder: Path, *files: list[Record], **given: Any) -> Window | None:
    return pull(Table.MARKS, folder, pupils=PUPILS, marks=[report(*file) for file in files], **given)[1].covers


@pytest.mark.parametrize(
    "written",
    ["2026-11-02T00:00:00", "2026-11-02", "2026-11-02T09:00:00", "02/11/2026", "2/11/2026 00:00:00"],
)
def test_a_day_is_read_in_iso_form_and_in_that_of_the_settings_and_its_time_is_dropped(
    tmp_path: Path, written: str
) -> None:
    assert read(tmp_path, [of(written)]) == [("001", date(2026, 11, 2), "/")]


def test_another_form_of_days_is_read_where_the_settings_state_it(tmp_path: Path) -> None:
    settings = {"date_form": "dd mmm yyyy"}
    assert read(tmp_path, [of("02 Nov 2026")], settings=settings) == [("001", date(2026, 11, 2), "/")]


def test_morning_and_afternoon_are_told_by_the_values_of_the_settings(tmp_path: Path) -> None:
    marks = report(mark("/", half="am", adno="001"), mark("\\", half=" Afternoon ", adno="001"))
    found = rows(Table.MARKS, tmp_path, pupils=PUPILS, marks=marks, settings={"pm": ["PM", "Afternoon"]})
    assert found.select("session", "code").rows() == [("AM", "/"), ("PM", "\\")]


@pytest.mark.parametrize(
    ("wrong", "column", "reason"),
    [
        (of("31/02/2026"), "Date", "a value of the form '99/99/9999' is not a day"),
        (of("2026-06-01T23:00:00Z"), "Date", "is not a day"),
        (of("Fennimore"), "Date", "the value (not shown) is not a day"),
        (mark("/", None, adno="001"), "Date", "a blank is not a day"),
        (mark("/", half="Eve", adno="001"), "AM/PM", "the value (not shown) is neither AM nor PM"),
        (mark("/", half="3", adno="001"), "AM/PM", "'3' is neither AM nor PM"),
        (mark("/", adno=None), "upn", "it is not known whose row this is"),
    ],
)
def test_a_row_that_cannot_be_read_is_set_aside_by_record_and_caption_and_no_day_is_claimed(
    tmp_path: Path, wrong: Record, column: str, reason: str
) -> None:
    good = [of(MONDAY), of(TUESDAY)]
    [reject] = rejects(Table.MARKS, tmp_path, pupils=PUPILS, marks=report(*good, wrong))
    assert (reject.place, reject.column) == ("marks.xml, record 3", column)
    assert reason in reject.reason
    assert "Fennimore" not in reject.reason
    assert covers(tmp_path, [*good, wrong]) is None


def test_of_a_csv_it_is_the_line_that_is_told(tmp_path: Path) -> None:
    text = b"Adno,Date,AM/PM,Mark\n001,02/11/2026,AM,/\n001,02/11/2026,Eve,/\n"
    [reject] = rejects(Table.MARKS, tmp_path, pupils=PUPILS, marks=text)
    assert reject.place == "marks.csv, line 3"


def test_too_many_such_rows_are_another_report(tmp_path: Path) -> None:
    good = [of(f"2026-11-{n:02d}", half=half) for n in range(2, 28) for half in ("AM", "PM")]
    bad = [of(f"2026-11-{n:02d}", adno="002", half="Eve") for n in range(2, 22)]
    sentence = refused(FixSettings, Table.MARKS, tmp_path, pupils=PUPILS, marks=report(*good, *bad))
    assert "20 of its 72 rows cannot be read. The first is marks.xml, record 53" in sentence
    assert len(rejects(Table.MARKS, tmp_path, pupils=PUPILS, marks=report(*good, *bad[:19]))) == 19


def test_more_than_ten_thousand_notes_are_too_many_though_no_row_is_lost(tmp_path: Path) -> None:
    bad = report(*(pupil(f"{n:06d}", UPN="none") for n in range(10_001)))
    assert "too many of its values cannot be read" in refused(FixSettings, Table.PUPILS, tmp_path, pupils=bad)


def test_a_pupil_of_whom_the_report_has_no_mark_is_passed_over(tmp_path: Path) -> None:
    nothing = {"Adno": "002", "Date": None, "AM/PM": None, "Mark": None}
    assert read(tmp_path, [of(MONDAY), nothing]) == [("001", date(2026, 11, 2), "/")]
    assert rejects(Table.MARKS, tmp_path, pupils=PUPILS, marks=report(of(MONDAY), nothing)) == []


def test_rows_outside_the_window_are_left_out_and_are_not_judged(tmp_path: Path) -> None:
    window = Window(date(2026, 11, 3), date(2026, 11, 3))
    early = mark("/", MONDAY, "Eve", adno=None)
    assert read(tmp_path, [early, of(TUESDAY), of(WEDNESDAY)], window=window) == [("001", date(2026, 11, 3), "/")]
    assert covers(tmp_path, [early, of(TUESDAY)], window=window) == Window(date(2026, 11, 3), date(2026, 11, 3))


def test_two_rows_of_one_mark_are_one(tmp_path: Path) -> None:
    joined = {"Adno": "001", "multiple_id": "77,1"}
    assert len(read(tmp_path, [of(MONDAY), of(MONDAY) | joined, of(MONDAY)])) == 1


# Several files.


def test_of_a_day_that_two_files_have_the_newer_file_counts(tmp_path: Path) -> None:
    newer = [of(TUESDAY, "I"), of(WEDNESDAY)]
    older = [of(MONDAY, "O"), of(TUESDAY, "N"), of(TUESDAY, "O", "002")]
    assert read(tmp_path, newer, older) == [
        ("001", date(2026, 11, 2), "O"),
        ("001", date(2026, 11, 3), "I"),
        ("001", date(2026, 11, 4), "/"),
    ]


@pytest.mark.parametrize(
    ("days_of_files", "first"),
    [
        ([(9, 13), (2, 6)], 2),  # only a weekend lies between
        ([(9, 13), (2, 5)], 9),  # the sixth, a Friday, is in neither
        ([(9, 13), (5, 10)], 5),
        ([(9, 13), (5, 6), (2, 4)], 2),
    ],
)
def test_the_days_for_which_files_stand_end_where_a_school_day_is_in_none(
    tmp_path: Path, days_of_files: list[tuple[int, int]], first: int
) -> None:
    files = [[of(f"2026-11-{day:02d}", str(n)) for day in days] for n, days in enumerate(days_of_files)]
    assert covers(tmp_path, *files) == Window(date(2026, 11, first), date(2026, 11, 13))


def test_what_was_read_before_is_remembered_and_not_read_again(tmp_path: Path) -> None:
    old, new = report(of(MONDAY)), report(of(TUESDAY))
    _, first = pull(Table.MARKS, tmp_path, pupils=PUPILS, marks=[old])
    pages, second = pull(Table.MARKS, tmp_path, pupils=PUPILS, marks=[new, old], checkpoint=first.checkpoint)
    assert [page.rows["date"].to_list() for page in pages if page.rows.height] == [[date(2026, 11, 3)]]
    assert second.checkpoint["taken"][1:] == first.checkpoint["taken"]


@pytest.mark.parametrize("strange", [{}, {"taken": 5}, {"taken": [1, None, "short"]}, {"v": 99, "taken": {"a": 1}}])
def test_a_checkpoint_of_another_form_does_no_harm(tmp_path: Path, strange: dict[str, Any]) -> None:
    _, done = pull(Table.MARKS, tmp_path, pupils=PUPILS, marks=report(of(MONDAY)), checkpoint=strange)
    assert len(done.checkpoint["taken"]) == 1


def test_a_checkpoint_stays_within_its_bounds(tmp_path: Path) -> None:
    _, first = pull(Table.MARKS, tmp_path, pupils=PUPILS, marks=report(of(MONDAY)))
    many = {**first.checkpoint, "taken": [f"{n:016x}" for n in range(2000)]}
    _, done = pull(Table.MARKS, tmp_path, pupils=PUPILS, marks=report(of(MONDAY)), checkpoint=many)
    assert len(done.checkpoint["taken"]) == 700
    assert len(json.dumps(done.checkpoint)) < 16 * 1024


# No news.


@pytest.mark.parametrize("empty", [report(), report({"multiple_id": "6420,0"})], ids=["no record", "pupils alone"])
def test_a_report_without_a_mark_is_given_as_it_is_and_claims_no_day(tmp_path: Path, empty: bytes) -> None:
    """In a holiday that is right; of an open school the host does not take it."""
    pages, done = pull(Table.MARKS, tmp_path, pupils=PUPILS, marks=empty)
    assert [page.rows.height for page in pages] == [0]
    assert done.covers is None


def test_an_older_file_does_not_speak_in_the_place_of_one_without_a_mark(tmp_path: Path) -> None:
    pages, done = pull(Table.MARKS, tmp_path, pupils=PUPILS, marks=[report(), report(of(MONDAY))])
    assert sum(page.rows.height for page in pages) == 0
    assert len(done.checkpoint["taken"]) == 1


def test_an_older_file_without_a_mark_is_passed_over(tmp_path: Path) -> None:
    assert [day for _, day, _ in read(tmp_path, [of(TUESDAY)], [], [of(MONDAY)])] == [
        date(2026, 11, 2),
        date(2026, 11, 3),
    ]


def test_no_record_of_a_pupil_is_a_failed_report(tmp_path: Path) -> None:
    assert "failed report" in refused(FixSettings, Table.PUPILS, tmp_path, pupils=report(), marks=report(of(MONDAY)))


# Runs of the reporter take minutes.


def test_a_sync_has_each_report_run_once(tmp_path: Path) -> None:
    made, shelf = source(tmp_path, pupils=PUPILS, marks=report(of(MONDAY)), codes=report({"Code": "/"}))
    for table in (Table.PUPILS, Table.ROLL, Table.CONTACTS, Table.MARKS):
        list(made.pull(table, made.schools()[0], Window(date(2026, 11, 1), date(2026, 11, 9)), None))
    assert shelf.fetched == {"pupils": 1, "codes": 1, "marks": 1}


def test_pupils_that_are_asked_for_again_are_read_again(tmp_path: Path) -> None:
    made, shelf = source(tmp_path, pupils=PUPILS, marks=report(of(MONDAY)))
    for _ in range(2):
        list(made.pull(Table.PUPILS, made.schools()[0], Window(date(2026, 11, 1), date(2026, 11, 9)), None))
    assert shelf.fetched["pupils"] == 2
