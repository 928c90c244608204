"""The regular feed: what a school sends every day and every week, without a case behind it.

Each is a resource with a revision; the highest counts. A child is in none of them but `sessions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rollbook_feed.fields import Part
from rollbook_feed.judging import errors_of, listed
from rollbook_feed.regular.day import DayReport
from rollbook_feed.regular.sessions import SessionMarks
from rollbook_feed.regular.week import WeekSummary

REGULAR: Mapping[str, type[Part]] = {"day": DayReport, "week": WeekSummary, "sessions": SessionMarks}
REGULAR_KINDS = tuple(REGULAR)


def regular_problems(kind: str, body: Any) -> list[dict[str, str]]:
    """All that is wrong with a body of the regular feed, as `problems` says it. Raises KeyError for another kind."""
    part = REGULAR[kind]
    if not isinstance(body, Mapping):
        return [{"pointer": "", "problem": "not an object"}]
    return listed(errors_of(part, body))
