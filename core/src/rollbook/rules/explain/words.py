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


_NAMES = {
    "penalty_not_at": "types of school without penalty notices",
    "penalty_across_schools": "penalty sessions of several schools counted together",
    "penalty_counts_unexplained": "marks of N counted to the penalty threshold",
    "no_reason_codes": "codes of absence without a reason",
    "not_seen_school_days": "school days unseen from which the authority wants to be told",
    "irregular_sessions": "unauthorised sessions from which the authority wants a return",
    "attendance_return_followup": "authority asks for a follow-up in each later month",
    "missing_when_enquiries_done": "missing as soon as every enquiry was made",
    "x_at_compulsory_age": "X at compulsory school age",
    "z_on_roll": "Z while on the roll",
    "u_never_used": "U never used",
    "study_leave_early": "study leave below its year group",
    "work_experience_early": "work experience below its year group",
    "unauthorised_below_age": "an unauthorised code before compulsory school age",
    "excluded_past_fifth_day": "excluded past the fifth school day",
    "part_time_without_end": "part-time without an agreed last day",
    "lossy": "may be one of several codes",
    "invalid": "no code that could be used",
    "n_marks": "marks of N",
}
_TYPES = {
    "missing_registered_pupil": "a registered pupil whose whereabouts are not known",
    "failed_to_start": "a pupil who failed to start",
    "leaver_destination_unknown": "a leaver whose destination is not known",
    "cme_not_on_roll": "a child on no school's roll",
}
_OF_TYPES = {"days": "days from which it is {}", "taken": "authority takes {}", "called": "authority's words for {}"}
_NAMES |= {f"{one}_{what}": form.format(said) for one, said in _TYPES.items() for what, form in _OF_TYPES.items()}
_WORDS = _TYPES | {
    "continuous_absence": "twenty school days of continuous absence",
    "leave_overrun": "absence that went on after leave of absence",
    "not_met": "not met",
    "not_applicable": "does not apply",
    "independent": "independent schools",
}


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


def name(one: str) -> str:
    """A field or a setting as a person reads it."""
    return _NAMES.get(one, one.replace("_", " "))


def value(one: Any) -> str:
    """A figure or a setting as a person reads it."""
    if one is None:
        return NOTHING
    if isinstance(one, bool):
        return "yes" if one else "no"
    if isinstance(one, float):
        return f"{one:g}"
    if isinstance(one, date):
        return day(one)
    if isinstance(one, list | tuple):
        return "; ".join(value(part) for part in one) or "none"
    if isinstance(one, dict):
        return ", ".join(f"{name(key)} {value(part)}" for key, part in one.items())
    return _WORDS.get(str(one)) or _text(str(one))


def _text(written: str) -> str:
    try:
        return day(date.fromisoformat(written)) if len(written) == len("2026-09-14") else written
    except ValueError:
        return written
