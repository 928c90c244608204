"""An explanation, as data. Nothing in it names a person or tells a birthday: a pupil is Rollbook's own number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One thing that the rule found: its name in the rule's answer, what it means, and its value in JSON's types."""

    name: str
    meaning: str
    value: Any


@dataclass(frozen=True)
class SessionTold:
    """A session (`AM` or `PM`) and what the register shows of it. `code` is None where there was no session, or the
    pupil was not on the roll; `-` is a session not recorded. `why`: what the code means of one that counts; else why it
    does not count. `effect` on the count: counts, passes (neither counts nor breaks), breaks, or not counted.
    """

    date: date
    session: str
    code: str | None
    why: str
    effect: str


@dataclass(frozen=True)
class Value:
    """A value that the rule goes by. `set_by`: as of a `thresholds.Setting`. `first`, `last`: days between which a
    value of law, or of Rollbook's own, holds. `confidence`: how sure such a value is, in a sentence; else empty.
    """

    name: str
    value: Any
    set_by: str
    reference: str
    note: str
    first: date | None = None
    last: date | None = None
    confidence: str = ""


@dataclass(frozen=True)
class Change:
    """Something that would change the answer, as a sentence. `what`: undo, reach, lapse, deadline or note.

    `sessions`: those concerned, as (day, AM or PM). `number`: how many sessions or days it takes. `by`: the day on
    which it would be so, or by which it has to be.
    """

    what: str
    text: str
    sessions: tuple[tuple[date, str], ...] = ()
    number: int | None = None
    by: date | None = None


@dataclass(frozen=True)
class Explanation:
    """Why a rule says what it says of a pupil on a day. `due`: None where nothing is ever due, or it cannot be judged.

    `summary`: the answer in sentences. `first`, `last`: the days that were looked through, None where the rule reads no
    sessions. `counted` and `not_counted`: every session of these days that matters to the rule.
    """

    rule: str
    title: str
    says: str
    school: int
    pupil: int
    as_at: date
    due: bool | None
    summary: tuple[str, ...]
    figures: tuple[Figure, ...]
    first: date | None
    last: date | None
    counted: tuple[SessionTold, ...]
    not_counted: tuple[SessionTold, ...]
    values: tuple[Value, ...]
    law: tuple[str, ...]
    changes: tuple[Change, ...]
