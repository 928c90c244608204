"""Days, sessions and numbers in plain English, the same in every language of the machine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from rollbook.rules.finding import SESSION_NAMES

NOTHING = "-"  # of what is not there, or not known: which of them, the figure's meaning says
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# fmt: off
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)
# fmt: on


def day(one: date) -> str:
    """For example `Monday 14 September 2026`."""
    return f"{_DAYS[one.weekday()]} {one.day} {_MONTHS[one.month - 1]} {one.year}"


def span(first: date, last: date) -> str:
    """One day, or `Monday 14 to Friday 18 September 2026`."""
    if first == last:
        return day(first)
    begins = f"{_DAYS[first.weekday()]} {first.day}"
    if first.month != last.month or first.year != last.year:
        begins += f" {_MONTHS[first.month - 1]}"
    if first.year != last.year:
        begins += f" {first.year}"
    return f"{begins} to {day(last)}"


def many(number: int, what: str) -> str:
    """`1 session`, `2 sessions`."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def either(words: Sequence[str], last: str = "or") -> str:
    """`G, N, O or U`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def sessions(half_days: Iterable[tuple[date, int]], most: int = 6) -> str:
    """`Monday 14 September 2026 (AM and PM)`, one after another; of many the first and how many more days."""
    days = [(one, [SESSION_NAMES[half] for _, half in group]) for one, group in groupby(half_days, lambda one: one[0])]
    told = [f"{day(one)} ({' and '.join(halves)})" for one, halves in days[:most]]
    more = len(days) - most
    return "; ".join(told) + (f"; and {many(more, 'more day')}" if more > 0 else "")


def value(one: Any) -> str:
    """A figure or a setting as a person reads it."""
    if one is None:
        return NOTHING
    if isinstance(one, bool):
        return "yes" if one else "no"
    if isinstance(one, date):
        return day(one)
    if isinstance(one, list | tuple):
        return "; ".join(value(part) for part in one) or "none"
    if isinstance(one, dict):
        return ", ".join(f"{name.replace('_', ' ')} {value(part)}" for name, part in one.items())
    return _text(str(one))


def _text(written: str) -> str:
    try:
        return day(date.fromisoformat(written)) if len(written) == len("2026-09-14") else written
    except ValueError:
        return written
