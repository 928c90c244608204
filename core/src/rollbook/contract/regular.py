"""The regular feed: what a school tells its authority every day and every week, without a case behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any


class Regular(StrEnum):
    """The kinds of report."""

    DAY = "day"  # how complete and how fresh the registers of a day are: no pupil, no absence
    WEEK = "week"  # the week's attendance in figures, by year group and cohort
    SESSIONS = "sessions"  # every mark of a day, pupil by pupil: only where the school and the authority agreed to it


@dataclass(frozen=True)
class Report:
    """One revision of a report. `day` is what it is about: of a week, its Monday. The highest `revision` counts.

    `content` is JSON in the field names of the open feed (docs/feed/messages.md), but for those that are said here
    already: school, revision, and date or week. The rows of a week are whole, small numbers among them: the plugin
    hides these before anything is sent, for it alone knows the authority's `least`.
    """

    kind: Regular
    school: int
    day: date
    revision: int
    content: Mapping[str, Any] = field(repr=False)
