"""Which message a case needs beside those already there: send, amend, withdraw, or none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rollbook.cases.case import Change
from rollbook.outbox.drafts import Action, idempotency_key
from rollbook.outbox.state import Event, State
from support.outbox import Outbox, case, change, composed, only, subject, withdrawn

A, B, C = case("2026-09-14"), case("2026-09-21"), case("2026-09-28")
ARRIVED = (Event.STARTED, Event.ACCEPTED)
REFUSED = (Event.STARTED, Event.REFUSED)
LOST = (Event.STARTED, Event.NO_REPLY)


def told(*events: Event, of: Change | None = None) -> Outbox:
    """An outbox whose first message had these events."""
    box = Outbox()
    box.say(of or change(A))
    box.happens(1, *events)
    return box


def test_a_new_case_is_sent() -> None:
    draft = only(composed(change(A)))
    assert (draft.revision, draft.action, draft.state) == (1, Action.SEND, State.WAITING)
    assert "reason" not in draft.content


def test_held_for_a_person_where_the_configuration_says_so() -> None:
    assert only(composed(change(A), release="held")).state is State.HELD


def test_another_release_is_refused() -> None:
    with pytest.raises(ValueError, match="held or automatic"):
        composed(change(A), release="sometimes")


@pytest.mark.parametrize("events", [(), ARRIVED, LOST, REFUSED, (Event.STARTED,), (Event.GIVEN_UP,)])
def test_the_same_change_composed_twice_makes_nothing_new(events: tuple[Event, ...]) -> None:
    box = told(*events)
    again = box.say(change(A, reason="worded otherwise"))
    assert again.drafts == ()
    assert again.void == ()


@pytest.mark.parametrize("hold", [(), (Event.HELD_BACK,)])
def test_before_anything_was_sent_a_correction_takes_the_place_of_the_first(hold: tuple[Event, ...]) -> None:
    box = told(*hold)
    box.say(change(B))
    assert box.actions() == [(1, Action.SEND, State.VOID), (2, Action.SEND, State.WAITING)]


@pytest.mark.parametrize("events", [ARRIVED, LOST, (Event.STARTED,)])
def test_what_is_or_may_be_there_is_amended_with_the_reason(events: tuple[Event, ...]) -> None:
    box = told(*events)
    draft = only(box.say(change(B, reason="The first day is now 21 September 2026.")))
    assert (draft.revision, draft.action) == (2, Action.AMEND)
    assert draft.content["reason"] == "The first day is now 21 September 2026."
    assert draft.content["absence"]["first_day"] == "2026-09-21"


def test_an_amendment_never_goes_without_a_reason() -> None:
    assert only(told(*ARRIVED).say(change(B, reason=""))).content["reason"] == "The register was corrected."


def test_reasons_too_long_for_the_feed_are_told_from_the_newest() -> None:
    box = told(*ARRIVED)
    box.say(change(B, reason="x" * 990))
    assert only(box.say(change(C, reason="Second reason."))).content["reason"] == "Second reason."


def test_an_amendment_not_yet_sent_is_overtaken_and_its_reason_is_not_lost() -> None:
    box = told(*ARRIVED)
    box.say(change(B, reason="First reason."))
    draft = only(box.say(change(C, reason="Second reason.")))
    assert draft.content["reason"] == "First reason. Second reason."
    assert box.actions()[1:] == [(2, Action.AMEND, State.VOID), (3, Action.AMEND, State.WAITING)]


def test_a_correction_undone_before_it_was_sent_leaves_nothing_to_send() -> None:
    box = told(*ARRIVED)
    box.say(change(B))
    undone = box.say(change(A))
    assert undone.drafts == ()
    assert box.states == {1: State.DELIVERED, 2: State.VOID}


def test_what_was_sent_is_withdrawn_once() -> None:
    box = told(*ARRIVED)
    assert only(box.say(withdrawn(A))).action is Action.WITHDRAW
    assert box.say(withdrawn(A)).drafts == ()
    box.happens(2, *ARRIVED)
    assert box.say(withdrawn(A)).drafts == ()


@pytest.mark.parametrize("events", [(), (Event.HELD_BACK,)])
def test_what_was_never_sent_is_not_withdrawn_but_void(events: tuple[Event, ...]) -> None:
    box = told(*events)
    assert box.say(withdrawn(A)).drafts == ()
    assert box.states == {1: State.VOID}


def test_what_was_only_ever_refused_is_not_withdrawn() -> None:
    box = told(*REFUSED)
    assert box.say(withdrawn(A)) == composed(withdrawn(A), box.earlier)
    assert box.actions() == [(1, Action.SEND, State.REFUSED)]


def test_what_may_have_arrived_is_withdrawn() -> None:
    assert only(told(*LOST).say(withdrawn(A))).action is Action.WITHDRAW


def test_an_amendment_not_yet_sent_gives_way_to_a_withdrawal() -> None:
    box = told(*ARRIVED)
    box.say(change(B))
    box.say(withdrawn(B))
    assert box.actions()[1:] == [(2, Action.AMEND, State.VOID), (3, Action.WITHDRAW, State.WAITING)]


def test_a_case_that_comes_back_before_its_withdrawal_was_sent_needs_no_word() -> None:
    box = told(*ARRIVED)
    box.say(withdrawn(A))
    assert box.say(change(A)).drafts == ()
    assert box.states == {1: State.DELIVERED, 2: State.VOID}


def test_a_case_that_comes_back_after_its_withdrawal_is_amended() -> None:
    box = told(*ARRIVED)
    box.say(withdrawn(A))
    box.happens(2, *ARRIVED)
    draft = only(box.say(change(A)))
    assert (draft.revision, draft.action) == (3, Action.AMEND)


def test_after_a_refusal_a_correction_is_sent_as_a_new_revision() -> None:
    draft = only(told(*REFUSED).say(change(B)))
    assert (draft.revision, draft.action) == (2, Action.SEND)


def test_after_a_refusal_a_field_that_was_supplied_is_sent() -> None:
    assert only(told(*REFUSED).say(change(A), fills={"cause": "not known"})).revision == 2


def test_after_a_refusal_a_person_may_send_the_same_again() -> None:
    draft = only(told(*REFUSED).say(change(A), again=True))
    assert (draft.revision, draft.action) == (2, Action.SEND)


def test_a_refusal_that_comes_late_makes_the_amendment_a_first_telling() -> None:
    box = told(*ARRIVED)
    box.say(change(B))
    box.happens(1, Event.REFUSED)
    assert only(box.say(change(B))).action is Action.SEND
    assert box.states[2] is State.VOID


def test_a_message_looked_up_and_not_found_is_overtaken_by_what_is_known_now() -> None:
    box = told(*LOST)
    box.say(change(B))
    box.happens(1, Event.NOT_FOUND)
    box.say(change(B))
    assert box.actions() == [
        (1, Action.SEND, State.VOID),
        (2, Action.AMEND, State.VOID),
        (3, Action.SEND, State.WAITING),
    ]


def test_what_a_person_gave_up_is_not_made_again_until_something_else_was_found() -> None:
    box = told(Event.GIVEN_UP)
    moved = subject(contacts=[])
    assert box.say(change(A), about=moved).drafts == ()
    assert only(box.say(change(B))).revision == 2


def test_a_supplied_field_takes_the_place_of_the_message_that_lacked_it() -> None:
    box = Outbox()
    nowhere = subject(pupil=dict(subject().pupil) | {"address": None}, contacts=[])
    box.say(change(A), about=nowhere)
    box.say(change(A), about=nowhere, fills={"pupil.address": "2 New Street"})
    assert box.actions() == [(1, Action.SEND, State.VOID), (2, Action.SEND, State.WAITING)]


def test_a_new_address_amends_nothing_that_was_sent() -> None:
    moved = subject(pupil=dict(subject().pupil) | {"address": "2 New Street"})
    assert told(*ARRIVED).say(change(A), about=moved).drafts == ()


def test_a_kind_that_makes_no_message_makes_none() -> None:
    assert composed(change(replace(A, kind="ground_review"))).drafts == ()


def test_each_destination_key_and_revision_has_its_own_idempotency_key() -> None:
    key = ("attendance_return", 100_001, 734_215, 1)
    keys = [
        idempotency_key("north", key, 1),
        idempotency_key("south", key, 1),
        idempotency_key("north", (*key[:3], 2), 1),
        idempotency_key("north", key, 2),
    ]
    assert len(set(keys)) == 4
    assert all(len(one) == 64 for one in keys)
    assert idempotency_key("north", key, 1) == keys[0]


def test_a_draft_carries_the_idempotency_key_of_its_revision() -> None:
    draft = only(told(*ARRIVED).say(change(B)))
    assert draft.idempotency_key == idempotency_key("north", A.key, 2)
