"""What composing takes and gives: the case and its subject, the messages already there, the drafts of new ones."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final, Protocol

from rollbook.outbox.state import State

CLOSED: Final = "closed"  # the state of a case that came to an end
WITHDRAWN: Final = "withdrawn"  # the state of a case that the register no longer bears


class Action(StrEnum):
    """What a revision does."""

    SEND = "send"
    AMEND = "amend"
    WITHDRAW = "withdraw"


class CaseLike(Protocol):
    """What of a case a message rests on. `rollbook.cases` makes these."""

    @property
    def kind(self) -> str: ...
    @property
    def school(self) -> int: ...
    @property
    def pupil(self) -> int: ...
    @property
    def episode(self) -> int: ...
    @property
    def state(self) -> str: ...
    @property
    def first(self) -> date: ...
    @property
    def reached(self) -> date: ...
    @property
    def figures(self) -> Mapping[str, Any]: ...
    @property
    def evidence(self) -> Sequence[Mapping[str, Any]]: ...
    @property
    def settings(self) -> Sequence[Mapping[str, Any]]: ...
    @property
    def law(self) -> Sequence[str]: ...


class ChangeLike(Protocol):
    """A change of a case and why. `rollbook.cases` makes these."""

    @property
    def case(self) -> CaseLike: ...
    @property
    def reason(self) -> str: ...


@dataclass(frozen=True)
class Subject:
    """Whom and what a message is about, beside the case. Rows may hold more than is sent; what is not asked is left.

    school: `urn`, `name`, `la`, perhaps `laestab`. contact: `name`, `role`, `telephone`, `email` of whom to ask there.
    pupil: a row of `PUPILS`, and `year_group` of the roll. contacts: rows of `CONTACTS` of the pupil.
    due_by: the last day on which the message is in time. rule_version: the edition of the rule that found the case.
    spell: the row of `ROLL` that the case is of. flags, contact_log, notices: rows of those tables of the pupil, where
    the kind of message says something of them; flags that hold. authority: the number of the one that is told.
    """

    school: Mapping[str, Any]
    pupil: Mapping[str, Any]
    due_by: date
    rule_version: str
    contact: Mapping[str, Any] | None = None
    contacts: Sequence[Mapping[str, Any]] = ()
    last_attended: date | None = None
    cause: str | None = None
    spell: Mapping[str, Any] | None = None
    flags: Sequence[Mapping[str, Any]] = ()
    contact_log: Sequence[Mapping[str, Any]] = ()
    notices: Sequence[Mapping[str, Any]] = ()
    authority: str | None = None


@dataclass(frozen=True)
class Earlier:
    """A message of the same key and destination that is already there, in whatever state.

    given_up: of one that is void, whether a named person gave it up; else it was overtaken.
    """

    revision: int
    action: str
    state: State
    content: Mapping[str, Any]
    given_up: bool = False


@dataclass(frozen=True)
class Draft:
    """A new message. lacks: the dotted paths that the form requires and nobody has given; it is held while any does."""

    kind: str
    school: int
    pupil: int
    episode: int
    revision: int
    action: Action
    content: Mapping[str, Any]
    state: State
    lacks: tuple[str, ...]
    idempotency_key: str


def canonical(value: Any) -> str:
    """`value` as JSON in one form only, 10.0 as 10: the open feed's. Raises TypeError for what is not JSON."""
    return json.dumps(_whole(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(value: Any) -> str:
    """SHA-256, in hexadecimal digits, of the canonical JSON of `value`: as a receipt's `digest` is of a content."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def _whole(value: Any) -> Any:
    """With whole numbers in place of floats of whole value."""
    if isinstance(value, Mapping):
        return {name: _whole(of_it) for name, of_it in value.items()}
    if isinstance(value, list | tuple):
        return [_whole(of_it) for of_it in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def idempotency_key(destination: str, key: tuple[str, int, int, int], revision: int) -> str:
    """The same for the same message, however often it is sent: SHA-256 of destination, key and revision, in hex."""
    return digest([destination, list(key), revision])
