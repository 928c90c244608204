"""What time it is. The only place that reads the clock of the machine; everything else is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

Clock: TypeAlias = Callable[[], datetime]

SCHOOLS_TIME = ZoneInfo("Europe/London")


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def day_of(moment: datetime) -> date:
    """The day that a moment falls on where the schools are."""
    return moment.astimezone(SCHOOLS_TIME).date()


def end_of(day: date) -> datetime:
    """The last moment of a day where the schools are, in UTC: 23 or 25 hours long days included."""
    following = datetime.combine(day + timedelta(days=1), time(), SCHOOLS_TIME)
    return following.astimezone(UTC) - timedelta(microseconds=1)
