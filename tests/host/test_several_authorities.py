"""One school, several authorities: each is told what concerns it, under its own key and state."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from rollbook.host import check, decide, report
from rollbook.host.config import DestinationConfig
from support.host_world import OAKS, World, build

FIRST, TENTH, NEXT = date(2026, 9, 21), date(2026, 10, 2), date(2026, 10, 5)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A child of the school's authority, 801, who lives in the area of 802 and is missing since 21 September."""
    made = build(tmp_path, monkeypatch, destination="allportal")
    made.mis[OAKS].pupils[0]["home_la"] = "802"
    made.mis[OAKS].mark("p1", FIRST, NEXT, "O")
    return made


def with_home(world: World, *authorities: str) -> None:
    there = DestinationConfig("next_door", "allportal", role="destination", authorities=authorities)
    world.config = replace(world.config, destinations={**world.config.destinations, "next_door": there})


def reports(world: World) -> list[tuple[str, str, str]]:
    rows = [row for row in report.outbox(world.config) if row.kind == "missing_pupil_report"]
    return sorted((row.destination, row.action, row.state) for row in rows)


def test_both_authorities_are_told_of_a_missing_child_and_one_of_the_return(world: World) -> None:
    with_home(world, "802")
    world.sync(TENTH)
    assert reports(world) == [("council", "send", "held"), ("next_door", "send", "held")]
    returns = [row.destination for row in report.outbox(world.config) if row.kind == "attendance_return"]
    assert returns == ["council"]


def test_one_yes_lets_both_go_and_each_is_delivered_by_itself(world: World) -> None:
    with_home(world, "802")
    world.sync(TENTH)
    [case] = report.cases(world.config, kind="missing")
    decide.approve(world.config, case.case, by="A. Officer", in_process=True)
    world.sync(TENTH)
    assert reports(world) == [("council", "send", "delivered"), ("next_door", "send", "delivered")]


def test_an_authority_without_a_destination_is_told_in_notes_and_in_check(world: World) -> None:
    notes = " ".join(world.sync(TENTH).schools[0].notes)
    nobody = "takes missing pupil reports for the authority 802: what"
    assert f"No destination that can be used {nobody} 1 case of School 100001 (100001) would say stays here" in notes
    [line] = [line for line in check.check(world.config, in_process=True) if line.about == "authority 802"]
    assert (line.ok, line.note, f"No destination {nobody}" in line.text) == (True, True, True)
    assert reports(world) == [("council", "send", "held")]


def test_a_kind_that_nobody_takes_for_the_schools_own_authority_is_told_until_its_case_is_settled(
    world: World,
) -> None:
    council = replace(world.config.destinations["council"], kinds=("attendance_return",))
    world.config = replace(world.config, destinations={"council": council}, returns={})
    says = "takes missing pupil reports for the authority 801: what 1 case of School 100001 (100001) would say"
    assert says in " ".join(world.sync(TENTH).schools[0].notes)
    missing = [case.case for case in report.cases(world.config, kind="missing")]
    decide.settle(world.config, missing, by="A. Officer", reason="told by telephone")
    assert says not in " ".join(world.sync(TENTH).schools[0].notes)


def test_when_the_child_moves_what_was_not_sent_is_never_sent(world: World) -> None:
    with_home(world, "802")
    world.sync(TENTH)
    world.mis[OAKS].pupils[0]["home_la"] = "801"
    world.sync(NEXT)
    assert reports(world)[-1] == ("next_door", "send", "void")


def test_an_authority_that_an_export_left_out_for_a_night_is_told_after_all(world: World) -> None:
    with_home(world, "802")
    homes = world.mis[OAKS].pupils[0]
    homes["home_la"] = None
    world.sync(TENTH)
    [case] = report.cases(world.config, kind="missing")
    decide.approve(world.config, case.case, by="A. Officer")
    for home in (None, "802", None, "802"):
        homes["home_la"] = home
        world.sync(TENTH)
    told = ("council", "send", "delivered")
    assert reports(world) == [told, ("next_door", "send", "held"), ("next_door", "send", "void")]


def test_two_authorities_by_one_destination_the_second_is_not_passed_over_in_silence(world: World) -> None:
    council = world.config.destinations["council"]
    both = replace(council, authorities=("801", "802"))
    world.config = replace(world.config, destinations={"council": both})
    notes = " ".join(world.sync(TENTH).schools[0].notes)
    assert "takes missing pupil reports for the authority 802 alone: what 1 case" in notes
    assert [name for name, _, _ in reports(world)] == ["council"]


def test_what_a_person_settled_is_told_to_no_destination_that_is_added_later(world: World) -> None:
    council = world.config.destinations["council"]
    returns = replace(council, kinds=("attendance_return",))
    world.config = replace(world.config, destinations={"council": returns})
    world.sync(TENTH)
    missing = [case.case for case in report.cases(world.config, kind="missing")]
    decide.settle(world.config, missing, by="A. Officer", reason="told by telephone")
    world.config = replace(world.config, destinations={"council": council})
    world.sync(NEXT)
    assert reports(world) == []


def test_a_destination_that_is_added_later_is_told_then(world: World) -> None:
    world.sync(TENTH)
    with_home(world, "802")
    world.sync(NEXT)
    assert ("next_door", "send", "held") in reports(world)


def test_a_home_authority_that_a_person_states_is_told(world: World) -> None:
    world.mis[OAKS].pupils[0]["home_la"] = None
    with_home(world, "803")
    world.sync(TENTH)
    [case] = report.cases(world.config, kind="missing")
    decide.fill(world.config, case.case, "pupil.home_la", "803", by="A. Officer", in_process=True)
    assert reports(world)[-1] == ("next_door", "send", "held")
