"""Rules of days that pass: N marks to be settled, days unseen, returns of joiners and leavers, notices that age."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from rollbook.rules.explain import words
from rollbook.rules.explain.days_told import NOT_COUNTED, Said, Why, plain_reason
from rollbook.rules.explain.explanation import Change
from rollbook.rules.explain.lens import Lens
from rollbook.rules.explain.subject import Marks
from rollbook.rules.explain.trials import ABSENT, PRESENT, all_as, earliest, undoing
from rollbook.rules.explain.view import Span, View, is_due
from rollbook.rules.not_seen import COUNTED
from rollbook.tables import codes


class UnexplainedLens(Lens):
    """Counted are the N marks past their deadline; of the others it is said when theirs is."""

    def _ids(self, view: View) -> tuple[int, ...]:
        return codes.ids(*view.law("unexplained_codes"))

    def _standing(self, view: View) -> Marks:
        return view.marked(date.min, view.as_at, self._ids(view))

    def window(self, view: View) -> Span | None:
        """From the oldest that still stands."""
        standing = self._standing(view)
        return (min(standing)[0], view.as_at) if standing else None

    def matters(self, view: View, one: Said) -> bool:
        """N marks alone."""
        return one.code in self._ids(view)

    def why(self, view: View, counted: Marks) -> Why:
        """The deadline of each is what the rule says when all others are settled."""
        others = [place for place in self._standing(view) if place not in counted]
        alone = [all_as([one for one in self._standing(view) if one[0] != place[0]], PRESENT) for place in others]
        rows = view.subject.asked(alone)
        due = {place: row["due_by"] for place, row in zip(others, rows, strict=True)}

        def told(one: Said) -> tuple[str, str]:
            by = due.get(one.half_day)
            if by is None:
                return "it has no deadline yet: too few school days after it are known", NOT_COUNTED
            return f"it is to be settled by the end of {words.day(by)}", NOT_COUNTED

        return told

    def verdict(self, view: View) -> str:
        """Of the marks."""
        return "Marks of N are overdue." if view.due else "No mark of N is overdue."

    def summary(self, view: View, counted: Marks) -> Sequence[str]:
        """How many are overdue, of how many."""
        number = view.law("unexplained_school_days")
        return [
            f"{words.many(len(self._standing(view)), 'mark')} of N in the register, {view.row['overdue']} of them past "
            f"the deadline of {number} school days.",
            "The school changes a mark; Rollbook never does.",
        ]

    def changes(self, view: View, counted: Marks) -> Sequence[Change]:
        """By settling them, and by when."""
        told = []
        if counted:
            [row] = view.subject.asked([all_as(sorted(counted), PRESENT)])
            if not is_due(view.subject, row):
                text = "Nothing is overdue once the school has replaced each of them, by the code that fits or by O."
                told.append(Change("undo", text, number=len(counted)))
        by = view.row["due_by"]
        if by is not None and by >= view.as_at:
            told.append(
                Change("deadline", f"The oldest of them is to be settled by the end of {words.day(by)}.", by=by)
            )
        return told


class NotSeenLens(Lens):
    """Counted are the marks of the school days since the pupil was last seen."""

    def window(self, view: View) -> Span | None:
        """From the day on which the pupil was last seen, or the first day on the roll."""
        days = view.days.get_column("date")
        first = view.row["last_seen"] or (days[0] if len(days) else None)
        return None if first is None else (first, view.as_at)

    def counted(self, view: View) -> Marks:
        """Of days without which there would be fewer: each in turn is read as a planned closure."""
        window = self.window(view)
        if window is None:
            return {}
        held = view.read_as(*window, COUNTED)
        days = sorted({day for day, _ in held})
        closed = dict.fromkeys((0, 1), codes.ids("#")[0])
        rows = view.subject.asked([all_as([(day, 0), (day, 1)], closed) for day in days])
        fewer = {day for day, row in zip(days, rows, strict=True) if row["days"] < view.row["days"]}
        return {place: code for place, code in held.items() if place[0] in fewer}

    def why(self, view: View, counted: Marks) -> Why:
        """The day seen; and days that are passed over."""
        seen = view.row["last_seen"]
        return lambda one: ("seen on this day" if one.day == seen else plain_reason(one), NOT_COUNTED)

    def summary(self, view: View, counted: Marks) -> Sequence[str]:
        """How many days, and the authority's number, if it has one."""
        number, seen = view.setting("not_seen_school_days"), view.row["last_seen"]
        since = f"last seen on {words.day(seen)}" if seen else "not seen on any day that is to hand"
        told = [f"The pupil was {since}: {words.many(view.row['days'], 'school day')} ago, whatever the codes say."]
        if number is None:
            return [*told, "The authority sets no number of days from which it wants to be told."]
        return [*told, f"The authority wants to be told from {number}."]

    def changes(self, view: View, counted: Marks) -> Sequence[Change]:
        """Being seen; or more days."""
        if view.due:
            return undoing(view, sorted(counted))
        if view.setting("not_seen_school_days") is None:
            return [
                Change("note", "The count ends when a register shows the pupil in school or at an approved activity.")
            ]
        places = earliest(view, ABSENT, lambda row: bool(is_due(view.subject, row)))
        if places is None:
            return [Change("note", "On the days that the calendar still has, the number is not reached.")]
        more, by = len({day for day, _ in places}), places[-1][0]
        days = words.many(more, "more school day")
        text = f"{days} without being seen would reach it: on {words.day(by)} at the earliest."
        return [Change("reach", text, number=more, by=by)]
