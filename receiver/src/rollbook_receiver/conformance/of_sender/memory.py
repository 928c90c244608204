"""What the mode remembers of one sender while it runs: what was sent under which key, and which trials are open."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rollbook_feed import digest
from rollbook_receiver.conformance.of_sender.exchange import Asked

Key = tuple[str, int, str, int]


@dataclass
class Trial:
    """One provocation: of which message, and until it was seen what the sender makes of it.

    about: which request it answered; until: nothing may come before; tokens: how many were asked for since; passed: how
    often the sender was seen to go on without the message.
    """

    part: str
    name: str
    body: str  # its digest
    key: Key
    revision: int
    at: datetime
    about: str
    until: datetime | None = None
    tokens: int = 0
    passed: int = 0
    second_at: datetime | None = None  # when the second token was refused too
    stopped: bool = False  # the sender was seen to stop then: the message has yet to come again
    settled: bool = False


@dataclass
class Memory:
    """`done`: the parts that need no provocation any more."""

    done: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    sent: dict[Key, dict[int, tuple[str, dict[str, Any]]]] = field(default_factory=dict)
    refused: set[tuple[Key, int]] = field(default_factory=set)  # revisions that the mode refused: nothing is there
    trials: list[Trial] = field(default_factory=list)
    ended: set[str] = field(default_factory=set)  # tokens that the mode has ended
    people: set[str] = field(default_factory=set)  # names, UPNs and dates of birth that came, in small letters
    pending: dict[str, datetime] = field(default_factory=dict)  # address -> when it last said that it is pending
    news: dict[int, tuple[int, bool]] = field(default_factory=dict)  # school -> given up to, the last answer was lost
    as_of: dict[str, tuple[int, str]] = field(default_factory=dict)  # path -> revision and as_of
    waiting: dict[tuple[str, str], str] = field(default_factory=dict)  # clause and part -> what nothing came of yet
    last: datetime | None = None  # when the last request came
    knows_us: bool = False  # it asked whoami

    def open(self) -> list[Trial]:
        """The trials of which it is not known what came of them."""
        return [trial for trial in self.trials if not trial.settled]


def key_of(message: dict[str, Any]) -> Key:
    """Of a message that has no problems."""
    key = message["key"]
    return key["kind"], int(key["school"]), str(key["pupil"]), int(key["episode"])


def trial_of(part: str, asked: Asked) -> Trial:
    """A trial of a request with a message that has no problems."""
    message = asked.said
    about = f"{asked.called}, {message['key']['kind']}"
    return Trial(part, asked.name, digest(message), key_of(message), int(message["revision"]), asked.at, about)
