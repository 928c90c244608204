"""Stretches of days, both ends included, and which of several holds on a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from rollbook.contract import Window
from rollbook_arbor.tables.loading import Row

_DAY: Final = timedelta(days=1)
HOLIDAY: Final = timedelta(days=62)  # in summer no year group holds: the last one does, or the next


@dataclass(frozen=True)
class Spell:
    """first: day. last: day, included; None while it lasts."""

    first: date
    last: date | None = None

    @property
    def end(self) -> date:
        """The last day, or the last of all."""
        return self.last or date.max

    def holds(self, day: date) -> bool:
        """Whether the day is in it."""
        return self.first <= day <= self.end

    def overlaps(self, other: Spell) -> bool:
        """Whether a day is in both."""
        return self.first <= other.end and other.first <= self.end

    def nearest(self, day: date) -> date:
        """`day`, or the first or last day where it is before or after."""
        return min(max(day, self.first), self.end)


def spell_of(row: Row, first: str = "startDate", last: str = "endDate") -> Spell:
    """The days of a record; one without a first day always was."""
    return Spell(row[first] or date.min, row[last])


def without(spell: Spell, taken: Iterable[Spell]) -> list[Spell]:
    """What is left of a spell when others are taken from it, in order."""
    left: list[Spell] = [spell]
    for other in taken:
        left = [piece for whole in left for piece in _cut(whole, other)]
    return left


def _cut(whole: Spell, other: Spell) -> list[Spell]:
    if not whole.overlaps(other):
        return [whole]
    pieces = [replace(whole, last=other.first - _DAY)] if whole.first < other.first else []
    if other.end < whole.end:
        pieces.append(replace(whole, first=other.end + _DAY))
    return pieces


def in_force(rows: Iterable[Row], day: date) -> Row | None:
    """Of records with days, the one that holds on `day`, the newest if several; else the nearest within a holiday."""
    known = sorted(((spell_of(row), row["id"], row) for row in rows), key=lambda item: (item[0].first, item[1]))
    holding = [row for spell, _, row in known if spell.holds(day)]
    if holding:
        return holding[-1]
    near = [(abs(spell.nearest(day) - day), row) for spell, _, row in known]
    gap, row = min(near, key=lambda item: item[0], default=(HOLIDAY + _DAY, None))
    return row if gap <= HOLIDAY else None


def years_of(window: Window) -> Window:
    """From the first day of the school year before the window's last day to the end of that day's own school year, or
    from the window's first day where that is earlier. A school year begins on 1 August.
    """
    day = window.last
    year = day.year if day.month >= 8 else day.year - 1
    return Window(min(window.first, date(year - 1, 8, 1)), date(year + 1, 7, 31))
