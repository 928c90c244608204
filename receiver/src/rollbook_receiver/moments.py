"""Moments: how they are kept, and how a person in England reads them."""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def as_text(moment: datetime) -> str:
    """ISO 8601 in UTC, always to the microsecond, so that texts sort as moments do."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def spoken(moment: str | datetime) -> str:
    """As `5 October 2026, 14:02 BST`; in UTC on a machine without the zones' data."""
    at = moment if isinstance(moment, datetime) else datetime.fromisoformat(moment)
    local = at.astimezone(_london())
    return f"{spoken_day(local.date())}, {local:%H:%M %Z}"


def day_of(moment: datetime) -> date:
    """The day on which it is in England."""
    return moment.astimezone(_london()).date()


def spoken_day(day: str | date) -> str:
    """As `5 October 2026`."""
    held = day if isinstance(day, date) else date.fromisoformat(day)
    return f"{held.day} {held:%B %Y}"


def _london() -> tzinfo:
    try:
        return ZoneInfo("Europe/London")
    except ZoneInfoNotFoundError:
        return UTC
