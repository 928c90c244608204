"""What `check` says of a folder's files before any is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from rollbook_sims.ways.condition import AN_HOUR
from support.sims_folder import (
    FAILED,
    HALF,
    JUST_NOW,
    LONG_AGO,
    WHOLE,
    marks,
    put,
    remarks,
)


def test_check_tells_the_newest_file_of_each_report_and_what_is_left_alone(tmp_path: Path) -> None:
    put(tmp_path, {"marks_1.xml": WHOLE, "marks_2.xml": WHOLE, "marks_3.xml.part": HALF, "codes.xml": WHOLE})
    assert remarks(tmp_path) == [
        (True, f"marks*.xml or marks*.csv in {tmp_path}: 2 files fit, of which the newest by name is marks_2.xml."),
        (True, "marks_3.xml.part is left alone: it is still being written, or open in another program."),
        (
            False,
            f"There is no file pupils*.xml or pupils*.csv in {tmp_path}. Check that the job that writes the reports "
            f"ran, and where it writes to.",
        ),
        (True, f"codes*.xml or codes*.csv in {tmp_path}: 1 file fits: codes.xml."),
    ]


def test_check_names_the_files_that_are_passed_over(tmp_path: Path) -> None:
    put(tmp_path, {"marks_1.xml": HALF, "marks_2.xml": b"", "marks_3.xml": FAILED, "marks_4.xml": WHOLE})
    put(tmp_path, {"marks_5.xml": HALF}, changed=JUST_NOW)
    put(tmp_path, {"pupils_1.xml": HALF, "pupils_2.xml": WHOLE})
    told = [text for ok, text in remarks(tmp_path) if not ok]
    assert [text.split(". ")[0] for text in told if text.startswith("Passed over")] == [
        "Passed over: marks_3.xml holds what CommandReporter says of a report that failed (CommandReporterError), and "
        "no report",
        "Passed over: marks_2.xml is empty (0 bytes): the report failed",
        "Passed over: marks_1.xml ends in the middle: the job that writes it was stopped, or the disk is full",
    ]
    left = "marks_5.xml is left alone: it is still being written, or open in another program."
    assert (True, left) in remarks(tmp_path)


@pytest.mark.parametrize(
    ("newer", "older"), [("marks_10.xml", "marks_9.xml"), ("marks_02-12-2026.xml", "marks_30-11-2026.xml")]
)
def test_check_warns_where_the_newest_by_name_was_changed_before_another(
    tmp_path: Path, newer: str, older: str
) -> None:
    put(tmp_path, {older: marks(1)})
    put(tmp_path, {newer: marks(2), "pupils.xml": WHOLE}, changed=LONG_AGO + 86_400)
    told = [text for ok, text in remarks(tmp_path) if not ok]
    assert [text.split(",")[0] for text in told] == [f"{newer} was changed after {older}"]


def test_check_is_silent_where_files_were_copied_in_any_order(tmp_path: Path) -> None:
    put(tmp_path, {"marks_2026-11-20.xml": marks(1)})
    put(tmp_path, {"marks_2026-11-19.xml": marks(2), "pupils.xml": WHOLE}, changed=LONG_AGO + AN_HOUR)
    assert all(ok for ok, _ in remarks(tmp_path))


def test_check_tells_a_file_that_fits_two_reports_though_it_is_not_the_newest(tmp_path: Path) -> None:
    put(tmp_path, {"marks_1.xml": marks(1), "x.xml": marks(2), "pupils.xml": WHOLE})
    [told] = [text for ok, text in remarks(tmp_path, files={"marks": "*.xml"}) if not ok]
    assert told == (
        "pupils.xml fits the files of two reports, marks (*.xml) and pupils (pupils*.xml or pupils*.csv). Let `files` "
        "in the settings give each a pattern of its own."
    )
