"""A missing child is reported where the child lives: who lived elsewhere before is withdrawn there, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from rollbook.host import decide, report
from rollbook.host.config import DestinationConfig
from rollbook.tables.schemas import Table
from support.host_world import OAKS, World, build

FIRST, TENTH, NEXT, THEN = date(2026, 9, 21), date(2026, 10, 2), date(2026, 10, 5), date(2026, 10, 6)
MOVED = "The child lives in the area of another authority now."
BACK = "The child lives in the area of this authority again."


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A child of a school of 801 who lives in the area of 802, and is missing; 802 and 803 have a destination each."""
    made = build(tmp_path, monkeypatch, destination="allportal")
    there = {
        la: DestinationConfig(f"at_{la}", "allportal", role="destination", authorities=(la,)) for la in ("802", "803")
    }
    made.config = replace(made.config, destinations={**made.config.destinations, **{d.name: d for d in there.values()}})
    made.mis[OAKS].mark("p1", FIRST, THEN, "O")
    live_in(made, "802")
    return made


def live_in(world: World, la: str | None) -> None:
    world.mis[OAKS].pupils[0]["home_la"] = la


def said_yes(world: World, day: date, kind: str = "missing") -> None:
    """A sync, a person's yes to what it holds, and the sync that delivers."""
    world.sync(day)
    for case in report.cases(world.config, kind=kind):
        if case.held_for == ("approval",):
            decide.approve(world.config, case.case, by="A. Officer", in_process=True)
    world.sync(day)


def told(world: World, destination: str, kind: str = "missing_pupil_report") -> list[tuple[int, str, str]]:
    rows = [row for row in report.outbox(world.config) if (row.destination, row.kind) == (destination, kind)]
    return [(row.revision, row.action, row.state) for row in rows]


def reason(world: World, destination: str) -> str:
    numbers = [row.message for row in report.outbox(world.config) if row.destination == destination]
    return str(report.message(world.config, max(number or 0 for number in numbers)).content["reason"])


def test_the_former_authority_gets_one_withdrawal_and_the_new_one_the_report_and_so_on_the_way_back(
    world: World,
) -> None:
    said_yes(world, TENTH)
    live_in(world, "803")
    said_yes(world, NEXT)
    assert told(world, "at_802") == [(1, "send", "delivered"), (2, "withdraw", "delivered")]
    assert reason(world, "at_802") == MOVED
    assert told(world, "at_803") == [(1, "send", "delivered")]
    live_in(world, "802")
    world.mis[OAKS].mark("p1", FIRST, FIRST, "/", "\\")  # a correction, of which 803 is not told any more
    said_yes(world, THEN)
    assert told(world, "at_802")[-1] == (3, "amend", "delivered")
    assert reason(world, "at_802") == BACK
    assert told(world, "at_803")[1:] == [(2, "withdraw", "delivered")]


def test_an_export_that_leaves_out_the_home_moves_nobody(world: World) -> None:
    said_yes(world, TENTH)
    live_in(world, None)
    world.sync(NEXT)
    assert told(world, "at_802") == [(1, "send", "delivered")]


def filled(world: World, home: str, day: date) -> None:
    [case] = report.cases(world.config, kind="missing")
    moment = datetime(day.year, day.month, day.day, 20, tzinfo=UTC)
    decide.fill(world.config, case.case, "pupil.home_la", home, by="A. Officer", now=lambda: moment, in_process=True)


def homes_told(world: World) -> dict[str, object]:
    """By destination the home that the newest message gives."""
    rows = [row for row in report.outbox(world.config) if row.state == "held" and row.kind == "missing_pupil_report"]
    return {
        row.destination: report.message(world.config, row.message or 0).content["pupil"].get("home_la") for row in rows
    }


def test_a_persons_word_goes_before_the_sources_until_the_source_says_another_after_it(world: World) -> None:
    world.sync(TENTH)
    filled(world, "803", TENTH)
    live_in(world, None)  # nor does it end when the source falls silent
    world.sync(NEXT)
    assert homes_told(world) == {"council": "803", "at_803": "803"}
    live_in(world, "801")
    world.sync(THEN)
    assert homes_told(world) == {"council": None}
    [case] = report.cases(world.config, kind="missing")
    assert [one.overtaken for one in report.case(world.config, case.case).fills] == [True]


def test_what_a_person_states_drops_at_once_what_was_held_for_another_authority(world: World) -> None:
    world.sync(TENTH)
    filled(world, "803", TENTH)
    assert homes_told(world) == {"council": "803", "at_803": "803"}


def with_workers(world: World, **at: str | None) -> None:
    world.mis[OAKS].extra[Table.FLAGS] = [{"pupil": "p1", "flag": flag, "authority": la} for flag, la in at.items()]


def test_each_authority_that_has_a_worker_gets_a_notice_of_its_own(world: World) -> None:
    with_workers(world, social_worker="802", youth_justice=None, looked_after="803")
    world.sync(TENTH)
    names = ("council", "at_802", "at_803")
    rows = {row.destination: row.message or 0 for row in report.outbox(world.config) if row.kind == "worker_notice"}
    workers = {name: report.message(world.config, rows[name]).content["notice"]["workers"] for name in names}
    assert workers == {
        "council": ["youth_justice_worker"],
        "at_802": ["social_worker"],
        "at_803": ["virtual_school_head"],
    }


def test_a_worker_who_is_at_another_authority_now_is_withdrawn_at_the_first(world: World) -> None:
    with_workers(world, social_worker="802")
    said_yes(world, TENTH, kind="worker_notice")
    with_workers(world, social_worker="803")
    said_yes(world, NEXT, kind="worker_notice")
    kind = "worker_notice"
    assert told(world, "at_802", kind) == [(1, "send", "delivered"), (2, "withdraw", "delivered")]
    assert told(world, "at_803", kind) == [(1, "send", "delivered")]


def test_of_a_worker_whose_authority_is_not_known_any_more_nothing_is_said_where_it_was_known(world: World) -> None:
    with_workers(world, social_worker="802", looked_after="803")
    said_yes(world, TENTH, kind="worker_notice")
    with_workers(world, social_worker=None, looked_after="803")
    said_yes(world, NEXT, kind="worker_notice")
    assert told(world, "at_802", "worker_notice") == [(1, "send", "delivered")]
    world.mis[OAKS].mark("p1", FIRST, THEN, "/", "\\")
    said_yes(world, THEN, kind="worker_notice")
    assert told(world, "at_802", "worker_notice")[1:] == [(2, "withdraw", "delivered")]


def test_a_worker_who_is_known_later_amends_what_the_same_authority_was_told(world: World) -> None:
    with_workers(world, social_worker="802")
    said_yes(world, TENTH, kind="worker_notice")
    with_workers(world, social_worker="802", youth_justice="802")
    world.sync(NEXT)
    assert told(world, "at_802", "worker_notice") == [(1, "send", "delivered"), (2, "amend", "held")]
    assert reason(world, "at_802") == "Another worker of the child is to be told."
