"""Delivery: in order, once, and never forgotten, whatever the other end does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from rollbook.contract import DeliveryRefused, DeliveryUnknown, Message, RetryLater
from rollbook.contract.errors import FixSettings
from rollbook.host import decide, report
from support.host_delivery import BY, FIRST, NEXT, TENTH, one_return, raising, revisions, states, well
from support.host_world import OAKS, World


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return one_return(tmp_path, monkeypatch)


@pytest.fixture
def once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """The authority's end makes two records of a message that is sent twice."""
    return one_return(tmp_path, monkeypatch, destination="onceportal")


def test_a_reply_that_is_lost_makes_no_second_record(world: World) -> None:
    world.portal.after = raising(DeliveryUnknown("The connection was cut."))
    result = world.sync(TENTH)
    assert (states(world), result.exit_status) == (["unknown"], 3)
    assert report.outbox(world.config)[0].reasons == ("No reply said whether it arrived: the next sync asks council.",)
    world.portal.after = well
    assert world.sync(NEXT).exit_status == 0
    assert (states(world), revisions(world), world.portal.repeated) == (["delivered"], [1], 0)


def test_where_it_cannot_be_looked_up_it_is_repeated_under_the_same_key(world: World) -> None:
    world.portal.after = raising(DeliveryUnknown("The connection was cut."))
    world.portal.can_look_up = False
    world.sync(TENTH)
    world.portal.after = well
    world.sync(NEXT)
    assert (states(world), revisions(world), world.portal.repeated) == (["delivered"], [1], 1)
    [row] = report.outbox(world.config)
    outcomes = [attempt.outcome for attempt in report.message(world.config, row.message or 0).attempts]
    assert outcomes == ["unknown", "accepted"]


def test_where_neither_is_safe_a_person_is_asked(once: World) -> None:
    once.portal.after = raising(DeliveryUnknown("The connection was cut."))
    once.sync(TENTH)
    once.portal.after, once.portal.can_look_up = well, False
    result = once.sync(NEXT)
    assert (states(once), revisions(once)) == (["unknown"], [1])
    assert "1 messages left for council and no reply came" in result.deliveries[0].sentences[0]


def test_what_never_arrived_is_sent_again(once: World) -> None:
    once.portal.before = raising(DeliveryUnknown("The connection was cut."))
    once.sync(TENTH)
    assert (states(once), revisions(once)) == (["unknown"], [])
    once.portal.before = well
    once.sync(NEXT)
    assert (states(once), revisions(once)) == (["delivered"], [1])


def test_a_restored_backup_sends_nothing_twice(once: World, tmp_path: Path) -> None:
    once.portal.before = raising(RetryLater("Away."))
    once.sync(TENTH)
    database = once.config.installation.state / "rollbook.sqlite3"
    backup = database.read_bytes()
    once.portal.before = well
    once.sync(TENTH)
    for path in once.config.installation.state.glob("rollbook.sqlite3*"):
        path.unlink()
    database.write_bytes(backup)
    once.sync(TENTH)
    assert (states(once), revisions(once)) == (["delivered"], [1])


def test_an_end_that_is_away_leaves_it_waiting(world: World) -> None:
    world.portal.before = raising(RetryLater("The council's server is away."))
    result = world.sync(TENTH)
    assert (states(world), result.exit_status) == (["waiting"], 3)
    assert "server is away" in result.deliveries[0].sentences[0]
    said = "council did not answer at 2026-10-02 19:00 UTC: 1 message waits, and the next sync tries again."
    assert report.status(world.config)[0].silent == (said,)
    world.portal.before = well
    world.sync(NEXT)
    assert report.status(world.config)[0].silent == ()
    assert (states(world), revisions(world)) == (["delivered"], [1])


def test_nothing_goes_to_an_end_before_the_time_that_it_asked_for_is_over(world: World) -> None:
    world.portal.before = raising(RetryLater("Busy.", after=3 * 24 * 3600))  # a day is the longest that it is believed
    world.sync(TENTH)
    world.portal.before = well
    result = world.sync(TENTH)
    said = "council asked to be left alone until 2026-10-03 19:00 UTC: nothing was sent there before that."
    assert (revisions(world), result.deliveries[0].sentences) == ([], (said,))
    assert result.deliveries[0].counts == {"waiting": 1}
    world.sync(TENTH)
    world.sync(TENTH + timedelta(days=1))
    assert (states(world), revisions(world)) == (["delivered"], [1])


def test_a_refused_message_is_not_sent_again_by_itself(world: World) -> None:
    world.portal.before = raising(DeliveryRefused("The council does not know this school."))
    result = world.sync(TENTH)
    world.portal.before = well
    world.sync(NEXT)
    assert (states(world), revisions(world), result.exit_status) == (["refused"], [], 3)
    assert report.outbox(world.config)[0].reasons[0].endswith("The council does not know this school.")


def test_what_was_refused_is_said_at_every_sync_until_it_is_given_up(world: World) -> None:
    world.portal.before = raising(DeliveryRefused("No."))
    world.sync(TENTH)
    [row] = report.outbox(world.config)
    result = world.sync(NEXT)
    [said] = result.deliveries[0].sentences
    assert said.startswith(f"council refused the attendance return of case {row.case}: ")
    assert (result.exit_status, report.status(world.config)[0].refusals) == (3, (said,))
    decide.give_up(world.config, row.message or 0, **BY)
    assert world.sync(NEXT).exit_status == 0
    assert report.status(world.config)[0].refusals == ()
    assert states(world) == ["void"]


def test_a_person_may_have_a_refused_message_sent_again(world: World) -> None:
    world.portal.before = raising(DeliveryRefused("No."))
    world.sync(TENTH)
    world.portal.before = well
    [refused] = report.outbox(world.config)
    decide.send_again(world.config, refused.message or 0, **BY, in_process=True)
    world.sync(NEXT)
    assert (states(world), revisions(world)) == (["refused", "delivered"], [2])


def test_a_person_may_say_that_an_unknown_message_is_not_there(once: World) -> None:
    once.portal.before = raising(DeliveryUnknown("Cut."))
    once.sync(TENTH)
    once.portal.before = well
    [unknown] = report.outbox(once.config)
    assert decide.send_again(once.config, unknown.message or 0, **BY, in_process=True).state == "waiting"
    once.sync(NEXT)
    assert (states(once), revisions(once)) == (["delivered"], [1])


def test_a_withdrawal_never_goes_before_what_it_withdraws(world: World) -> None:
    world.portal.after = raising(DeliveryUnknown("Cut."))
    world.portal.can_look_up = False
    world.sync(TENTH)
    world.mis[OAKS].mark("p1", FIRST, TENTH, "I")
    world.sync(NEXT)  # still no reply to the first
    assert states(world) == ["unknown", "waiting"]
    world.portal.after = well
    world.sync(NEXT + timedelta(days=1))
    assert (states(world), revisions(world)) == (["delivered", "delivered"], [1, 2])


def test_a_receipt_of_an_earlier_revision_says_nothing_of_the_one_that_was_sent(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.sync(TENTH)
    world.mis[OAKS].mark("p1", FIRST, TENTH, "I")
    of_the_first = replace(world.portal.take(world.portal.held.popitem()[1][0]), revision=1)
    monkeypatch.setattr(world.portal, "take", lambda message: of_the_first)
    world.sync(NEXT)
    assert states(world) == ["delivered", "unknown"]


def test_what_is_corrected_before_it_was_sent_is_never_sent(world: World) -> None:
    world.portal.before = raising(RetryLater("Away."))
    world.sync(TENTH)
    world.mis[OAKS].mark("p1", FIRST, TENTH, "I")
    world.portal.before = well
    world.sync(NEXT)
    assert (states(world), revisions(world)) == (["void"], [])


def test_one_message_that_gets_no_reply_keeps_no_other_back(world: World) -> None:
    def only_first(message: Message) -> None:
        if not world.portal.order:
            raise DeliveryUnknown("Cut.")

    world.portal.before, world.portal.can_look_up = only_first, False
    world.sync(TENTH)
    world.mis[OAKS].mark("p2", FIRST, NEXT, "O")
    world.portal.before = lambda message: None if message.key.pupil != first_pupil(world) else only_first(message)
    world.sync(NEXT)
    assert sorted(states(world)) == ["delivered", "unknown"]


def first_pupil(world: World) -> int:
    return report.outbox(world.config)[0].pupil


def test_held_is_the_default_and_a_named_yes_lets_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = one_return(tmp_path, monkeypatch, release="held")
    world.sync(TENTH)
    [row] = report.cases(world.config, kind="attendance_return")
    assert (states(world), row.held_for, revisions(world)) == (["held"], ("approval",), [])
    decide.approve(world.config, row.case, by="A. Head")
    world.sync(NEXT)
    assert (states(world), revisions(world)) == (["delivered"], [1])
    events = [(event.event, event.by) for event in report.case(world.config, row.case).events]
    assert events == [("opened", None), ("approved", "A. Head"), ("closed", None), ("delivered", None)]


def test_a_message_that_lacks_a_field_is_held_until_it_is_filled(world: World) -> None:
    world.mis[OAKS].pupils[0] |= {"address": None, "postcode": None}
    world.sync(TENTH)
    [row] = report.cases(world.config, kind="attendance_return")
    assert (states(world), row.held_for) == (["held"], ("pupil.address",))
    with pytest.raises(FixSettings, match=r"lacks pupil\.address"):
        decide.approve(world.config, row.case, by="A. Head")
    decide.fill(world.config, row.case, "pupil.address", "2 Low Road", by="A. Officer", in_process=True)
    world.sync(NEXT)
    [[message]] = world.portal.held.values()
    assert message.content["pupil"]["address"] == "2 Low Road"
    assert states(world) == ["void", "delivered"]


def test_a_message_that_was_not_sent_may_be_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = one_return(tmp_path, monkeypatch, release="held")
    world.sync(TENTH)
    [row] = report.outbox(world.config)
    assert decide.give_up(world.config, row.message or 0, **BY).state == "void"
    world.sync(NEXT)
    assert (states(world), revisions(world)) == (["void"], [])


def test_what_was_sent_cannot_be_given_up(world: World) -> None:
    world.sync(TENTH)
    with pytest.raises(FixSettings, match="is delivered: only one that is held, waiting or refused"):
        decide.give_up(world.config, report.outbox(world.config)[0].message or 0, **BY)


def test_the_ledger_holds_and_names_the_first_link_that_does_not(world: World) -> None:
    import sqlite3

    world.sync(TENTH)
    assert [check.ok for check in report.verify(world.config)] == [True]
    with sqlite3.connect(world.config.installation.state / "rollbook.sqlite3") as conn:
        conn.execute("UPDATE case_events SET content = replace(content, 'opened', 'closed') WHERE number = 2")
    [check] = report.verify(world.config)
    assert (check.ok, "broken at event 2" in check.text) == (False, True)
