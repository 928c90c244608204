"""What is kept of cases, messages, marks and pupils, as plain data: the command line prints it, and a program reads it
as JSON. Of runs and schools: `run_rows`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class MessageRow:
    """A message, without its content. `lacks`: fields that a person must fill. `reasons`: what the destination said."""

    message: int | None
    case: int | None
    destination: str
    kind: str
    school: int
    school_name: str
    pupil: int
    episode: int
    revision: int
    action: str
    state: str
    lacks: tuple[str, ...]
    reasons: tuple[str, ...]
    reference: str | None
    changed: datetime


@dataclass(frozen=True)
class CaseRow:
    """A case in a list. `kind`: of its messages, None where it makes none. `held_for`: what a message of it lacks, or
    `approval`. `due_by`: where its rule has such a day. `settled`: a person said that there is no more to do. `told`:
    a message of it is to go, or went. `refused`: why a message of it was not taken, while nobody has seen to that.
    """

    case: int
    rule: str
    kind: str | None
    school: int
    school_name: str
    pupil: int
    episode: int
    state: str
    first: date
    last: date
    reached: date
    opened: date | None
    due_by: date | None
    settled: bool
    held_for: tuple[str, ...]
    told: bool = False
    refused: tuple[str, ...] = ()


@dataclass(frozen=True)
class EventRow:
    """An event of the ledger. `event` is what happened; `by` is who decided, None where the program did."""

    seq: int
    at: datetime
    event: str
    reason: str
    by: str | None
    as_at: date | None
    digest: str


@dataclass(frozen=True)
class FillRow:
    """What a person supplied for a message. The value may be personal. overtaken: the source has said something else
    since, which counts in its place.
    """

    field: str
    value: str
    by: str
    at: datetime
    overtaken: bool = False


@dataclass(frozen=True)
class CaseDetail:
    """A case whole. `text`: the same in plain English. `told`: what authorities said of it since, without a name."""

    row: CaseRow
    figures: Mapping[str, Any]
    evidence: tuple[Mapping[str, Any], ...]
    settings: tuple[Mapping[str, Any], ...]
    law: tuple[str, ...]
    events: tuple[EventRow, ...]
    messages: tuple[MessageRow, ...]
    fills: tuple[FillRow, ...]
    text: str
    told: tuple[str, ...] = ()


@dataclass(frozen=True)
class AttemptRow:
    """One time that a message left. `outcome` is None while no answer is known."""

    at: datetime
    ended: datetime | None
    outcome: str | None
    reference: str | None
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class MessageDetail:
    """A message whole. `content` is personal."""

    row: MessageRow
    content: Mapping[str, Any]
    attempts: tuple[AttemptRow, ...]


@dataclass(frozen=True)
class QuarantineRow:
    """What was set aside. state: open | released | waived."""

    id: int
    school: int
    school_name: str
    pupil: int | None
    table: str
    place: str | None
    column: str | None
    date: date | None
    session: str | None
    raw: str | None
    kind: str
    reason: str
    state: str
    opened: datetime
    by: str | None
    why: str | None


@dataclass(frozen=True)
class PupilRow:
    """A pupil at a school. Personal: for a terminal, and never on a command line or in a log."""

    pupil: int
    school: int
    school_name: str
    upn: str | None
    surname: str | None
    forename: str | None
    dob: date | None
    year_group: int | None
    class_name: str | None
    on_roll_from: date | None
    on_roll_to: date | None
    in_source: bool
    keys: tuple[str, ...] = ()  # the source's own, as an admission number; personal too
    perhaps: tuple[int, ...] = ()  # other numbers that may be of the same child


@dataclass(frozen=True)
class LinkRow:
    """What leads to a pupil's number: a connection's key at a school, or a UPN. The value itself is not shown."""

    kind: str
    connection: str | None
    school: int | None
    known_from: datetime
    known_to: datetime | None


@dataclass(frozen=True)
class PupilDetail:
    """A pupil at every school, with what leads there and the cases."""

    rows: tuple[PupilRow, ...]
    links: tuple[LinkRow, ...]
    cases: tuple[CaseRow, ...]


@dataclass(frozen=True)
class CodeRow:
    """A mark as it was written at a school this school year, what it became, and how often."""

    school: int
    raw: str
    code: str
    count: int
    quality: str


@dataclass(frozen=True)
class LedgerCheck:
    """Whether a school's ledger holds. `text` names the first broken link."""

    school: int
    school_name: str
    events: int
    ok: bool
    text: str


@dataclass(frozen=True)
class CheckLine:
    """One line of `check`: what it is about, whether it is well, and whether to look at it though it is (`note`)."""

    ok: bool
    about: str
    text: str
    note: bool = False
