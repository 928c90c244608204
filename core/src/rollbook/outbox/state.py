"""The seven states of a message, and which follow which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final, Protocol


class State(StrEnum):
    """Where a message is. It is never forgotten: what left us is `delivered`, `refused` or `unknown`."""

    HELD = "held"  # waits for a person's yes, or for a field that the form requires
    WAITING = "waiting"  # may go at the next delivery
    SENDING = "sending"  # is on its way
    DELIVERED = "delivered"  # was taken there; its outcome may be pending
    REFUSED = "refused"  # was not taken, for good
    UNKNOWN = "unknown"  # left, and no reply came
    VOID = "void"  # overtaken before it was sent, or given up by a named person


class Event(StrEnum):
    """What happens to a message."""

    RELEASED = "released"  # approved by a person, or complete and set to go by itself
    HELD_BACK = "held_back"  # a person, or a check of mass change, stops it
    STARTED = "started"  # handed to the destination; of an unknown one, again under the same idempotency key
    NOT_SENT = "not_sent"  # the destination says that nothing of it was sent
    ACCEPTED = "accepted"  # taken, or taken and pending, or found there when looked up
    REFUSED = "refused"  # refused at once, or judged there later
    NO_REPLY = "no_reply"  # also: found `sending` when the program starts
    NOT_FOUND = "not_found"  # looked up, and it is not there
    OVERTAKEN = "overtaken"  # a newer revision says it otherwise
    GIVEN_UP = "given_up"  # a named person gives it up


_NEXT: Final[Mapping[State, Mapping[Event, State]]] = {
    State.HELD: {Event.RELEASED: State.WAITING, Event.OVERTAKEN: State.VOID, Event.GIVEN_UP: State.VOID},
    State.WAITING: {
        Event.HELD_BACK: State.HELD,
        Event.STARTED: State.SENDING,
        Event.OVERTAKEN: State.VOID,
        Event.GIVEN_UP: State.VOID,
    },
    State.SENDING: {
        Event.NOT_SENT: State.WAITING,
        Event.ACCEPTED: State.DELIVERED,
        Event.REFUSED: State.REFUSED,
        Event.NO_REPLY: State.UNKNOWN,
    },
    State.DELIVERED: {
        Event.ACCEPTED: State.DELIVERED,
        Event.REFUSED: State.REFUSED,
        Event.NOT_FOUND: State.WAITING,  # what was to be judged is gone there, and a person has it sent again
    },
    State.UNKNOWN: {
        Event.STARTED: State.SENDING,
        Event.ACCEPTED: State.DELIVERED,
        Event.REFUSED: State.REFUSED,
        Event.NOT_FOUND: State.WAITING,
        Event.NO_REPLY: State.UNKNOWN,
    },
    State.REFUSED: {Event.REFUSED: State.REFUSED, Event.GIVEN_UP: State.VOID},
    State.VOID: {},
}

UNSENT: Final = frozenset({State.HELD, State.WAITING})
POSSIBLY_THERE: Final = frozenset({State.SENDING, State.DELIVERED, State.UNKNOWN})
UNSETTLED: Final = frozenset({State.WAITING, State.SENDING, State.UNKNOWN})


class Revision(Protocol):
    """What of a message its place in the order rests on."""

    @property
    def revision(self) -> int:
        """1, 2, 3... of its key."""

    @property
    def action(self) -> str:
        """`send`, `amend` or `withdraw`."""

    @property
    def state(self) -> State:
        """Where it is."""


class ImpossibleStep(Exception):
    """A step that no message takes: the outbox was about to say something untrue. A fault of ours."""


def next_state(state: State, event: Event) -> State:
    """The state that follows. Raises ImpossibleStep when `event` cannot happen to a message in `state`.

    A message that may have been sent is never void: first it is known whether it is there. A refused one is not sent
    again: what is to be sent in its place is a new revision, or a named person gives it up.
    """
    if event not in _NEXT[state]:
        raise ImpossibleStep(f"a message that is {state.value} cannot be {event.value.replace('_', ' ')}")
    return _NEXT[state][event]


def may_go(message: Revision, of_its_key: Iterable[Revision]) -> bool:
    """Whether a waiting message may be handed to the destination now, so that revisions arrive in their order.

    Not while an earlier revision of its key is waiting, on its way or unknown; and an amendment or a withdrawal not
    before something is there for it to amend. of_its_key: every message of the same key and destination.
    """
    if message.state is not State.WAITING:
        return False
    earlier = [other for other in of_its_key if other.revision < message.revision]
    if any(other.state in UNSETTLED for other in earlier):
        return False
    return message.action == "send" or any(other.state is State.DELIVERED for other in earlier)
