"""The threshold of a penalty notice: sessions in a window of school weeks that moves on every Monday."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby

import polars as pl

from rollbook.rules.explain import words
from rollbook.rules.explain.days_told import NOT_COUNTED, Said, Why, plain_reason
from rollbook.rules.explain.explanation import Change
from rollbook.rules.explain.lens import Lens, last_day
from rollbook.rules.explain.subject import HalfDay, Marks
from rollbook.rules.explain.trials import ABSENT, PRESENT, all_as, counted_by_trial, undoing
from rollbook.rules.explain.view import Span, View, is_due
from rollbook.rules.notices import known_notices, standing_notices
from rollbook.rules.school_weeks import SchoolWeeks
from rollbook.tables import codes

_VERDICTS = {
    "met": "The threshold is met.",
    "provisional": "The threshold is met, provisionally.",
    "not_met": "The threshold is not met.",
    "not_applicable": "The threshold does not apply.",
}
_AHEAD = 10  # school weeks: by then nothing of today's window is left


class PenaltyLens(Lens):
    """Counted by the rule where it is due, else by what the number would be without each session."""

    def window(self, view: View) -> Span | None:
        """From the Monday of the first school week."""
        last = last_day(view)
        weeks = SchoolWeeks.of(view.reading)
        asked = pl.DataFrame({"school": [view.subject.school], "day": [last]}, schema_overrides={"school": pl.Int32})
        asked = asked.with_columns(week=weeks.week_of(asked, "day"))
        asked = asked.with_columns(first=(pl.col("week") - view.law("penalty_school_weeks") + 1).clip(0))
        monday = weeks.monday_of(asked, "first").item()
        return (monday, last) if isinstance(monday, date) and view.row["status"] != "not_applicable" else None

    def counted(self, view: View) -> Marks:
        """The sessions in the window."""
        if view.due or view.finding is not None:
            return view.listed() or view.evidence()
        window = self.window(view)
        if window is None:
            return {}
        held = view.marked(*window, codes.ids(*view.law("penalty_codes")), everywhere=True)
        return counted_by_trial(view, held, lambda row: row["sessions"])

    def remarks(self, view: View, counted: Marks) -> Mapping[HalfDay, str]:
        """Against which parents each was held before, by which notice. Parents are numbers, as in the notice ladder."""
        parents = known_notices(view.reading).get_column("parent").unique().sort().to_list()
        issued = standing_notices(view.reading).select("parent", "issued").sort("issued").rows()
        told: dict[HalfDay, str] = {}
        for place in counted:
            first: dict[str, date] = {}
            for parent, day in issued:
                if day >= place[0]:
                    first.setdefault(parent, day)
            by = [(parents.index(parent) + 1, day) for parent, day in first.items()]
            told[place] = " and ".join(
                f"held against Parent {number} by the notice of {words.day(day)}" for number, day in sorted(by)
            )
        return told

    def why(self, view: View, counted: Marks) -> Why:
        """By code, age, and what other registers say."""
        ids = codes.ids(*view.law("penalty_codes"))
        unexplained = codes.ids(*view.law("unexplained_codes"))
        without_n = not view.setting("penalty_counts_unexplained")

        def told(one: Said) -> tuple[str, str]:
            if one.half_day in counted:
                return "it counts by the mark of another school", NOT_COUNTED
            if one.code in ids and one.of_age:
                return self._why_not(view, one, without_n and one.code in unexplained), NOT_COUNTED
            return plain_reason(one, ids, age=True), NOT_COUNTED

        return told

    def _why_not(self, view: View, one: Said, not_taken: bool) -> str:
        if one.day < view.law("penalty_framework_from"):
            return "it was before the national framework"
        if not_taken:
            return "the authority does not count a mark of N to this threshold"
        return "another school's register shows the pupil attending then"

    def verdict(self, view: View) -> str:
        """By its status."""
        return _VERDICTS[view.row["status"]]

    def summary(self, view: View, counted: Marks) -> Sequence[str]:
        """The number in the window, and what rests on N marks."""
        window, row = self.window(view), view.row
        if window is None:
            return ["No penalty notice is issued for absence from a school of this type."]
        number, weeks = view.law("penalty_sessions"), view.law("penalty_school_weeks")
        told = [
            f"{words.many(row['sessions'], 'session')} of unauthorised absence in the {weeks} school weeks that are "
            f"looked at, from {words.day(window[0])} to {words.day(window[1])}; the threshold is {number}."
        ]
        if row["met_on"] is not None:
            met = words.day(row["met_on"])
            told.append(f"It was met on {met}." if view.over else f"It has been met since {met}.")
        if row["status"] == "provisional":
            told.append("Only provisionally: it rests on marks of N, for which the reason is still to be established.")
        if row["covered_sessions"]:
            told.append(
                f"{row['covered_sessions']} of them were held against a parent by an earlier notice. They count to the "
                "threshold all the same, each is marked below, and a person must look."
            )
        return [*told, "It is a count: whether a notice is right, and for whom, a person decides."]

    def changes(self, view: View, counted: Marks) -> Sequence[Change]:
        """What would undo it, and when it lapses; or how many more sessions by which day would meet it."""
        if self.window(view) is None:
            return []
        if not view.due:
            return list(self._steps(view))
        return [*undoing(view, sorted(counted)), *self._without_n(view, counted), *self._lapse(view)]

    def _without_n(self, view: View, counted: Marks) -> Iterator[Change]:
        """How many of the N marks would have to become codes that do not count."""
        unexplained = codes.ids(*view.law("unexplained_codes"))
        marks = sorted((place for place, code in counted.items() if code in unexplained), reverse=True)
        sets = [marks[:k] for k in range(1, len(marks) + 1)]
        rows = view.subject.asked([all_as(some, PRESENT) for some in sets])
        for some, row in zip(sets, rows, strict=True):
            if not is_due(view.subject, row):
                text = (
                    f"{words.many(len(marks), 'mark')} of N still count: if {len(some)} of them became a code that "
                    "does not count, the threshold would not be met."
                )
                yield Change("undo", text, number=len(some))
                return

    def _lapse(self, view: View) -> Iterator[Change]:
        for monday, places in _weeks(view.to_come)[: _AHEAD + 1]:
            row = view.subject.judged(places[0][0]).answers[view.subject.rule.id].filter(school=view.subject.school)
            if not is_due(view.subject, row.row(0, named=True)):
                text = f"With no more such sessions it is no longer met from {words.day(monday)}: the oldest drop out."
                yield Change("lapse", text, by=monday)
                return

    def _steps(self, view: View) -> Iterator[Change]:
        """So many more sessions by the end of this window; more, when the oldest have dropped out."""
        steps: list[tuple[int, date]] = []
        for _, places in _weeks(view.to_come)[:_AHEAD]:
            needed = self._needed(view, places)
            if needed is not None and steps and steps[-1][0] == needed:
                steps.pop()
            if needed is not None:
                steps.append((needed, places[-1][0]))
        for needed, last in steps[:2]:
            text = (
                f"{words.many(needed, 'more session')} of unauthorised absence up to {words.day(last)} would meet it."
            )
            yield Change("reach", text, number=needed, by=last)
        if not steps:
            yield Change("note", "The calendar has no school days to come on which it could be met.")

    def _needed(self, view: View, places: Sequence[HalfDay]) -> int | None:
        """How many of the sessions to come, the last up to the end of a week, would meet it by then."""
        last = places[-1][0]
        free = [place for place in view.to_come if place[0] <= last][::-1]
        number = min(len(free), int(view.law("penalty_sessions")))
        rows = view.subject.asked([all_as(free[:k], ABSENT) for k in range(1, number + 1)], last)
        return next((k for k, row in enumerate(rows, 1) if is_due(view.subject, row)), None)


def _weeks(places: Sequence[HalfDay]) -> list[tuple[date, list[HalfDay]]]:
    """Sessions by the Monday of their week."""
    grouped = groupby(places, lambda place: place[0] - timedelta(days=place[0].weekday()))
    return [(monday, list(group)) for monday, group in grouped]
