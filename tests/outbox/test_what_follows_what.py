"""Which states of a message follow which, and when it may go."""

from __future__ import annotations

import pytest

from rollbook.outbox.drafts import Earlier
from rollbook.outbox.state import Event, ImpossibleStep, State, may_go, next_state

STEPS = [
    (State.HELD, Event.RELEASED, State.WAITING),
    (State.HELD, Event.OVERTAKEN, State.VOID),
    (State.HELD, Event.GIVEN_UP, State.VOID),
    (State.WAITING, Event.HELD_BACK, State.HELD),
    (State.WAITING, Event.STARTED, State.SENDING),
    (State.WAITING, Event.OVERTAKEN, State.VOID),
    (State.WAITING, Event.GIVEN_UP, State.VOID),
    (State.SENDING, Event.ACCEPTED, State.DELIVERED),
    (State.SENDING, Event.REFUSED, State.REFUSED),
    (State.SENDING, Event.NO_REPLY, State.UNKNOWN),
    (State.SENDING, Event.NOT_SENT, State.WAITING),
    (State.DELIVERED, Event.ACCEPTED, State.DELIVERED),
    (State.DELIVERED, Event.REFUSED, State.REFUSED),
    (State.UNKNOWN, Event.STARTED, State.SENDING),
    (State.UNKNOWN, Event.ACCEPTED, State.DELIVERED),
    (State.UNKNOWN, Event.REFUSED, State.REFUSED),
    (State.UNKNOWN, Event.NOT_FOUND, State.WAITING),
    (State.DELIVERED, Event.NOT_FOUND, State.WAITING),
    (State.UNKNOWN, Event.NO_REPLY, State.UNKNOWN),
    (State.REFUSED, Event.REFUSED, State.REFUSED),
    (State.REFUSED, Event.GIVEN_UP, State.VOID),
]
POSSIBLE = {(state, event) for state, event, _ in STEPS}


@pytest.mark.parametrize(("state", "event", "after"), STEPS)
def test_a_step_that_a_message_takes(state: State, event: Event, after: State) -> None:
    assert next_state(state, event) is after


@pytest.mark.parametrize(
    ("state", "event"), [(s, e) for s in State for e in Event if (s, e) not in POSSIBLE], ids=lambda x: x.value
)
def test_every_other_step_is_refused(state: State, event: Event) -> None:
    with pytest.raises(ImpossibleStep, match=f"a message that is {state.value} cannot be"):
        next_state(state, event)


def message(revision: int, state: State, action: str = "send") -> Earlier:
    return Earlier(revision, action, state, {})


def test_a_waiting_message_may_go() -> None:
    assert may_go(message(1, State.WAITING), [message(1, State.WAITING)])


@pytest.mark.parametrize("state", [s for s in State if s is not State.WAITING])
def test_no_other_may(state: State) -> None:
    assert not may_go(message(1, state), [])


@pytest.mark.parametrize("state", [State.WAITING, State.SENDING, State.UNKNOWN])
def test_not_while_an_earlier_revision_is_unsettled(state: State) -> None:
    assert not may_go(message(2, State.WAITING), [message(1, state), message(2, State.WAITING)])


@pytest.mark.parametrize("state", [State.REFUSED, State.VOID, State.HELD])
def test_a_first_telling_may_go_after_what_never_arrived(state: State) -> None:
    assert may_go(message(2, State.WAITING), [message(1, state)])


@pytest.mark.parametrize("action", ["amend", "withdraw"])
def test_an_amendment_goes_only_where_there_is_something_to_amend(action: str) -> None:
    assert not may_go(message(2, State.WAITING, action), [message(1, State.REFUSED)])
    assert may_go(message(2, State.WAITING, action), [message(1, State.DELIVERED)])


def test_a_later_revision_is_no_hindrance() -> None:
    assert may_go(message(1, State.WAITING), [message(2, State.UNKNOWN)])
