"""What strings of marks would say by each choice of the days that they count: for whoever has to say which it is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from rollbook_csv.profiling.columns import ROWS, values
from rollbook_csv.profiling.days import TIME
from rollbook_csv.values import DATE_FORMS

if TYPE_CHECKING:
    from rollbook_csv.profiling.proposal import Proposal

_PRESENT = frozenset("/\\L")


@dataclass(frozen=True)
class Reached:
    """By one choice: the last day, and how many marks of presence there are, on a weekend, and of these on a Sunday."""

    choice: str
    last: date
    present: int
    weekend: int
    sunday: int

    def told(self) -> str:
        """In a line. No value of a pupil's."""
        return (
            f"{self.choice}: to {self.last:%d %B %Y}, {self.weekend} of {self.present} marks of presence on a weekend"
        )


def readings(found: Proposal) -> list[Reached]:
    """By `weekdays` and by `all`; none where the first days cannot be read. What is open only a calendar says."""
    where = found.columns.where
    form = found.value("date_form") or next(iter(found.days.forms), "")
    if found.columns.shape != "string" or not where.keys() >= {"start", "marks"} or form not in DATE_FORMS:
        return []
    rows = list(zip(values(found.layout, where["start"]), values(found.layout, where["marks"]), strict=True))[:ROWS]
    made = (_reached(choice, rows, DATE_FORMS[form][1]) for choice in ("weekdays", "all"))
    return [one for one in made if one]


def disproved(found: Proposal) -> str:
    """Why the choice that a person stated cannot be right, or blank: on a Sunday nobody is present."""
    stated = found.value("string_days")
    wrong = next((one for one in readings(found) if one.choice == stated and one.sunday), None)
    if wrong is None:
        return ""
    told = "; ".join(one.told() for one in readings(found))
    return (
        f'string_days = "{stated}" has {wrong.sunday} marks of presence on Sundays: say what the strings count. {told}.'
    )


def _reached(choice: str, rows: Sequence[tuple[str, str]], directives: str) -> Reached | None:
    counts, last = Counter[str](), None
    for start, marks in rows:
        for day, pair in _of_each_day(choice, _day(start, directives), marks):
            last = max(last, day) if last else day
            present = sum(mark.strip().upper() in _PRESENT for mark in pair)
            counts["present"] += present
            counts["weekend"] += present * (day.weekday() > 4)
            counts["sunday"] += present * (day.weekday() == 6)
    return Reached(choice, last, counts["present"], counts["weekend"], counts["sunday"]) if last else None


def _of_each_day(choice: str, day: date | None, marks: str) -> Iterator[tuple[date, Sequence[str]]]:
    parts = marks.split(",") if "," in marks else list(marks.rstrip())
    if day is None or (choice == "weekdays" and day.weekday() > 4):
        return
    for at in range(0, len(parts), 2):
        yield day, parts[at : at + 2]
        day += timedelta(days=3 if choice == "weekdays" and day.weekday() == 4 else 1)


def _day(written: str, directives: str) -> date | None:
    try:
        return datetime.strptime(re.sub(rf"{TIME}$", "", written.strip()), directives).replace(tzinfo=UTC).date()
    except ValueError:
        return None
