"""Rules of a total in the school year: failing to attend regularly, and the sickness return."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rollbook.rules.explain import words
from rollbook.rules.explain.days_told import NOT_COUNTED, Why, plain_reason
from rollbook.rules.explain.explanation import Change
from rollbook.rules.explain.lens import Lens, deadline, year_end, year_to_date
from rollbook.rules.explain.subject import Marks
from rollbook.rules.explain.trials import ABSENT, ILL, counted_by_trial, earliest, undoing
from rollbook.rules.explain.view import Span, View, is_due
from rollbook.rules.pairs import UNAUTHORISED
from rollbook.tables import codes


class TotalLens(Lens):
    """figure: the field of the answer that is the total. said: what a session to come is taken to be."""

    figure: str
    said: Mapping[int, int]

    def ids(self, view: View) -> tuple[int, ...]:
        """The codes that can count."""
        raise NotImplementedError

    def window(self, view: View) -> Span | None:
        """The school year to date."""
        return year_to_date(view)

    def counted(self, view: View) -> Marks:
        """By the rule where it is due; else those without which the total would be less."""
        if view.due or view.finding is not None:
            return view.evidence()
        return counted_by_trial(view, view.marked(*year_to_date(view), self.ids(view)), lambda row: row[self.figure])

    def why(self, view: View, counted: Marks) -> Why:
        """By code and age."""
        ids = self.ids(view)
        return lambda one: (plain_reason(one, ids, age=True), NOT_COUNTED)

    def changes(self, view: View, counted: Marks) -> Sequence[Change]:
        """How many marks would undo it, or how many more sessions would reach it."""
        if view.due:
            return [*undoing(view, sorted(counted)), *deadline(view)]
        reached = earliest(view, self.said, lambda row: bool(is_due(view.subject, row)), last=year_end(view))
        if reached is None:
            return [Change("note", "No sessions that the calendar still has in this school year would make it due.")]
        number, by = len(reached), reached[-1][0]
        letter = codes.letter(self.said[0])
        text = f"{words.many(number, 'more session')} of {letter} would reach it: on {words.day(by)} at the earliest."
        return [Change("reach", text, number=number, by=by)]


class IrregularLens(TotalLens):
    """The authority's own number of unauthorised sessions."""

    figure, said = "sessions", ABSENT

    def ids(self, view: View) -> tuple[int, ...]:
        """Every unauthorised code."""
        return UNAUTHORISED

    def summary(self, view: View, counted: Marks) -> Sequence[str]:
        """The total beside the number."""
        number = view.setting("irregular_sessions")
        begins = words.day(year_to_date(view)[0])
        told = [
            f"{words.many(view.row['sessions'], 'unauthorised session')} in the school year that began on {begins}."
        ]
        if number is None:
            return [*told, "The authority sets no number from which it wants a return: nothing is due under this rule."]
        return [*told, f"The authority wants a return from {number}."]

    def changes(self, view: View, counted: Marks) -> Sequence[Change]:
        """Nothing in a register, where no number is set."""
        if view.setting("irregular_sessions") is None:
            return [Change("note", "Only a number set by the authority would (irregular_sessions).")]
        return super().changes(view, counted)


class SicknessLens(TotalLens):
    """Fifteen days of illness, in sessions."""

    figure, said = "days", ILL

    def ids(self, view: View) -> tuple[int, ...]:
        """Illness."""
        return codes.ids(*view.law("sickness_return_codes"))

    def verdict(self, view: View) -> str:
        """It asks."""
        return "A person is asked whether a return is due." if view.due else "Nobody is asked yet."

    def summary(self, view: View, counted: Marks) -> Sequence[str]:
        """The total beside the number; it prompts a person."""
        number = view.law("sickness_return_school_days")
        begins = words.day(year_to_date(view)[0])
        days = f"{view.row['days']:g}"
        told = [
            f"{days} school days of illness in the school year that began on {begins}, in a row or not; from {number} "
            "on a person is asked."
        ]
        if view.row["reached_on"] is not None:
            told.append(f"That was reached on {words.day(view.row['reached_on'])}.")
        return [*told, f"A return may be due sooner: only a person can tell whether a pupil will miss {number} days."]
