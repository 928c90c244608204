"""Until when a destination asked to be left alone (`Retry-After`): kept from one run to the next (docs/feed/, F-26)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from rollbook.contract.errors import Problem, RetryLater

LONGEST = timedelta(days=1)  # then it is asked again, whatever it said


def until(problem: Problem, moment: datetime) -> datetime | None:
    """The moment until which nothing is to be sent, where the problem names a time; not more than a day away."""
    after = problem.after if isinstance(problem, RetryLater) else None
    return moment + timedelta(seconds=min(after, LONGEST.total_seconds())) if after else None


def latest(moments: Iterable[datetime | None]) -> datetime | None:
    """The last of them."""
    return max((moment for moment in moments if moment is not None), default=None)


def said(destination: str, until: datetime) -> str:
    """What a person is told."""
    return f"{destination} asked to be left alone until {until:%Y-%m-%d %H:%M} UTC: nothing was sent there before that."
