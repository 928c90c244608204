"""Moments of Next Gen's, which are in UTC, and the school's days: those of London, in summer time too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from rollbook.contract import Window

LONDON = ZoneInfo("Europe/London")
MOST_DAYS = 89  # of one question. The generation before took 90; in autumn a day of these has an hour more
_NAMES = {"AM": "AM", "PM": "PM", "MORNING": "AM", "AFTERNOON": "PM"}
_MORNING, _AFTERNOON = time(11, 30), time(12, 30)


def pieces(window: Window) -> Iterator[Window]:
    """The window, cut into stretches that even the generation before Next Gen answered."""
    first = window.first
    while first <= window.last:
        last = min(window.last, first + timedelta(days=MOST_DAYS - 1))
        yield Window(first, last)
        first = last + timedelta(days=1)


def between(name: str, window: Window) -> str:
    """A `$filter` for what begins on a day of the window. A day without a time is refused there.

    The vendor's pages have `eq` alone; `ge` and `lt` are OData's own.
    """
    return f"{name} ge {_midnight(window.first)} and {name} lt {_midnight(window.last + timedelta(days=1))}"


def _midnight(day: date) -> str:
    return f"{datetime.combine(day, time(), LONDON).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


@lru_cache(maxsize=8192)
def day_of(written: str | None) -> date | None:
    """The day at the school of a moment or of a plain day. Raises ValueError for what is neither."""
    if not written:
        return None
    if len(written) == len("2014-02-13"):
        return date.fromisoformat(written)
    return at_school(written).date()


def at_school(written: str) -> datetime:
    """A moment as the school's clock shows it; one without a zone is the school's already. Raises ValueError."""
    moment = datetime.fromisoformat(written)
    return moment.astimezone(LONDON) if moment.tzinfo else moment


def half_of(start: str, name: str | None) -> tuple[date, str]:
    """The day of a session, and whether it is its morning or its afternoon.

    Its name says which. Without one its start does, unless that is about noon. Raises ValueError where nothing says it.
    """
    begins = at_school(start)
    if name and name.strip():
        half = _NAMES.get(name.strip().upper())
        if half is None:
            raise ValueError("its name is neither AM nor PM")
        return begins.date(), half
    if _MORNING <= begins.time() < _AFTERNOON:
        raise ValueError("it has no name, and begins about noon")
    return begins.date(), "AM" if begins.time() < _MORNING else "PM"
