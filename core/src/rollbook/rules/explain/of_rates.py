"""Rules of a rate: absence in the school year to date, and as DfE has it."""

from __future__ import annotations

from collections.abc import Sequence

from rollbook.rules.explain import words
from rollbook.rules.explain.days_told import NOT_COUNTED, Why, plain_reason
from rollbook.rules.explain.explanation import Change
from rollbook.rules.explain.lens import Lens, year_end, year_to_date
from rollbook.rules.explain.subject import Marks
from rollbook.rules.explain.trials import ABSENT, PRESENT, Row, counted_by_trial, earliest
from rollbook.rules.explain.view import Span, View
from rollbook.rules.pairs import ATTENDED, AUTHORISED, UNAUTHORISED


class RateLens(Lens):
    """Counted are the sessions of absence; those attended are possible, and no absence."""

    def absent(self, row: Row) -> int:
        """Sessions of absence; 0 where it is not judged."""
        if "absent" in row:
            return int(row["absent"] or 0)
        return int(row["authorised"] + row["unauthorised"])

    def window(self, view: View) -> Span | None:
        """The school year to date."""
        return year_to_date(view)

    def counted(self, view: View) -> Marks:
        """The sessions without which the number of absent ones would be less."""
        held = view.marked(*year_to_date(view), (*AUTHORISED, *UNAUTHORISED))
        return counted_by_trial(view, held, self.absent)

    def why(self, view: View, counted: Marks) -> Why:
        """By code."""
        ids = (*AUTHORISED, *UNAUTHORISED)

        def told(reason: str, code: int) -> tuple[str, str]:
            return (f"{reason}; possible, and no absence" if code in ATTENDED else reason), NOT_COUNTED

        return lambda one: told(plain_reason(one, ids), one.code)

    def summary(self, view: View, counted: Marks) -> Sequence[str]:
        """Absent over possible, and what that is called."""
        row = view.row
        if not row["possible"]:
            return ["No session of this school year counts as possible: there is no rate."]
        absent, possible = self.absent(row), row["possible"]
        percent = f"{absent * 100 / possible:.2f}"
        told = [f"Absent for {absent} of {possible} possible sessions of the school year to date ({percent}%)."]
        if row["severe"]:
            return [*told, f"That is severe absence: {view.law('severe_percent')}% or more, on whole numbers."]
        word = "That is" if row["persistent"] else "That is not"
        return [*told, f"{word} persistent absence: {view.law('persistent_percent')}% or more, on whole numbers."]

    def changes(self, view: View, counted: Marks) -> Sequence[Change]:
        """How many sessions of absence would reach the next rate, or attended ones lead below this one."""
        row = view.row
        if row["persistent"] is None:
            return []
        if not row["persistent"]:
            return [self._reaching(view, "persistent")]
        if not row["severe"]:
            return [self._below(view, "persistent"), self._reaching(view, "severe")]
        return [self._below(view, "severe"), self._below(view, "persistent")]

    def _reaching(self, view: View, name: str) -> Change:
        places = earliest(view, ABSENT, lambda row: bool(row[name]), last=year_end(view))
        if places is None:
            return Change("note", f"No absence on the days left of this school year would make it {name} absence.")
        text = (
            f"{words.many(len(places), 'more session')} of absence, one after another, would make it {name} absence: "
            f"on {words.day(places[-1][0])} at the earliest."
        )
        return Change("reach", text, number=len(places), by=places[-1][0])

    def _below(self, view: View, name: str) -> Change:
        places = earliest(view, PRESENT, lambda row: row[name] is False, last=year_end(view))
        if places is None:
            return Change(
                "note", f"Even if every session left of this school year is attended, it stays {name} absence."
            )
        text = (
            f"{words.many(len(places), 'more session')} attended, one after another, would end {name} absence: on "
            f"{words.day(places[-1][0])} at the earliest."
        )
        return Change("undo", text, number=len(places), by=places[-1][0])
