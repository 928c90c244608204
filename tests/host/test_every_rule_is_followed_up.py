"""What any rule finds becomes a case, told to an authority or not; what could not be judged takes nothing back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from rollbook.contract.errors import FixSettings
from rollbook.host import decide, report
from support.host_world import OAKS, World, build

FIRST, TENTH, NEXT = date(2026, 9, 21), date(2026, 10, 2), date(2026, 10, 5)
BACK, ILL_AGAIN = date(2026, 10, 6), date(2026, 10, 7)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    world = build(tmp_path, monkeypatch)
    # Support is asked for after a year's sessions: the cases here are those of other rules.
    world.with_school(OAKS, judge_from=FIRST, policy={"support_referral_sessions": 380})
    return world


def followed(world: World) -> list[tuple[str, int, str]]:
    return sorted((row.rule, row.episode, row.state) for row in report.cases(world.config))


def test_ten_days_without_a_reason_open_a_case_of_each_rule_that_they_meet(world: World) -> None:
    world.mis[OAKS].mark("p1", FIRST, TENTH, "N")
    world.sync(TENTH)
    assert followed(world) == [
        ("attendance_return", 1, "open"),
        ("missing", 1, "open"),
        ("penalty_notice", 1, "open"),
    ]


def test_only_what_an_authority_takes_makes_a_message(world: World) -> None:
    world.mis[OAKS].mark("p1", FIRST, TENTH, "N")
    world.sync(TENTH)
    assert {row.kind for row in report.outbox(world.config)} == {"attendance_return"}
    assert {row.rule: row.kind for row in report.cases(world.config)}["penalty_notice"] == "penalty_notice_request"


def test_a_correction_withdraws_all_of_them(world: World) -> None:
    world.mis[OAKS].mark("p1", FIRST, TENTH, "N")
    world.sync(TENTH)
    world.mis[OAKS].mark("p1", FIRST, TENTH, "I")
    world.sync(NEXT)
    assert {state for _, _, state in followed(world)} == {"withdrawn"}


def test_each_spell_of_illness_past_fifteen_days_is_one_case(world: World) -> None:
    mis = world.mis[OAKS]
    mis.mark("p1", date(2026, 9, 3), date(2026, 9, 30), "I")  # twenty school days
    world.sync(date(2026, 9, 30))
    assert followed(world) == [("sickness_return", 1, "open")]
    mis.mark("p1", ILL_AGAIN, date(2026, 10, 9), "I")
    world.sync(date(2026, 10, 9))
    assert followed(world) == [("sickness_return", 1, "closed"), ("sickness_return", 2, "open")]


def test_a_case_says_what_it_is_of(world: World) -> None:
    world.mis[OAKS].mark("p1", FIRST, TENTH, "U")
    world.sync(TENTH)
    [row] = report.cases(world.config, kind="penalty_notice")
    detail = report.case(world.config, row.case)
    assert detail.text.splitlines()[:2] == [
        f"Case {row.case}: Threshold of a penalty notice",
        "Open: the threshold stands reached.",
    ]
    assert [event.reason for event in detail.events] == [
        "Unauthorised absences since 21 September 2026 reached the threshold on 25 September 2026."
    ]


def waiting(world: World) -> list[str]:
    return sorted(row.rule for row in report.cases(world.config, waiting=True))


def test_what_has_ended_waits_until_a_person_settles_it(world: World) -> None:
    mis = world.mis[OAKS]
    mis.mark("p1", date(2026, 9, 3), date(2026, 9, 30), "I")
    world.sync(date(2026, 9, 30))
    world.sync(TENTH)  # back, and the spell is over
    [row] = report.cases(world.config, waiting=True)
    assert (row.rule, row.state) == ("sickness_return", "closed")
    decide.settle(world.config, [row.case], by="A. Officer", reason="return sent")
    assert waiting(world) == []
    events = report.case(world.config, row.case).events
    assert (events[-1].event, events[-1].by, events[-1].reason) == ("settled", "A. Officer", "return sent")
    assert all(ledger.ok for ledger in report.verify(world.config))


def test_what_was_settled_waits_again_when_the_register_says_something_else(world: World) -> None:
    world.mis[OAKS].mark("p1", FIRST, TENTH, "U")
    world.sync(TENTH)
    [row] = report.cases(world.config, kind="penalty_notice", waiting=True)
    decide.settle(world.config, [row.case], by="A. Officer")
    world.sync(NEXT)
    assert waiting(world) == []
    world.mis[OAKS].mark("p1", FIRST, FIRST, "/")
    world.sync(BACK)
    assert waiting(world) == ["penalty_notice"]


def test_what_makes_messages_is_let_go_or_given_up_and_not_settled(world: World) -> None:
    world.mis[OAKS].mark("p1", FIRST, TENTH, "O")
    world.sync(TENTH)
    [row] = report.cases(world.config, kind="attendance_return")
    with pytest.raises(FixSettings, match="makes messages"):
        decide.settle(world.config, [row.case], by="A. Officer")
