"""A destination for transfer files, as configured: what `check` says of it, and what is lacking is looked up again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rollbook.contract.errors import FixSettings
from rollbook.host import check, decide, report
from support.csv_school import export
from support.host_world import OAKS, World
from support.leavers import (
    FIRST,
    FOLDER,
    ILL,
    LEFT,
    MONDAY,
    WHO,
    case_of,
    configured,
    leavers,
    outbox,
    people,
    roll,
)
from support.transfer_files import elements, files


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return leavers(tmp_path, monkeypatch)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / FOLDER


def checked(world: World) -> list[tuple[bool, str]]:
    return [(line.ok, line.text) for line in check.check(world.config, in_process=True) if line.about == "s2s"]


def test_alone_and_without_kinds_it_is_said_that_the_returns_go_nowhere(world: World) -> None:
    configured(world, kinds="")
    [line] = [line for line in check.check(world.config, in_process=True) if line.about == "authority 801"]
    assert line.text.startswith("No destination takes attendance returns, attendance follow-ups, ")
    assert "transfer files" not in line.text
    notes = world.sync(MONDAY).schools[0].notes
    assert any("takes deletion returns for the authority 801: what 2 cases of" in note for note in notes)


def test_kinds_that_the_plugin_does_not_take_are_a_mistake(world: World, folder: Path) -> None:
    configured(world, kinds='kinds = ["attendance_return", "transfer_file"]')
    why = "destinations.s2s.kinds: the plugin ctf_files does not take attendance_return; it takes transfer_file."
    assert [text for ok, text in checked(world) if not ok] == [f"{why} Correct `kinds`, or use another plugin."]
    result = world.sync(MONDAY)
    assert [said for one in result.deliveries for said in one.sentences if why in said]
    assert outbox(world) == []


def test_a_configuration_file_with_kinds_is_found_right_and_makes_a_file(world: World, folder: Path) -> None:
    configured(world)
    assert [ok for ok, _ in checked(world)] == [True, True]
    world.sync(MONDAY)
    decide.approve(world.config, case_of(world, lacking=False), **WHO)
    world.sync(MONDAY)
    assert elements(folder, FIRST)["Header/SupplierID"] == "EXAMPLE"


# What only the configuration can give

SET_IT = "Set `laestab` of the school in the configuration"


def lacking(world: World) -> list[tuple[str, ...]]:
    return sorted(row.lacks for row in report.outbox(world.config) if row.state == "held")


@pytest.mark.parametrize("asked", [{}, {"connections": ["s2s"]}, {"schools": [OAKS]}], ids=["all", "s2s", "school"])
def test_a_school_without_a_laestab_is_told_before_the_first_leaver(world: World, asked: dict[str, list[int]]) -> None:
    world.with_school(OAKS, laestab="")
    wrong = [line for line in check.check(world.config, in_process=True, **asked) if not line.ok]
    assert [line.about for line in wrong] == ["school 100001 (School 100001)"]
    assert wrong[0].text.startswith("Its laestab is not set, which every transfer file for s2s must have")
    assert SET_IT in wrong[0].text


def test_a_school_whose_messages_go_elsewhere_needs_no_laestab(world: World) -> None:
    world.with_school(OAKS, laestab="")
    destinations = {name: one for name, one in world.config.destinations.items() if name != "s2s"}
    world.config = replace(world.config, destinations=destinations)
    assert all(line.ok for line in check.check(world.config, in_process=True))


def test_a_laestab_that_is_set_afterwards_is_found_at_the_yes(world: World, folder: Path) -> None:
    world.with_school(OAKS, laestab="")
    world.sync(MONDAY)
    assert lacking(world) == [("pupil.upn", "school.laestab"), ("school.laestab",)]
    [case] = {row.case for row in report.outbox(world.config) if row.lacks == ("school.laestab",)}
    world.with_school(OAKS, laestab="100/0001")
    rows = decide.approve(world.config, case or 0, **WHO, in_process=True)
    assert [(row.state, row.lacks) for row in rows] == [("waiting", ())]
    world.sync(MONDAY)
    assert files(folder) == [FIRST]


def test_a_laestab_that_is_set_afterwards_is_found_by_the_next_sync_of_the_same_day(world: World) -> None:
    world.with_school(OAKS, laestab="")
    world.sync(MONDAY)
    world.with_school(OAKS, laestab="100/0001")
    world.sync(MONDAY)
    assert lacking(world) == [(), ("pupil.upn",)]


def test_while_it_is_not_set_the_yes_and_the_filling_in_say_the_same(world: World) -> None:
    world.with_school(OAKS, laestab="")
    world.sync(MONDAY)
    [case] = {row.case for row in report.outbox(world.config) if row.lacks == ("school.laestab",)}
    with pytest.raises(FixSettings, match=SET_IT):
        decide.approve(world.config, case or 0, **WHO, in_process=True)
    with pytest.raises(FixSettings, match=SET_IT):
        decide.fill(world.config, case or 0, "school.laestab", "100/0001", **WHO, in_process=True)
    assert outbox(world) == [("s2s", 1, "send", "held")] * 2


def test_what_the_school_enters_is_found_by_the_next_sync_of_the_same_day(world: World) -> None:
    world.sync(MONDAY)
    entered = tuple(line.replace("003,,", "003,E801200005003,") for line in people())
    export(world, LEFT, ILL, pupils=entered, roll=roll())
    world.sync(MONDAY)
    assert lacking(world) == [(), ()]
    states = [row[3] for row in outbox(world)]
    world.sync(MONDAY)
    assert ([row[3] for row in outbox(world)], sorted(states)) == (states, ["held", "held", "void"])


def test_no_school_is_called_well_for_being_shown_by_a_connection_that_is_not(world: World) -> None:
    assert [line.ok for line in of_the_school(world)] == [True]
    (Path(str(world.config.connections[f"c{OAKS}"].settings["folder"])) / "marks.csv").unlink()
    wrong = {line.about for line in check.check(world.config, in_process=True) if not line.ok}
    assert (wrong, of_the_school(world)) == ({f"c{OAKS}"}, [])


def of_the_school(world: World) -> list[check.CheckLine]:
    return [line for line in check.check(world.config, in_process=True) if line.about.startswith("school")]
