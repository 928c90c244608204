"""Files that are still being written, and files that never will be whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rollbook.contract import FixSettings, RetryLater
from rollbook_sims.ways import condition, drop
from rollbook_sims.ways.condition import SETTLED
from rollbook_sims.ways.contents import digest
from support.sims_folder import (
    FAILED,
    HALF,
    JUST_NOW,
    LINES,
    LONG_AGO,
    NOW,
    WHOLE,
    dropped,
    marks,
    problem,
    put,
    taken,
)


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
