"""Another school's pupils, or known children turned into others, are no register of this school: a person looks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rollbook.host import report
from rollbook.host.check import check
from rollbook.tables.checks import upn_check_letter
from support.host_world import ELMS, OAKS, World, born, build

TENTH, NEXT = date(2026, 10, 2), date(2026, 10, 5)
OWN, OTHER = "8012001", "8012051"


def upn(issuer: str, n: int) -> str:
    rest = f"{issuer}26{n:03d}"
    return upn_check_letter(rest) + rest


def pupils(issuers: Iterable[str], *, key: str = "p", **given: Any) -> list[dict[str, Any]]:
    return [born(f"{key}{n}", upn=upn(issuer, n), **given) for n, issuer in enumerate(issuers, start=1)]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    made = build(tmp_path, monkeypatch)
    made.with_school(OAKS, laestab="801/2001")
    made.mis[OAKS].pupils = pupils([OWN] * 30)
    return made


def held(world: World, day: date = NEXT) -> str:
    before = {row.pupil: row.surname for row in report.find_pupils(world.config)}
    [school] = world.sync(day).schools
    assert (school.status, {row.pupil: row.surname for row in report.find_pupils(world.config)}) == ("failed", before)
    [sentence] = school.sentences
    assert "nothing of it was kept" in sentence
    assert f"--accept-smaller-roll {OAKS} --by NAME" in sentence
    return sentence


def passes(world: World, day: date = NEXT, **more: Any) -> bool:
    return world.sync(day, **more).schools[0].status == "ok"


def test_another_schools_children_under_the_same_numbers_are_held(world: World) -> None:
    world.with_school(OAKS, laestab="")
    assert passes(world, TENTH)
    world.mis[OAKS].pupils = pupils([OTHER] * 30, dob=date(2015, 4, 11), surname="Other")
    assert "30 of the 30 pupils known of School 100001" in held(world)
    assert passes(world, accept_smaller_roll_by="A. Registrar")


def test_another_schools_children_under_other_numbers_are_held(world: World) -> None:
    world.with_school(OAKS, laestab="")
    assert passes(world, TENTH)
    world.mis[OAKS].pupils = pupils([OTHER] * 30, key="q")
    assert "30 of the 30 pupils on the roll of School 100001" in held(world)


def test_without_upns_a_child_is_another_by_name_and_birth(world: World) -> None:
    world.mis[OAKS].pupils = [born(f"p{n}") for n in range(1, 7)]
    assert passes(world, TENTH)
    for pupil in world.mis[OAKS].pupils[:2]:
        pupil |= {"surname": "Other", "forename": "Other", "dob": date(2015, 4, 11)}
    assert "2 of the 6 pupils known" in held(world)


@pytest.mark.parametrize(
    "changed",
    [{"dob": date(2015, 4, 11)}, {"upn": True}, {"surname": "Married", "forename": "Known-as"}],
    ids=["day of birth", "upn", "names"],
)
def test_one_thing_corrected_of_everybody_is_no_other_child(world: World, changed: dict[str, Any]) -> None:
    assert passes(world, TENTH)
    for n, pupil in enumerate(world.mis[OAKS].pupils, start=200):
        pupil |= changed | ({"upn": upn(OWN, n)} if "upn" in changed else {})
    assert passes(world)


def test_at_the_first_sync_the_schools_own_laestab_knows_another_schools_upns(world: World) -> None:
    world.mis[OAKS].pupils = pupils([OTHER] * 30)
    sentence = held(world)
    assert "of 30 UPNs, 30 were issued by 801/2051 and none by 801/2001" in sentence
    assert passes(world, accept_smaller_roll_by="A. Registrar")
    assert passes(world, date(2026, 10, 6)), "those who are known here are not asked about again"


def test_another_schools_upns_are_known_though_the_rest_be_alike(world: World) -> None:
    assert passes(world, TENTH)
    world.mis[OAKS].pupils = pupils([OTHER] * 30)
    assert "30 were issued by 801/2051" in held(world)


def test_upns_that_come_to_pupils_known_without_are_no_other_schools(world: World) -> None:
    world.mis[OAKS].pupils = [pupil | {"upn": None} for pupil in world.mis[OAKS].pupils]
    assert passes(world, TENTH)
    world.mis[OAKS].pupils = pupils([OTHER] * 30)
    assert passes(world)


def test_other_names_and_birth_under_the_same_upns_are_other_children(world: World) -> None:
    assert passes(world, TENTH)
    for pupil in world.mis[OAKS].pupils:
        pupil |= {"surname": "Other", "forename": "Other", "dob": date(2015, 4, 11)}
    assert "30 of the 30 pupils known" in held(world)


@pytest.mark.parametrize(
    "issuers",
    [[OTHER] * 29 + [OWN], [OTHER] * 15 + [f"80130{n:02d}" for n in range(15)], [OTHER] * 19],
    ids=["one issued here", "a secondary school", "few UPNs"],
)
def test_pupils_whose_upns_were_given_elsewhere_may_be_this_schools(world: World, issuers: list[str]) -> None:
    world.mis[OAKS].pupils = pupils(issuers)
    assert passes(world)


def test_a_school_without_a_laestab_cannot_be_told_at_the_first_sync(world: World) -> None:
    world.with_school(OAKS, laestab="")
    world.mis[OAKS].pupils = pupils([OTHER] * 30)
    assert passes(world)


def test_check_says_it_before_a_sync_does(world: World) -> None:
    world.mis[OAKS].pupils = pupils([OTHER] * 30)
    [line] = [line for line in check(world.config, in_process=True) if not line.ok]
    assert line.about == "school 100001 (School 100001)"
    assert "30 were issued by 801/2051" in line.text
    assert "put each school's files in its own folder" in line.text


def test_leavers_with_a_leaving_date_are_not_gone(world: World) -> None:
    assert passes(world, TENTH)
    world.mis[OAKS].left |= {f"p{n}": TENTH for n in range(1, 16)}
    assert passes(world)


def test_pupils_known_perhaps_under_another_number_are_counted_once_and_marked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At both schools a namesake, born the same day, under a UPN that leads to a third."""
    world = build(tmp_path, monkeypatch, schools=2)
    oaks, elms = world.mis[OAKS].pupils, world.mis[ELMS].pupils
    for pupil in elms:
        pupil |= {"surname": f"Elm-{pupil['pupil']}", "dob": date(2013, 1, 2)}
    oaks[1] |= {"upn": upn(OWN, 2), "dob": date(2012, 5, 6)}
    assert passes(world, TENTH, schools=[OAKS])
    elms[0] |= {**oaks[0], "upn": oaks[1]["upn"]}
    [school] = world.sync(TENTH, schools=[ELMS]).schools
    assert school.counts["proposals"] == 1
    assert any("1 pupil may be known already under another number" in note for note in school.notes)
    [here] = [row for row in report.find_pupils(world.config, school=ELMS) if row.perhaps]
    there = [row for row in report.find_pupils(world.config, school=OAKS) if row.perhaps]
    assert set(here.perhaps) == {row.pupil for row in there}
    assert [row.keys for row in there] == [("p1",), ("p2",)]


def test_two_namesakes_side_by_side_at_a_school_are_two_children(world: World) -> None:
    world.mis[OAKS].pupils = [born("p1", surname="Ash", forename="Una"), born("p2", surname="Ash", forename="Una")]
    assert passes(world)
    assert [row.perhaps for row in report.find_pupils(world.config)] == [(), ()]


def test_a_pupil_is_found_by_the_sources_key_and_by_rollbooks_number(world: World) -> None:
    assert passes(world)
    [by_key] = report.find_pupils(world.config, key="p7")
    [by_number] = report.find_pupils(world.config, key=str(by_key.pupil))
    assert (by_number, by_key.keys) == (by_key, ("p7",))
    assert report.find_pupils(world.config, key="p77") == []
