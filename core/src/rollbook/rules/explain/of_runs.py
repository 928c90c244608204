"""Rules of school days in a row: the attendance return, and the ground of twenty days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from rollbook.rules.explain import words
from rollbook.rules.explain.days_told import BREAKS, NOT_COUNTED, PASSES, Said, Why, plain_reason
from rollbook.rules.explain.explanation import Change
from rollbook.rules.explain.lens import Lens, deadline
from rollbook.rules.explain.subject import HalfDay, Marks
from rollbook.rules.explain.trials import ABSENT, earliest, undoing
from rollbook.rules.explain.view import Span, View, is_due
from rollbook.rules.pairs import BREAKS as ROLE_BREAKS
from rollbook.rules.pairs import COUNTS as ROLE_COUNTS
from rollbook.rules.pairs import SIZE, look_up, run_roles, sessions
from rollbook.rules.runs import find_runs
from rollbook.tables import codes

_RECENT = 10  # school days to look through where there is no run


@dataclass(frozen=True)
class Run:
    """The days of a run that count. before: the last day that broke it before it began. broken: the first since."""

    days: tuple[date, ...]
    before: date | None
    broken: date | None


class RunLens(Lens):
    """code_setting, day_setting: the names of the rule's values, which codes count and how many days there must be."""

    def __init__(self, code_setting: str, day_setting: str) -> None:
        self.code_setting, self.day_setting = code_setting, day_setting

    def ids(self, view: View) -> tuple[int, ...]:
        """The codes that count."""
        return codes.ids(*view.law(self.code_setting))

    def run(self, view: View) -> Run | None:
        """The run that the finding is about; the longest of the days of a case that is gone; else the one that reaches
        the day looked at.
        """
        days = view.reading.days.only(pl.Series([view.enrolment["e"]], dtype=pl.UInt32))
        found = find_runs(days, self.ids(view))
        dates = view.reading.days.calendar.get_column("date")
        ends = {name: dates.gather(found.runs.get_column(f"{name}_c")) for name in ("first", "last")}
        runs = found.runs.with_columns(**ends)
        if view.finding is not None:
            chosen = runs.filter(pl.lit(view.finding["first"]).is_between("first", "last"))
        elif view.gone is not None:
            chosen = runs.filter(pl.col("first").is_between(*view.gone)).sort("length", descending=True).head(1)
        else:
            chosen = runs.filter("unbroken")
        if chosen.is_empty():
            return None
        own = found.days.join(chosen.select("run"), on="run", how="semi")
        counts = self.own_days(view, days.dated(own).get_column("date").sort().to_list())
        if not counts:
            return None
        broken = view.known.days.filter(self._breaks(view)).get_column("date")
        before, after = broken.filter(broken < counts[0]).max(), broken.filter(broken > counts[-1]).min()
        return Run(tuple(counts), _day(before), _day(after))

    def own_days(self, view: View, counts: list[date]) -> list[date]:
        """Of the days of a run, those of the finding, which may be a part of it."""
        if view.finding is None:
            return counts
        return [day for day in counts if view.finding["first"] <= day <= view.finding["last"]]

    def number(self, view: View) -> int:
        """How many school days the rule asks for."""
        return int(view.law(self.day_setting))

    def _breaks(self, view: View) -> pl.Expr:
        return ~pl.col("csa") | (look_up(run_roles(self.ids(view))) == ROLE_BREAKS)

    def window(self, view: View) -> Span | None:
        """From the day that broke before the run to the day looked at, or the one that ended it."""
        run = self.run(view)
        if view.gone is not None:
            return view.gone
        if run is None:
            recent = view.days.get_column("date").tail(_RECENT)
            return (recent[0], view.as_at) if len(recent) else None
        return run.before or run.days[0], run.broken or view.as_at

    def counted(self, view: View) -> Marks:
        """Every session of the run's days that says one of the codes."""
        run = self.run(view)
        if run is None:
            return {}
        said = sessions(view.days.filter(pl.col("date").is_in(run.days)), self.ids(view))
        return {(day, half): code for day, half, code in said.select("date", "session", "code").iter_rows()}

    def why(self, view: View, counted: Marks) -> Why:
        """With its effect on the run, which is its whole day's."""
        ids, roles = self.ids(view), run_roles(self.ids(view))

        def told(one: Said) -> tuple[str, str]:
            role = roles[one.pair] if one.of_age else ROLE_BREAKS
            if one.of_age and one.code in ids:
                return _beside(one, role)
            effect = BREAKS if role == ROLE_BREAKS and not _passes(one, ids) else PASSES
            return plain_reason(one, ids, age=True), effect

        return told

    def summary(self, view: View, counted: Marks) -> Sequence[str]:
        """How long the run is, how long it must be, and what ended it."""
        run, number = self.run(view), self.number(view)
        letters = words.either(view.law(self.code_setting))
        if run is None and view.gone is not None:
            return [f"None of them is a day of such absence ({letters}) now; the rule asks for {number} in a row."]
        if run is None:
            return [
                f"No school day of such absence ({letters}) reaches {words.day(view.as_at)}; "
                f"the rule asks for {number}."
            ]
        long = words.many(len(run.days), "school day")
        told = [
            f"{long} of absence in a row, {words.span(run.days[0], run.days[-1])}, every session of them {letters}."
        ]
        if len(run.days) >= number:
            told.append(f"The rule asks for {number}, and that was reached on {words.day(run.days[number - 1])}.")
        else:
            told.append(f"The rule asks for {number}.")
        if run.broken is not None:
            told.append(f"The run has ended: it was broken on {words.day(run.broken)}.")
        elif not view.known.enrolment["on_roll"]:
            told.append("It has ended: the pupil is no longer on the roll.")
        return told

    def changes(self, view: View, counted: Marks) -> Sequence[Change]:
        """Which marks would undo it, or how many more days would reach it."""
        if view.due:
            return [*undoing(view, sorted(counted), together=self.cuts(view, counted)), *deadline(view)]
        return [self.reach(view, f"reach {self.number(view)}")]

    def reach(self, view: View, what: str) -> Change:
        """How many more days of absence would do `what`, and when at the earliest."""
        reached = earliest(view, ABSENT, lambda row: bool(is_due(view.subject, row)))
        if reached is None:
            return Change("note", "No absence on the days that the calendar still has would make it due.")
        more, by = len({day for day, _ in reached}), reached[-1][0]
        text = (
            f"{words.many(more, 'more school day')} of absence, every session of them, would {what}: on "
            f"{words.day(by)} at the earliest."
        )
        return Change("reach", text, number=more, by=by)

    def cuts(self, view: View, counted: Marks) -> list[list[HalfDay]]:
        """So few sessions that no part of the run between them is long enough."""
        first_of_day: dict[date, HalfDay] = {}
        for place in sorted(counted):
            first_of_day.setdefault(place[0], place)
        number = self.number(view)
        return [list(first_of_day.values())[number - 1 :: number]]


class GroundLens(RunLens):
    """The twenty days, or the days after leave that ended."""

    def verdict(self, view: View) -> str:
        """Never more than this."""
        return "A review is possible." if view.due else "No review is possible."

    def _overrun(self, view: View) -> bool:
        return bool(view.figures.get("ground") == "leave_overrun")

    def window(self, view: View) -> Span | None:
        """After leave: from its last day."""
        if self._overrun(view):
            return date.fromisoformat(view.figures["leave_to"]), view.as_at
        return super().window(view)

    def counted(self, view: View) -> Marks:
        """After leave: the evidence."""
        if not self._overrun(view) or view.finding is None:
            return super().counted(view)
        first, last = view.finding["first"], view.finding["last"]
        return {(day, half): code for (day, half), code in view.evidence().items() if first <= day <= last}

    def summary(self, view: View, counted: Marks) -> Sequence[str]:
        """Never more than that a review is possible."""
        told = list(super().summary(view, counted))
        if self._overrun(view):
            back = words.day(date.fromisoformat(view.figures["leave_to"]))
            days = words.many(view.figures["school_days"], "school day")
            told = [f"Leave of absence ended on {back}, and the pupil was absent on all {days} since."]
        return [*told, "Nothing is deleted by this: a person and the authority decide, after enquiries together."]


def _beside(one: Said, role: int) -> tuple[str, str]:
    """Of a session whose code counts, on a day that is not of the run."""
    if role == ROLE_COUNTS:
        return "it belongs to another run of days, which is over", NOT_COUNTED
    other = codes.letter(one.other) if one.other in codes.by_id() else ""
    if role == ROLE_BREAKS:
        return f"absent, but the other session of the day is not ({other})", BREAKS
    return "absent, but the other session of the day has no mark that can be used", PASSES


def _passes(one: Said, ids: tuple[int, ...]) -> bool:
    """Whether by itself it would neither count nor break: it is the day's other session that does."""
    return int(run_roles(ids)[one.code * SIZE + one.code]) != ROLE_BREAKS


def _day(found: object) -> date | None:
    return found if isinstance(found, date) else None
