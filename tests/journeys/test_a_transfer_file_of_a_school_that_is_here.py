"""A transfer file comes from a school whose register is here too: what the register has been corrected to counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from rollbook.host.clock import end_of
from support.csv_school import csv_world, export, said
from support.ctf_files import NAME, UPN, pupil, transfer, write, year
from support.host_world import ELMS, OAKS, World

MONDAY, TUESDAY, WEDNESDAY = date(2026, 9, 7), date(2026, 9, 8), date(2026, 9, 9)
FIRST_NIGHT, SECOND_NIGHT = date(2026, 9, 29), date(2026, 9, 30)
OTHERS = tuple(f"{n},Surname-{n},Forename-{n},2014-03-10," for n in ("002", "003", "004"))
HEADINGS = "Adno,From,To,Year"
IN_FILE = "O,O,O,O,O,O,/,\\,/,\\"  # Monday to Wednesday


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    world = csv_world(tmp_path, monkeypatch, schools=2)
    world.with_school(ELMS, laestab="801/2000")
    return world


def drop_of(world: World, urn: int) -> Path:
    return Path(str(world.config.connections[f"c{urn}"].settings["folder"]))


def night(
    world: World, day: date, there: dict[date, str], *, since: str = "2026-09-03", marks_from: str = "2026-09-03"
) -> None:
    """A sync: what the school before has of each day (`none`: no row), and four sessions of O at the new one.

    since: the pupil's first day on its roll. marks_from: the first day that it exports.
    """
    ours = ("Adno,Legal Surname,Legal Forename,DOB,UPN", f"001,Surname-001,Pat,2014-03-10,{UPN}", *OTHERS)
    on_roll = tuple(f"{n},2026-09-03,,7" for n in ("002", "003", "004"))
    marks = {("001", at, at): code for at, code in there.items()}
    export(world, day, marks, ELMS, pupils=ours, roll=(HEADINGS, f"001,{since},2026-09-18,7", *on_roll))
    away = {("001", date(2026, 9, 28), date(2026, 9, 29)): "O"}
    named = tuple(line.replace("2014", "2015") if line in OTHERS else line for line in ours)
    export(world, day, away, OAKS, pupils=named, roll=(HEADINGS, "001,2026-09-21,,7", *on_roll))
    file = drop_of(world, ELMS) / "marks.csv"
    headings, *lines = file.read_text().splitlines(keepends=True)
    file.write_text(headings + "".join(one for one in lines if ",none" not in one and one[4:14] >= marks_from))
    told = year(IN_FILE, first="2026-09-07", counts=(10, 4, 0, 6))
    write(drop_of(world, OAKS), transfer(pupil(told, surname="Surname-001"), made="2026-09-18T16:00:00"), NAME)
    assert [school.status for school in world.sync(day).schools if school.status == "failed"] == []


def sessions(world: World, day: date, **known: object) -> int:
    found: int = said(world, "penalty_notice", day, **known)["001"]["sessions"]  # type: ignore[arg-type]
    return found


ABSENT = dict.fromkeys((MONDAY, TUESDAY, WEDNESDAY), "O")


def test_what_both_say_counts_once(world: World) -> None:
    night(world, FIRST_NIGHT, ABSENT)
    assert sessions(world, FIRST_NIGHT) == 10


@pytest.mark.parametrize("to", ["I", "none", "-"], ids=["corrected to ill", "deleted", "made a session without a mark"])
def test_an_absence_taken_back_in_the_register_no_longer_counts(world: World, to: str) -> None:
    night(world, FIRST_NIGHT, ABSENT)
    night(world, SECOND_NIGHT, ABSENT | {MONDAY: to})
    assert sessions(world, SECOND_NIGHT) == 8
    assert sessions(world, SECOND_NIGHT, known=end_of(FIRST_NIGHT)) == 10


def test_an_absence_that_the_register_never_had_does_not_count(world: World) -> None:
    night(world, FIRST_NIGHT, ABSENT | {MONDAY: "none"})
    assert sessions(world, FIRST_NIGHT) == 8


def test_days_before_the_pupil_is_in_that_register_count_as_the_file_has_them(world: World) -> None:
    night(world, FIRST_NIGHT, ABSENT, since="2026-09-09")
    assert sessions(world, FIRST_NIGHT) == 10


def test_days_that_the_register_does_not_reach_back_to_count_as_the_file_has_them(world: World) -> None:
    night(world, FIRST_NIGHT, {WEDNESDAY: "O"}, marks_from="2026-09-09")
    assert sessions(world, FIRST_NIGHT) == 10


def test_a_school_that_left_the_configuration_is_still_known_by_its_laestab(world: World) -> None:
    night(world, FIRST_NIGHT, ABSENT)
    night(world, SECOND_NIGHT, ABSENT | {MONDAY: "I"})
    world.config = replace(world.config, schools=tuple(one for one in world.config.schools if one.urn == OAKS))
    assert sessions(world, SECOND_NIGHT) == 8
