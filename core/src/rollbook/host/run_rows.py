"""What a run did and how each school stands, as plain data: the command line prints it, a program reads it as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from rollbook.host.rows import MessageRow

Status = Literal["ok", "degraded", "failed"]


@dataclass(frozen=True)
class SchoolResult:
    """What a run did at one school. `sentences`: what is wrong and what to do. `notes`: what is worth knowing."""

    school: int
    name: str
    connection: str
    status: Status
    sentences: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    findings: Mapping[str, int] = field(default_factory=dict)
    newest_session: date | None = None
    messages: tuple[MessageRow, ...] = ()


@dataclass(frozen=True)
class DeliveryResult:
    """What became of the messages for one destination: delivered, refused, unknown, waiting, held. `sentences`: what is
    wrong and what to do. `notes`: what it said of those that it took, such as what a person does with them now.
    `reports`: those of the regular feed: said, refused, unknown. `news`: how many pieces of news came.
    `not_before`: until when it asked to be left alone. `silent`: when it did not answer.
    """

    destination: str
    counts: Mapping[str, int]
    sentences: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    reports: Mapping[str, int] = field(default_factory=dict)
    news: int = 0
    not_before: datetime | None = None
    silent: datetime | None = None


@dataclass(frozen=True)
class RunResult:
    """A whole run. `run` is None for a dry run, which keeps and sends nothing."""

    run: int | None
    as_at: date
    started: datetime
    ended: datetime
    dry_run: bool
    schools: tuple[SchoolResult, ...]
    deliveries: tuple[DeliveryResult, ...]
    exit_status: int
    sentence: str


@dataclass(frozen=True)
class SchoolStatus:
    """How a school stands. `status` is that of its last run, or `never`. `cases`: those that wait, by their rule.
    `reports`: those of the regular feed that are not known to have arrived. `news`: what nobody looked at yet.
    `refusals`: what was refused and nobody has seen to, and what to do.
    `silent`: which destination did not answer at the last sync, while messages wait for it.
    """

    school: int
    name: str
    connection: str
    status: str
    last_run: int | None
    last_ok: datetime | None
    newest_session: date | None
    judged: date | None
    marks: int
    pupils: int
    quarantine: int
    cases: Mapping[str, int]
    held: int
    waiting: int
    unknown: int
    refused: int
    sentences: tuple[str, ...]
    reports: int = 0
    news: int = 0
    refusals: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()


@dataclass(frozen=True)
class RunRow:
    """A run in a list. `exit_status` is None while it runs, and for ever when it was killed."""

    run: int
    started: datetime
    ended: datetime | None
    as_at: date
    exit_status: int | None
    ok: int
    degraded: int
    failed: int
    sentence: str
