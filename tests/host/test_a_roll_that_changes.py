"""A roll that loses pupils, or on which many suddenly begin later, is no list of leavers: a person looks at it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from rollbook.host import report
from support.host_world import OAKS, World, build

FIRST, TENTH, NEXT = date(2026, 9, 21), date(2026, 10, 2), date(2026, 10, 5)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    made = build(tmp_path, monkeypatch)
    made.mis[OAKS].mark("p1", FIRST, TENTH, "O")
    return made


def actions(world: World) -> list[tuple[int, str]]:
    return [(revision, action) for held in world.portal.contents().values() for revision, action, _ in held]


def test_a_vanished_pupil_stays_on_the_roll_with_his_case_open(world: World) -> None:
    world.mis[OAKS].mark("p1", FIRST, date(2026, 12, 18), "O")
    world.sync(TENTH)
    del world.mis[OAKS].pupils[0]
    [school] = world.sync(NEXT).schools
    assert (school.counts["vanished"], school.counts["pupils"]) == (1, 6)
    assert any("no longer in the source, and without a leaving date: 1." in note for note in school.notes)
    assert [row.state for row in report.cases(world.config, kind="attendance_return")] == ["open"]
    assert actions(world) == [(1, "send")]


def test_a_roll_that_falls_by_a_third_is_held_until_somebody_accepts_it(world: World) -> None:
    world.sync(TENTH)
    del world.mis[OAKS].pupils[:2]
    held = world.sync(NEXT)
    assert "2 of the 6 pupils on the roll of School 100001" in held.schools[0].sentences[0]
    accepted = world.sync(NEXT, accept_smaller_roll_by="A. Registrar")
    assert accepted.schools[0].status == "ok"
    assert "accepted by A. Registrar" in " ".join(accepted.schools[0].notes)
    assert world.sync(NEXT + timedelta(days=1)).schools[0].status == "ok"


def rolled_over(world: World, *pupils: str) -> None:
    """The export of the new half term gives these pupils its first day, as if they had only now been admitted."""
    world.mis[OAKS].began |= dict.fromkeys(pupils, date(2026, 11, 2))


def truly_began_later(world: World, *pupils: str) -> None:
    """The same, and the marks of the days before were taken out too."""
    rolled_over(world, *pupils)
    mis = world.mis[OAKS]
    mis.skipped |= {(pupil, day) for pupil in pupils for day in mis.open_days if day < mis.began[pupil]}


def test_a_rollover_that_lets_everybody_begin_anew_is_held_and_withdraws_nothing(world: World) -> None:
    world.sync(TENTH)
    before = world.ledger()
    rolled_over(world, *(f"p{n}" for n in range(1, 7)))
    result = world.sync(date(2026, 11, 3))
    [sentence] = result.schools[0].sentences
    assert (result.exit_status, world.ledger(), actions(world)) == (4, before, [(1, "send")])
    assert "6 of 6 pupils of School 100001" in sentence
    assert "begin on the roll later than was known (up to 2026-11-02)" in sentence
    assert "--accept-smaller-roll 100001 --by NAME" in sentence


def test_it_is_held_again_the_next_night_and_passes_when_the_export_is_mended(world: World) -> None:
    world.sync(TENTH)
    rolled_over(world, "p2", "p3")
    for night in (date(2026, 11, 3), date(2026, 11, 4)):
        assert "2 of 6 pupils of School 100001" in world.sync(night).schools[0].sentences[0]
    world.mis[OAKS].began.clear()
    assert world.sync(date(2026, 11, 5)).exit_status == 0


def test_new_first_days_pass_when_somebody_accepts_them(world: World) -> None:
    world.sync(TENTH)
    truly_began_later(world, "p2", "p3")
    [school] = world.sync(date(2026, 11, 3), accept_smaller_roll_by="A. Registrar").schools
    assert "accepted by A. Registrar" in " ".join(school.notes)
    assert world.sync(date(2026, 11, 4)).schools[0].status == "ok"


def test_the_first_day_of_one_pupil_may_be_corrected(world: World) -> None:
    world.sync(TENTH)
    truly_began_later(world, "p2")
    [school] = world.sync(date(2026, 11, 3)).schools
    assert school.status == "ok"
    assert any(
        note.startswith("1 pupil of School 100001 (100001) now begins on the roll later") for note in school.notes
    )
    assert not any("later than was known" in note for note in world.sync(date(2026, 11, 4)).schools[0].notes)


def test_pupils_of_whom_no_mark_is_kept_from_before_may_begin_later(world: World) -> None:
    world.mis[OAKS].unmarked = {"p4", "p5"}  # expected since September, and never came
    world.sync(TENTH)
    rolled_over(world, "p4", "p5")
    assert world.sync(date(2026, 11, 3)).schools[0].status == "ok"
