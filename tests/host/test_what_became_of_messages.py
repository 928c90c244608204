"""What was taken and is judged later, what is gone there, and what is found under a key and is another's."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from rollbook.contract import DeliveryRefused, DeliveryUnknown, Outcome, Receipt
from rollbook.contract.errors import FixSettings
from rollbook.host import decide, report
from rollbook.outbox.drafts import digest
from support.host_delivery import BY, FIRST, NEXT, TENTH, one_return, raising, revisions, states, well
from support.host_plugins import AT, FakePortal
from support.host_world import OAKS, World

LATER = date(2026, 10, 6)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return one_return(tmp_path, monkeypatch)


@pytest.fixture
def once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """The authority's end makes two records of a message that is sent twice."""
    return one_return(tmp_path, monkeypatch, destination="onceportal")


def test_what_was_taken_and_is_judged_later_is_asked_about(world: World) -> None:
    world.portal.answers = Outcome.PENDING
    world.sync(TENTH)
    assert states(world) == ["delivered"]
    world.portal.judged = Outcome.REFUSED
    world.sync(NEXT)
    assert states(world) == ["refused"]


def test_what_is_judged_later_is_not_asked_about_twice_in_five_minutes(world: World) -> None:
    world.portal.answers = Outcome.PENDING
    world.sync(TENTH)
    world.sync(TENTH)  # at the same moment
    assert world.portal.asked == 0
    world.portal.can_look_up = False
    world.sync(NEXT)
    world.sync(NEXT)
    assert world.portal.asked == 1


def test_what_was_to_be_judged_and_is_no_longer_there_is_said_and_not_sent_again(world: World) -> None:
    world.portal.answers = Outcome.PENDING
    world.sync(TENTH)
    world.portal.held.clear()
    [said] = world.sync(NEXT).deliveries[0].sentences
    assert said.startswith(
        "Message 1 (attendance return) of school 100001, which council took and has yet to judge, is"
    )
    assert "`rollbook outbox retry 1`" in said
    world.sync(NEXT)
    assert (states(world), world.portal.held, world.portal.asked) == (["delivered"], {}, 1)
    assert "`rollbook outbox retry 1`" in report.outbox(world.config)[0].reasons[1]


def test_a_person_may_have_what_is_gone_there_sent_again_as_the_same_revision(world: World) -> None:
    world.portal.answers = Outcome.PENDING
    world.sync(TENTH)
    with pytest.raises(FixSettings, match="Message 1 is delivered"):
        decide.send_again(world.config, 1, **BY, in_process=True)
    world.portal.held.clear()
    world.sync(NEXT)
    again = decide.send_again(world.config, 1, **BY, in_process=True)
    assert (again.state, again.revision, again.reasons) == ("waiting", 1, ())
    result = world.sync(NEXT)
    assert (states(world), revisions(world), result.exit_status) == (["delivered"], [1, 1], 0)


def test_another_content_that_is_held_under_the_revision_is_not_taken_for_ours(
    once: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost(once, monkeypatch, digest="0" * 64)
    result = once.sync(NEXT)
    [row] = report.outbox(once.config)
    assert (row.state, result.exit_status) == ("refused", 3)
    assert row.reasons[0].startswith("another content is held there under this key and revision")


def test_where_another_content_is_held_what_may_be_repeated_is_repeated_under_the_same_key(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost(world, monkeypatch, digest="0" * 64)
    world.portal.before = raising(DeliveryRefused("The key was used for another body."))
    assert world.sync(NEXT).exit_status == 3
    assert states(world) == ["refused"]


def test_the_same_content_that_is_held_under_the_revision_is_ours(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.portal.after = raising(DeliveryUnknown("The connection was cut."))
    world.sync(TENTH)
    [[message]] = world.portal.held.values()
    lost(world, monkeypatch, digest=digest(dict(message.content)))
    world.sync(NEXT)
    assert (states(world), world.portal.repeated) == (["delivered"], 0)


def lost(world: World, monkeypatch: pytest.MonkeyPatch, digest: str) -> None:
    """A reply that never came, and a look-up that finds a first revision with this digest."""
    world.portal.after = raising(DeliveryUnknown("The connection was cut."))
    world.sync(TENTH)
    found = Receipt(Outcome.ACCEPTED, "r1", AT, (), 1, digest=digest)
    monkeypatch.setattr(FakePortal, "lookup", lambda portal, key: found)
    world.portal.after = well


def test_what_is_judged_later_is_counted_as_delivered_once(world: World) -> None:
    world.portal.answers = Outcome.PENDING
    assert world.sync(TENTH).deliveries[0].counts == {"delivered": 1}
    world.portal.judged = Outcome.ACCEPTED
    assert world.sync(NEXT).deliveries[0].counts == {"accepted": 1}


def test_the_reasons_of_a_later_refusal_are_with_the_case_and_name_nobody(world: World) -> None:
    world.portal.answers = Outcome.PENDING
    world.sync(TENTH)
    world.portal.judged = Outcome.REFUSED
    world.portal.reasons = ("/content/absence: which days of the second week?", "Surname-P1 moved away")
    world.sync(NEXT)
    [row] = report.cases(world.config, kind="attendance_return")
    [told] = report.case(world.config, row.case).messages
    left_out = "(their words are left out: they name a person)"
    assert told.reasons == ("/content/absence: which days of the second week?", left_out)


def test_a_reference_that_names_somebody_is_not_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.portal.answers = Outcome.PENDING
    world.sync(TENTH)
    found = Receipt(Outcome.ACCEPTED, "Surname-P1-2014", AT, (), 1)
    monkeypatch.setattr(FakePortal, "lookup", lambda portal, key: found)
    world.sync(NEXT)
    [row] = report.outbox(world.config)
    assert (row.state, row.reference) == ("delivered", "")


def test_the_outcome_of_a_later_revision_is_not_booked_for_the_one_before_it(world: World) -> None:
    world.portal.answers, world.portal.judged = Outcome.PENDING, Outcome.ACCEPTED
    world.sync(TENTH)
    world.portal.can_look_up = False  # nobody hears that it was refused there
    world.mis[OAKS].mark("p1", FIRST - timedelta(days=3), TENTH, "O")
    world.sync(NEXT)
    world.portal.can_look_up = True
    result = world.sync(LATER)
    first, second = report.outbox(world.config)
    assert [(one.reference or "")[-2:] for one in (first, second)] == ["#1", "#2"]
    assert first.reasons == ("Revision 2 overtakes it.",)
    [*_, last] = [one for one in report.case(world.config, first.case or 0).events if one.event == "overtaken"]
    assert "no longer says whether this one was accepted" in last.reason
    assert result.deliveries[0].counts == {"overtaken": 1, "accepted": 1}


def test_of_what_was_refused_there_the_next_revision_is_made_once_it_says_something_else(world: World) -> None:
    refused_there(world)
    world.sync(NEXT)
    assert revisions(world) == [1]
    world.mis[OAKS].pupils[0]["address"] = "12 Harbour Rise"
    world.portal.answers = world.portal.judged = Outcome.ACCEPTED
    world.sync(LATER)
    assert [(row.revision, row.state) for row in report.outbox(world.config)] == [(1, "refused"), (2, "delivered")]


def test_a_person_may_fill_what_was_refused_there(world: World) -> None:
    world.mis[OAKS].pupils[0]["postcode"] = None
    refused_there(world)
    [row] = report.outbox(world.config)
    [made] = decide.fill(world.config, row.case or 0, "pupil.postcode", "NW1 2AB", by="A. Officer", in_process=True)
    assert (made.revision, made.state) == (2, "waiting")


def refused_there(world: World) -> None:
    """Taken, and refused by an officer there."""
    world.portal.answers, world.portal.judged = Outcome.PENDING, Outcome.REFUSED
    world.sync(TENTH)
    world.sync(NEXT)
    assert states(world) == ["refused"]
