"""A part of a run of school days: a month of an absence that goes on, days on which nobody knew where a pupil was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from rollbook.rules.ages import school_year_start
from rollbook.rules.case_types import MISSING, NEVER_CAME
from rollbook.rules.contacts import attempts
from rollbook.rules.explain import words
from rollbook.rules.explain.days_told import NOT_COUNTED, Said, Why
from rollbook.rules.explain.explanation import Change
from rollbook.rules.explain.lens import Lens, deadline, last_day
from rollbook.rules.explain.of_runs import RunLens
from rollbook.rules.explain.subject import Marks
from rollbook.rules.explain.trials import undoing
from rollbook.rules.explain.view import Span, View
from rollbook.rules.pairs import CAME, look_up, said


class FollowupLens(RunLens):
    """A later month of an absence of which a return was due."""

    def window(self, view: View) -> Span | None:
        """The month; without one as of any run; nothing where the authority asks for none."""
        if view.finding is not None:
            return view.finding["first"], last_day(view)
        return super().window(view) if self._asked(view) else None

    def counted(self, view: View) -> Marks:
        """The whole of the month, not its first day alone."""
        return super().counted(view) if self._asked(view) else {}

    def summary(self, view: View, counted: Marks) -> Sequence[str]:
        """Since when, and how many days of the month so far."""
        if not self._asked(view):
            return [
                "The authority asks for no follow-up: one return is made for one absence, however long "
                "(attendance_return_followup)."
            ]
        run = self.run(view)
        if view.finding is None or run is None:
            return [*super().summary(view, counted), "A follow-up is due in each month after the one of that day."]
        days = words.many(len(run.days), "school day")
        return [f"The same absence went on in this month: {days}, {words.span(run.days[0], run.days[-1])}."]

    def changes(self, view: View, counted: Marks) -> Sequence[Change]:
        """Any mark that breaks the absence; or more days of it."""
        if not self._asked(view):
            return [Change("note", "Only the authority's own wish would (attendance_return_followup).")]
        if view.due:
            return [*undoing(view, sorted(counted)), *deadline(view)]
        return [self.reach(view, "make it due")]

    def _asked(self, view: View) -> bool:
        return bool(view.setting("attendance_return_followup"))


class MissingLens(RunLens):
    """On the roll: the days on which every session is N or O since anyone was reached. Off it there are no sessions."""

    def number(self, view: View) -> int:
        """The authority's, for this type."""
        return int(view.setting(f"{self._type(view)}_days"))

    def own_days(self, view: View, counts: list[date]) -> list[date]:
        """Those after the day on which someone was last reached."""
        reached = self._reached(view)
        if view.finding is not None or view.gone is not None or reached is None:
            return super().own_days(view, counts)
        return [day for day in counts if day > reached]

    def window(self, view: View) -> Span | None:
        """As of a run; none off the roll."""
        return None if self._off_roll(view) else super().window(view)

    def counted(self, view: View) -> Marks:
        """As of a run; none off the roll."""
        return {} if self._off_roll(view) else super().counted(view)

    def why(self, view: View, counted: Marks) -> Why:
        """With the days that ended when someone was reached."""
        usual, ids, reached = super().why(view, counted), self.ids(view), self._reached(view)

        def told(one: Said) -> tuple[str, str]:
            if reached is not None and one.code in ids and one.day <= reached:
                return f"someone was reached on {words.day(reached)}, which ended the count", NOT_COUNTED
            return usual(one)

        return told

    def summary(self, view: View, counted: Marks) -> Sequence[str]:
        """The days so far, against the authority's number, and what is known of anyone being reached."""
        if self._off_roll(view):
            return Lens.summary(self, view, counted)
        return [*self._days(view), self._log(view)]

    def _days(self, view: View) -> list[str]:
        run, number, letters = self.run(view), self.number(view), words.either(view.law(self.code_setting))
        asks = f"The authority counts a pupil as missing from {words.many(number, 'school day')} on"
        if run is None:
            none = f"No school day on which every session is {letters} counts up to {words.day(view.as_at)}."
            return [none, f"{asks}."]
        days = words.many(len(run.days), "school day")
        told = f"{days} on which every session is {letters}: {words.span(run.days[0], run.days[-1])}."
        if view.finding is None:
            return [told, f"{asks}."]
        met = view.finding["reached"]
        early = len([day for day in run.days if day <= met]) < number
        return [told, f"{asks}; it was met on {words.day(met)}{', when every enquiry had been made' if early else ''}."]

    def _log(self, view: View) -> str:
        if view.subject.registers.contact_log is None:
            return (
                "It rests on the marks alone: the source gives no log of attempts to reach the family, and so nobody "
                "can say by it whether anyone was reached."
            )
        reached = self._reached(view)
        if reached is None:
            return "The log has no attempt by which anyone was reached."
        return f"Someone was last reached on {words.day(reached)}: days up to then do not count any more."

    def changes(self, view: View, counted: Marks) -> Sequence[Change]:
        """The marks, someone being reached, or more days."""
        if self._off_roll(view):
            return [Change("note", "No mark changes it. Only the roll would, or where it says that the pupil went.")]
        if not view.due:
            return [self.reach(view, f"reach {self.number(view)}")]
        again = "Once someone was reached, by the log of contact attempts, the count begins again after that day."
        return [*undoing(view, sorted(counted), together=self.cuts(view, counted)), Change("note", again)]

    def _off_roll(self, view: View) -> bool:
        if view.finding is not None:
            return view.figures.get("school_days") is None
        return not view.enrolment["on_roll"]

    def _type(self, view: View) -> str:
        """As the rule says; before it does: one who has not come once since a first day that is to hand never came."""
        known = view.row["case_type"] or view.figures.get("case_type")
        if known is not None:
            return str(known)
        came = not view.days.filter(look_up(said(CAME))).is_empty()
        first, begins = view.enrolment["first"], school_year_start(view.school_days[0])
        return NEVER_CAME if not came and first is not None and first >= begins else MISSING

    def _reached(self, view: View) -> date | None:
        """The last day on which anyone was: before the finding, if there is one."""
        log = attempts(view.reading)
        if log is None:
            return None
        mine = log.filter((pl.col("e") == view.enrolment["e"]) & pl.col("reached"))
        if view.finding is not None:
            mine = mine.filter(pl.col("date") < view.finding["first"])
        latest = mine.get_column("date").max()
        return latest if isinstance(latest, date) else None
