"""Wonde's dates: objects of a moment and a time zone. A register's day is the day in London at that moment."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

LONDON = ZoneInfo("Europe/London")


class Moment(msgspec.Struct):
    """PHP's way to write a moment: `{"date": "2015-10-29 14:53:59.000000", "timezone_type": 3, "timezone": "UTC"}`."""

    date: str
    timezone: str


def day_of(value: Moment | str | None) -> date | None:
    """The day in London. Some dates of birth come as plain days. Raises ValueError for what is neither."""
    if value is None:
        return None
    return _day(value.date, value.timezone) if isinstance(value, Moment) else date.fromisoformat(value)


@lru_cache(maxsize=4096)  # a page of marks has a few days, said a thousand times
def _day(written: str, zone: str) -> date:
    if zone.startswith(("+", "-")):
        return datetime.fromisoformat(written + zone).astimezone(LONDON).date()
    try:
        return datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(zone)).astimezone(LONDON).date()
    except (KeyError, OSError):  # a zone that nobody knows; OSError for a name that is a folder's
        raise ValueError("unknown time zone") from None
