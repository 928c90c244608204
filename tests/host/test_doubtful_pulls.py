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


def known(world: World) -> list[int]:
    return [row.pupil for row in report.find_pupils(world.config)]


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
    [missed] = [number for number in known(world) if str(number) in result.sentences[0]]
    assert result.sentences[0].endswith(f"`rollbook pupils show NUMBER` says on a terminal who it is: {missed}.")


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


LEFT_OUT = [date(2026, 9, 28), date(2026, 9, 29)]


def left_out_of_the_export(world: World, *pupils: str) -> None:
    world.mis[OAKS].skipped = {(pupil, day) for pupil in pupils for day in LEFT_OUT}


def marks_of_those_days(world: World, pupils: int) -> int:
    return pupils * len(LEFT_OUT) * 2


EVERYBODY = tuple(f"p{n}" for n in range(1, 7))


def test_days_that_are_missing_for_everybody_are_told_and_nothing_of_them_is_deleted(world: World) -> None:
    left_out_of_the_export(world, *EVERYBODY)
    result = world.sync(NEXT).schools[0]
    assert (result.status, result.counts["removed"]) == ("degraded", 0)
    [sentence] = result.sentences
    assert "no row of anybody for 2 school days of School 100001" in sentence
    assert "(2026-09-28, 2026-09-29): they were not taken as deleted" in sentence
    assert [action for held in world.portal.contents().values() for _, action, _ in held] == ["send"]


def test_the_marks_of_such_days_are_deleted_once_somebody_accepts_it(world: World) -> None:
    left_out_of_the_export(world, *EVERYBODY)
    result = world.sync(NEXT, accept_smaller_roll_by="A. Registrar").schools[0]
    assert (result.status, result.counts["removed"]) == ("ok", marks_of_those_days(world, 6))


def test_the_marks_of_such_days_are_deleted_where_the_calendar_says_that_the_school_was_closed(world: World) -> None:
    left_out_of_the_export(world, *EVERYBODY)
    mis = world.mis[OAKS]
    mis.open_days = [day for day in mis.open_days if day not in LEFT_OUT]
    result = world.sync(NEXT).schools[0]
    assert (result.status, result.counts["removed"]) == ("ok", marks_of_those_days(world, 6))


def test_days_that_are_missing_for_some_are_deleted(world: World) -> None:
    left_out_of_the_export(world, *EVERYBODY[:-1])
    result = world.sync(NEXT).schools[0]
    assert (result.status, result.counts["removed"]) == ("ok", marks_of_those_days(world, 5))
