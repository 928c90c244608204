"""A case that concerns an authority no longer: withdrawn there once, with the reason; told again if it comes back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rollbook.cases.case import State as CaseState
from rollbook.outbox.drafts import Action
from rollbook.outbox.routing import BACK, GONE, Audience
from rollbook.outbox.state import Event, State
from support.outbox import Outbox, case, change, withdrawn

A, B = case("2026-09-14"), case("2026-09-21")
ARRIVED = (Event.STARTED, Event.ACCEPTED)
MOVED = GONE[Audience.HOME_TOO]
RETURNED = BACK[MOVED]


def told(*events: Event) -> Outbox:
    box = Outbox()
    box.say(change(A))
    box.happens(1, *events)
    return box


def moved(*events: Event) -> Outbox:
    """Told, and the child lives elsewhere now."""
    box = told(*ARRIVED)
    box.say(change(A), gone=MOVED)
    box.happens(2, *events)
    return box


@pytest.mark.parametrize("events", [ARRIVED, (Event.STARTED,), (Event.STARTED, Event.NO_REPLY)])
def test_what_is_or_may_be_there_is_withdrawn_with_the_reason(events: tuple[Event, ...]) -> None:
    [draft] = told(*events).say(change(A), gone=MOVED).drafts
    assert (draft.action, draft.content) == (Action.WITHDRAW, {"reason": MOVED})


def test_nothing_follows_the_withdrawal_not_even_a_correction() -> None:
    box = moved(*ARRIVED)
    assert [box.say(one, gone=MOVED).drafts for one in (change(A), change(B), withdrawn(B))] == [(), (), ()]


def test_what_was_never_sent_is_not_withdrawn() -> None:
    box = told()
    assert box.say(change(A), gone=MOVED).drafts == ()
    assert box.actions() == [(1, Action.SEND, State.VOID)]


def test_the_withdrawal_is_made_once_while_it_waits() -> None:
    assert moved().say(change(A), gone=MOVED).drafts == ()


def test_whoever_comes_back_before_it_left_is_not_withdrawn() -> None:
    box = moved()
    assert box.say(change(A)).drafts == ()
    assert box.actions()[-1] == (2, Action.WITHDRAW, State.VOID)


def test_whoever_comes_back_later_is_told_afresh() -> None:
    [draft] = moved(*ARRIVED).say(change(A)).drafts
    assert (draft.revision, draft.action, draft.content["reason"]) == (3, Action.AMEND, RETURNED)
    assert draft.content["pupil"]


def test_what_the_register_took_back_itself_has_its_own_reason_when_it_stands_again() -> None:
    box = told(*ARRIVED)
    box.say(withdrawn(A))
    box.happens(2, *ARRIVED)
    [draft] = box.say(change(A, reason="It stands after all.")).drafts
    assert draft.content["reason"] == "It stands after all."


def test_of_a_child_who_was_found_nothing_is_said_where_the_child_lived() -> None:
    over = change(replace(A, kind="missing", state=CaseState.CLOSED))
    box = Outbox()
    box.say(change(replace(A, kind="missing")))
    box.happens(1, Event.RELEASED, *ARRIVED)
    assert box.say(over, gone=MOVED).drafts == ()
