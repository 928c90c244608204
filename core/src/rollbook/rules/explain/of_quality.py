"""Signs in a register, and marks that are missing or cannot be used: which sessions they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from rollbook.rules.explain import words
from rollbook.rules.explain.days_told import Said
from rollbook.rules.explain.explanation import Change
from rollbook.rules.explain.lens import Lens, year_to_date
from rollbook.rules.explain.subject import HalfDay, Marks
from rollbook.rules.explain.view import Span, View
from rollbook.rules.flags import STILL, flags
from rollbook.rules.odd_marks import GAPS
from rollbook.rules.pairs import SIZE, UNAUTHORISED, any_roles, sessions
from rollbook.rules.runs import runs_of
from rollbook.tables import codes
from rollbook.tables.words import Flag

_GAP_OF = {code: name for name, code in GAPS.items()}
_MISPLACED = {codes.ids("X")[0]: "x_at_compulsory_age", codes.ids("Z")[0]: "z_on_roll"}
_OF_SCHOOL = ("registers_not_taken", "u_never_used")


class MarksLens(Lens):
    """Counted are the sessions without a mark that can be used."""

    def window(self, view: View) -> Span | None:
        """The school year to date."""
        return year_to_date(view)

    def matters(self, view: View, one: Said) -> bool:
        """What is in order is not told."""
        return False

    def counted(self, view: View) -> Marks:
        """With the gap in place of a code."""
        return {place: code for place, code in _year(view) if code in _GAP_OF}

    def summary(self, view: View, counted: Marks) -> Sequence[str]:
        """How many."""
        none = "No session of the school year to date is"
        some = f"{words.many(len(counted), 'session')} of the school year to date without a mark that can be used:"
        return [f"{some} see below." if counted else f"{none} without a mark that can be used."]

    def changes(self, view: View, counted: Marks) -> Sequence[Change]:
        """The school does."""
        return [Change("note", "The school corrects a mark; Rollbook never does.")] if counted else []


class QualityLens(MarksLens):
    """Counted are the sessions that are a sign of something, each with what it is. What is of the school as a whole is
    not to be seen in one pupil's register.
    """

    def counted(self, view: View) -> Marks:
        """Of every sign."""
        signs = self.signs(view)
        return {place: code for place, code in _year(view) if place in signs}

    def remarks(self, view: View, counted: Marks) -> Mapping[HalfDay, str]:
        """The signs of each; a gap's reason says it already."""
        told = {place: [one for one in names if one not in GAPS] for place, names in self.signs(view).items()}
        return {place: "; ".join(map(words.name, names)) for place, names in told.items() if names}

    def summary(self, view: View, counted: Marks) -> Sequence[str]:
        """How many, and that each is no more than a sign."""
        number = words.many(len(counted), "session")
        school = "Registers not taken and U never used are of the school as a whole, and are not looked at here."
        return [
            f"{number} of the school year to date that may be a sign of something. {view.subject.rule.says}",
            school,
        ]

    def figures(self, view: View) -> Mapping[str, Any]:
        """Without what is of the school as a whole."""
        said = dict(super().figures(view)) | dict.fromkeys(_OF_SCHOOL)
        return said | {"signs": [one for one in said["signs"] if one not in _OF_SCHOOL]}

    def signs(self, view: View) -> Mapping[HalfDay, list[str]]:
        """The signs of each session that is one, by the names of the rule's answer."""
        found: dict[HalfDay, list[str]] = {}
        for place, name in [*_single(view), *_long(view), *_part_time(view)]:
            found.setdefault(place, []).append(name)
        return found


def _year(view: View) -> Iterator[tuple[HalfDay, int]]:
    """Every session of the school year to date, with its code or gap."""
    rows = view.days.filter(pl.col("date").is_between(*year_to_date(view))).select("date", "pair")
    for day, pair in rows.iter_rows():
        yield (day, 0), pair // SIZE
        yield (day, 1), pair % SIZE


def _single(view: View) -> Iterator[tuple[HalfDay, str]]:
    """Those that a mark alone shows."""
    person, law = view.enrolment, view.law
    year = person["year_group"]
    early = {
        "study_leave_early": ("S", "study_leave_year_group"),
        "work_experience_early": ("W", "work_experience_year_group"),
    }
    below = {
        codes.ids(letter)[0]: name for name, (letter, limit) in early.items() if year is not None and year < law(limit)
    }
    written = view.marked(*year_to_date(view), tuple(_MISPLACED))
    for place, code in _year(view):
        if code in _GAP_OF:
            yield place, _GAP_OF[code]
        if code == codes.INVALID and place in written:
            yield place, _MISPLACED[written[place]]
        if code in UNAUTHORISED and place[0] < person["age_from"]:
            yield place, "unauthorised_below_age"
        if code in below:
            yield place, below[code]


def _long(view: View) -> Iterator[tuple[HalfDay, str]]:
    """Those past so many school days in a row."""
    own = view.reading.days.only(pl.Series([view.enrolment["e"]], dtype=pl.UInt32))
    most = {
        "excluded_past_fifth_day": ("E", "exclusion_school_days"),
        "religious_observance_too_long": ("R", "religious_observance_school_days"),
    }
    for name, (letter, limit) in most.items():
        ids = codes.ids(letter)
        late = runs_of(own, any_roles(ids)).days.filter(pl.col("k") > view.law(limit))
        late = own.dated(sessions(late, ids)).filter(pl.col("date") >= year_to_date(view)[0])
        yield from (((day, half), name) for day, half in late.select("date", "session").iter_rows())


def _part_time(view: View) -> Iterator[tuple[HalfDay, str]]:
    """C2 without an agreed timetable that has a last day; nothing where flags are not given."""
    spells = flags(view.reading)
    if spells is None:
        return
    wanted = (pl.col("e") == view.enrolment["e"]) & (pl.col("flag") == Flag.PART_TIME_TIMETABLE.value)
    agreed: list[tuple[date, date]] = list(
        spells.filter(wanted & (pl.col("to") < STILL)).select("from", "to").iter_rows()
    )
    for place, code in _year(view):
        if code in codes.ids("C2") and not any(first <= place[0] <= last for first, last in agreed):
            yield place, "part_time_without_end"
