"""An explanation of a small register, and what it says of itself."""

from __future__ import annotations

from datetime import date
from typing import Any

from rollbook.rules.case_register import MAIN_SCHOOL, PUPIL, case_settings
from rollbook.rules.explain.explanation import Change, Explanation
from rollbook.rules.explain.whole import Asked, explain
from support.rules_cases import small


def explained(rule: str, as_at: date, *, about: tuple[date, date] | None = None, **case: Any) -> Explanation:
    """Why `rule` says what it says of the pupil of a case, whose calendar is `rules_cases.CALENDAR`."""
    asked = Asked(rule, MAIN_SCHOOL, PUPIL, about)
    return explain(small(as_at, **case), as_at, asked, local=case_settings({"id": "small"} | case))


def counted(told: Explanation) -> dict[str, int]:
    """How many sessions count, by code."""
    return tally(one.code or "" for one in told.counted)


def why_not(told: Explanation, day: date) -> list[tuple[str | None, str, str]]:
    """Code, reason and effect of the sessions of a day that do not count."""
    return [(one.code, one.why, one.effect) for one in told.not_counted if one.date == day]


def change(told: Explanation, what: str) -> Change:
    """The one thing of that kind that would change the answer."""
    [one] = [one for one in told.changes if one.what == what]
    return one


def tally(words: Any) -> dict[str, int]:
    """How often each is there."""
    found: dict[str, int] = {}
    for word in words:
        found[word] = found.get(word, 0) + 1
    return found
