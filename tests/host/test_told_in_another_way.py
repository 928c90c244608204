"""A kind that another destination takes for the authority now: the former one keeps nothing that is not put right."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rollbook.host import report
from support.host_world import OAKS, World, build

FIRST, TENTH, NEXT, THEN = date(2026, 9, 21), date(2026, 10, 2), date(2026, 10, 5), date(2026, 10, 6)
ELSEWHERE, AGAIN = "This authority is told of it in another way now.", "This authority is told of it in this way again."
SENT, WITHDRAWN = (1, "send", "delivered"), (2, "withdraw", "delivered")


def told_by_council(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **more: Any) -> World:
    """The authority was told of an absence, or is to be, by the destination `council`."""
    world = build(tmp_path, monkeypatch, **more)
    world.mis[OAKS].mark("p1", FIRST, TENTH, "O")
    world.sync(TENTH)
    return world


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return told_by_council(tmp_path, monkeypatch)


def forms_take(world: World, *kinds: str) -> None:
    """`forms`, named before `council`, takes these kinds of its authority; none: `council` is alone."""
    council = world.config.destinations["council"]
    forms = {"forms": replace(council, name="forms", kinds=kinds)} if kinds else {}
    world.config = replace(world.config, destinations={**forms, "council": council})


def told(world: World, destination: str) -> list[tuple[int, str, str]]:
    rows = [row for row in report.outbox(world.config) if row.destination == destination]
    return [(row.revision, row.action, row.state) for row in rows]


def reasons(world: World, destination: str) -> list[object]:
    rows = [row.message or 0 for row in report.outbox(world.config) if row.destination == destination]
    return [report.message(world.config, number).content.get("reason") for number in rows]


def test_it_is_withdrawn_once_at_the_former_before_the_new_one_tells_it(world: World) -> None:
    forms_take(world, "attendance_return")
    world.sync(NEXT)
    assert (told(world, "council"), reasons(world, "council")) == ([SENT, WITHDRAWN], [None, ELSEWHERE])
    assert told(world, "forms") == [SENT]
    assert [revision for _, revision in world.portal.order] == [1, 2, 1]
    world.mis[OAKS].mark("p1", FIRST, TENTH, "/", "\\")
    world.sync(THEN)
    assert (told(world, "council"), told(world, "forms")) == ([SENT, WITHDRAWN], [SENT, WITHDRAWN])


def test_what_was_not_yet_sent_by_the_former_is_never_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = told_by_council(tmp_path, monkeypatch, release="held")
    forms_take(world, "attendance_return")
    world.sync(NEXT)
    assert (told(world, "council"), told(world, "forms")) == ([(1, "send", "void")], [(1, "send", "held")])


def test_a_former_one_that_takes_the_kind_again_tells_it_again_and_the_other_withdraws(world: World) -> None:
    world.mis[OAKS].mark("p1", FIRST, THEN, "O")  # it goes on: of what is over nothing is sent to and fro
    forms_take(world, "attendance_return")
    world.sync(NEXT)
    forms_take(world, "transfer_file")
    world.sync(THEN)
    assert (told(world, "council")[2:], reasons(world, "council")[2:]) == ([(3, "amend", "delivered")], [AGAIN])
    assert told(world, "forms") == [SENT, WITHDRAWN]


def test_where_nobody_takes_it_now_it_stands_until_the_register_is_corrected(world: World) -> None:
    council = replace(world.config.destinations["council"], kinds=("transfer_file",))
    world.config = replace(world.config, destinations={"council": council})
    world.sync(NEXT)
    assert told(world, "council") == [SENT]
    world.mis[OAKS].mark("p1", FIRST, TENTH, "/", "\\")
    world.sync(THEN)
    assert told(world, "council") == [SENT, WITHDRAWN]
