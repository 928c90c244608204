"""Picking files up: which of a folder's files are taken, which are left alone, and what is said when none can be."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from rollbook.contract import FixSettings, Problem, RetryLater
from rollbook_sims.settings import SimsSettings
from rollbook_sims.ways import condition, drop
from rollbook_sims.ways.condition import AN_HOUR, SETTLED
from rollbook_sims.ways.contents import digest
from rollbook_sims.ways.drop import MOST, Drop
from support.sims_run import report

NOW = 1_800_000_000.0
JUST_NOW, LONG_AGO = NOW - AN_HOUR + 1, NOW - AN_HOUR
WHOLE = report("<Mark>/</Mark>")
HALF = WHOLE[: len(WHOLE) // 2]
LINES = b"Adno,Mark\r\n001003,/\r\n"
FAILED = b"<CommandReporterError>Ada Lovelace has no class</CommandReporterError>"


def marks(number: int) -> bytes:
    """A whole report of marks like no other."""
    return report(f"<Mark>{number}</Mark>")


def put(folder: Path, files: Mapping[str, bytes], changed: float = LONG_AGO) -> None:
    for name, data in files.items():
        (folder / name).write_bytes(data)
        os.utime(folder / name, (changed, changed))


def dropped(folder: Path, **more: Any) -> Drop:
    return Drop(SimsSettings().load({"kind": "folder", "folder": str(folder)} | more), now=lambda: NOW)


def taken(folder: Path, report: str = "marks", known: Mapping[str, bytes] = {}, **more: Any) -> list[str]:
    """The names of what is taken, where files with the contents of `known` were taken before."""
    before = {digest(folder / name) for name in known}
    with dropped(folder, **more).fetch(report, taken=before) as fetched:
        return [one.name for one in fetched]


def problem(folder: Path, report: str = "marks", **more: Any) -> Problem:
    with pytest.raises(Problem) as raised, dropped(folder, **more).fetch(report):
        pass
    return raised.value


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
    put(tmp_path, {"codes.xml": WHOLE, "contacts.xml.part": WHOLE})
    offers = dropped(tmp_path).offers
    assert {name: offers(name) for name in ("marks", "pupils", "roll", "codes", "contacts")} == {
        "marks": True,
        "pupils": True,
        "roll": False,
        "codes": True,
        "contacts": False,
    }


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


# Still being written


@pytest.mark.parametrize("data", [HALF, b"", b"Adno,Mark\r\n001003,"], ids=["half XML", "nothing yet", "half a line"])
def test_a_file_that_is_being_written_is_passed_over_for_an_older_one(tmp_path: Path, data: bytes) -> None:
    put(tmp_path, {"marks_2.xml": data}, changed=JUST_NOW)
    put(tmp_path, {"marks_1.xml": marks(1)})
    assert taken(tmp_path) == ["marks_1.xml"]


@pytest.mark.parametrize("name", ["marks_2.xml", "marks_2.xml.part"])
def test_where_there_is_no_older_one_it_is_waited_for(tmp_path: Path, name: str) -> None:
    put(tmp_path, {name: HALF}, changed=JUST_NOW)
    said = problem(tmp_path)
    assert isinstance(said, RetryLater)
    assert f"{name} is still being written" in said.sentence


def test_a_newest_file_that_is_half_and_old_is_told_though_there_are_older_ones(tmp_path: Path) -> None:
    put(tmp_path, {"marks_1.xml": marks(1), "marks_2.xml": HALF})
    said = problem(tmp_path)
    assert isinstance(said, RetryLater)
    assert "marks_2.xml ends in the middle" in said.sentence


def test_a_newest_file_that_is_empty_and_old_is_told(tmp_path: Path) -> None:
    put(tmp_path, {"marks_1.xml": marks(1), "marks_2.xml": b""})
    assert "marks_2.xml is empty (0 bytes)" in problem(tmp_path).sentence


@pytest.mark.parametrize("lost", [HALF, b"", FAILED], ids=["half", "empty", "an error"])
def test_an_older_file_that_will_never_be_whole_comes_so_that_it_is_told_and_once(tmp_path: Path, lost: bytes) -> None:
    put(tmp_path, {"marks_1.xml": marks(1), "marks_2.xml": lost, "marks_3.xml": marks(3)})
    assert taken(tmp_path) == ["marks_3.xml", "marks_2.xml", "marks_1.xml"]
    assert taken(tmp_path, known={f"marks_{n}.xml": b"" for n in (1, 2, 3)}) == ["marks_3.xml"]


def test_an_older_file_that_is_being_written_is_left_alone(tmp_path: Path) -> None:
    put(tmp_path, {"marks_1.xml": HALF}, changed=JUST_NOW)
    put(tmp_path, {"marks_2.xml": marks(2)})
    assert taken(tmp_path) == ["marks_2.xml"]


def test_of_other_reports_only_a_whole_file_comes(tmp_path: Path) -> None:
    put(tmp_path, {"pupils_1.xml": marks(1), "pupils_2.xml": FAILED})
    put(tmp_path, {"pupils_3.xml": HALF}, changed=JUST_NOW)
    assert taken(tmp_path, "pupils") == ["pupils_1.xml"]


@pytest.mark.parametrize("report", ["marks", "pupils"])
def test_csv_that_was_changed_just_now_may_grow_and_is_waited_for(tmp_path: Path, report: str) -> None:
    put(tmp_path, {f"{report}_2.csv": LINES}, changed=NOW - SETTLED + 1)
    said = problem(tmp_path, report)
    assert isinstance(said, RetryLater)
    assert f"{report}_2.csv was changed less than 2 minutes ago" in said.sentence
    put(tmp_path, {f"{report}_1.xml": marks(1)})
    assert taken(tmp_path, report) == [f"{report}_1.xml"]


@pytest.mark.parametrize("changed", [NOW - SETTLED, NOW + 90_000], ids=["two minutes ago", "by a wrong clock"])
def test_csv_that_nobody_changes_any_more_is_taken(tmp_path: Path, changed: float) -> None:
    put(tmp_path, {"marks_2.csv": LINES}, changed=changed)
    assert taken(tmp_path) == ["marks_2.csv"]


def test_xml_shows_its_end_and_is_taken_at_once(tmp_path: Path) -> None:
    put(tmp_path, {"marks_2.xml": WHOLE}, changed=NOW)
    assert taken(tmp_path) == ["marks_2.xml"]


def test_an_error_in_a_reports_place_is_told_at_once_and_not_repeated(tmp_path: Path) -> None:
    put(tmp_path, {"marks_1.xml": marks(1)})
    put(tmp_path, {"marks_2.xml": FAILED}, changed=JUST_NOW)
    said = problem(tmp_path)
    assert isinstance(said, FixSettings)
    assert "marks_2.xml" in said.sentence
    assert "Ada" not in said.sentence + said.detail + repr(said.__context__)


@pytest.mark.parametrize("report", ["marks", "pupils"])
def test_a_file_that_grows_while_it_is_first_read_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, report: str
) -> None:
    put(tmp_path, {f"{report}_1.xml": marks(1), f"{report}_2.xml": marks(2)}, changed=JUST_NOW)

    def digest_of_growing(path: Path) -> str:
        if path.name.endswith("_2.xml"):
            put(tmp_path, {path.name: marks(2) + b"\n"}, changed=JUST_NOW)
        return digest(path)

    monkeypatch.setattr(drop, "digest", digest_of_growing)
    assert taken(tmp_path, report) == [f"{report}_1.xml"]


def test_a_file_that_changes_while_its_rows_are_read_is_refused(tmp_path: Path) -> None:
    put(tmp_path, {"marks_1.xml": marks(1)})
    with pytest.raises(RetryLater) as raised, dropped(tmp_path).fetch("marks"):
        put(tmp_path, {"marks_1.xml": marks(2)}, changed=NOW)
    assert "marks_1.xml" in raised.value.sentence


@pytest.mark.parametrize(("changed", "told"), [(JUST_NOW, "still being written"), (LONG_AGO, "cannot be opened")])
def test_a_file_that_cannot_be_opened_is_waited_for_and_then_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: float, told: str
) -> None:
    put(tmp_path, {"marks_1.xml": marks(1)}, changed=changed)
    monkeypatch.setattr(condition, "look", _refuse)
    said = problem(tmp_path)
    assert isinstance(said, RetryLater)
    assert told in said.sentence


def test_a_file_that_cannot_be_opened_yet_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, {"marks_1.xml": marks(1), "marks_2.xml": marks(2)}, changed=JUST_NOW)
    see = condition.look
    monkeypatch.setattr(condition, "look", lambda path: _refuse(path) if path.name == "marks_2.xml" else see(path))
    assert taken(tmp_path) == ["marks_1.xml"]


def _refuse(path: Path) -> Any:
    raise PermissionError(13, "Permission denied")


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


# What check says


def remarks(folder: Path, **more: Any) -> list[tuple[bool, str]]:
    return [(remark.ok, remark.text) for remark in dropped(folder, **more).remarks()]


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
