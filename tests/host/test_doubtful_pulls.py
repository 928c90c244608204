"""A pull that may be cut off, or whose days may be read the wrong way round: said, and nothing taken as deleted."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from rollbook.contract import Reject
from rollbook.host import report
from support.host_world import OAKS, World, build

FIRST, TENTH, NEXT = date(2026, 9, 21), date(2026, 10, 2), date(2026, 10, 5)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    made = build(tmp_path, monkeypatch)
    made.mis[OAKS].mark("p1", FIRST, TENTH, "O")
    made.sync(TENTH)
    return made


def test_an_export_without_pupils_of_the_roll_is_said_and_deletes_nothing(world: World) -> None:
    mis = world.mis[OAKS]
    mis.unmarked = {"p2"}
    mis.mark("p1", FIRST, FIRST, None)
    mis.skipped = {("p1", FIRST)}
    result = world.sync(NEXT).schools[0]
    assert result.status == "degraded"
    assert result.counts["removed"] == 0
    assert "1 pupil is on the roll" in result.sentences[0]
    assert "cut off" in result.sentences[0]


def test_an_unreadable_row_of_marks_is_something_to_do(world: World) -> None:
    world.mis[OAKS].rejects.append(Reject("marks.csv, line 17", "Date", "31/02/2026 is not a day"))
    result = world.sync(NEXT).schools[0]
    assert result.status == "degraded"
    assert "marks.csv, line 17" in result.sentences[0]


def test_what_is_newly_set_aside_is_noted_once(world: World) -> None:
    world.mis[OAKS].mark("p2", TENTH, TENTH, "ZZ", "/")
    first = world.sync(NEXT).schools[0]
    assert first.status == "ok"
    assert any("unknown_code 1" in note for note in first.notes)
    again = world.sync(date(NEXT.year, NEXT.month, NEXT.day + 1)).schools[0]
    assert not any("Newly set aside" in note for note in again.notes)


def test_what_a_source_notes_of_a_pull_that_went_well_is_told_once(world: World) -> None:
    world.mis[OAKS].notes = ["An older file was used,\nbecause a setting says so."]
    result = world.sync(NEXT).schools[0]
    told = [note for note in result.notes if "older file" in note]
    assert result.status == "ok"
    assert len(told) == 1
    assert told[0].endswith(": An older file was used, because a setting says so.")


def test_days_that_are_mostly_closed_are_refused_whole(world: World) -> None:
    mis = world.mis[OAKS]
    before = report.status(world.config)[0].marks
    mis.calendar = True
    mis.also_on_closed_days = True
    result = world.sync(NEXT).schools[0]
    assert result.status == "failed"
    assert "the right way round" in result.sentences[0]
    assert "string_days" in result.sentences[0]
    assert report.status(world.config)[0].marks == before
