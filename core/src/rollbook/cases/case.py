"""A case: one stretch of days of one pupil that has to be followed up; and what may change of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final

# Not from `calendar` or `strftime`, whose names depend on the machine's language.
# fmt: off
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)
# fmt: on


class State(StrEnum):
    """open: it goes on. closed: it ended, and what was said of it holds. withdrawn: the register no longer bears it."""

    OPEN = "open"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class What(StrEnum):
    """What became of a case. Of these, `opened`, `changed`, `withdrawn`, `joined` and `reopened` concern messages."""

    OPENED = "opened"
    CHANGED = "changed"  # what a message rests on is different now
    CONTINUED = "continued"  # it goes on; nothing that was said is different
    CLOSED = "closed"  # it came to an end
    WITHDRAWN = "withdrawn"  # the register no longer bears it
    JOINED = "joined"  # withdrawn, for it is part of another case now
    REOPENED = "reopened"  # withdrawn before, and borne by the register again


@dataclass(frozen=True)
class Case:
    """A case of one school. `first`, `last` and `reached` are days of the finding that it follows.

    number: the host's own, None until it is stored. kind: the rule's id. episode: 1, 2, 3... of its kind, school and
    pupil. evidence: {date, session, code} of the sessions that count, up to `reached`. figures, settings, law: of the
    finding, as `tables.schemas.FINDINGS` has them. settled: a person said that there is no more to do.
    """

    number: int | None
    kind: str
    school: int
    pupil: int
    episode: int
    first: date
    last: date
    reached: date
    state: State
    figures: Mapping[str, Any] = field(default_factory=dict)
    evidence: Sequence[Mapping[str, Any]] = ()
    settings: Sequence[Mapping[str, Any]] = ()
    law: Sequence[str] = ()
    opened_on: date | None = None
    settled: bool = False

    @property
    def digest(self) -> str:
        """A name for what a message about this case rests on: the first day, the day it was reached, the evidence."""
        return digest({"first": self.first, "reached": self.reached, "evidence": self.evidence})

    @property
    def key(self) -> tuple[str, int, int, int]:
        """Kind, school, pupil, episode: what a case is called before it has a number, and in every message."""
        return (self.kind, self.school, self.pupil, self.episode)


@dataclass(frozen=True)
class Change:
    """What became of a case, why, and whether it alters something that a message said. `case` is as it is now.

    `reason` is one or more sentences in plain English, without a pupil in them.
    """

    what: What
    case: Case
    reason: str
    amends: bool


def canonical(value: Any) -> str:
    """`value` as JSON in one form only: names sorted, no spaces, dates in ISO form.

    Raises TypeError for what is not JSON nor a date, ValueError for a number that JSON does not have.
    """
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_written
    )


def another_worker(before: Case, after: Case) -> bool:
    """Whether `after` names somebody who works with the child and was not named, or was not known at that authority.
    That an authority is not known any more names nobody new.
    """
    known = before.figures.get("workers") or ()
    old = {(worker, None) for worker in known} | _workers(before)
    return bool(_workers(after) - old)


def _workers(case: Case) -> set[tuple[str, str | None]]:
    workers = case.figures.get("workers") or ()
    return set(zip(workers, case.figures.get("authorities") or [None] * len(workers), strict=True))


def digest(value: Any) -> str:
    """SHA-256, in hexadecimal digits, of the canonical JSON of `value`."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def in_words(day: date) -> str:
    """For example `14 September 2026`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _written(value: object) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"a {type(value).__name__} cannot be written as JSON")
