"""How a rule is looked through: the days that matter to it, what counts of them, and what would change its answer.

This one does for any rule of the catalogue, a third party's too: it goes by the rule's own evidence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from rollbook.rules.ages import school_year_start
from rollbook.rules.answers import plain
from rollbook.rules.explain.days_told import NOT_COUNTED, Said, Why, plain_reason
from rollbook.rules.explain.explanation import Change
from rollbook.rules.explain.subject import HalfDay, Marks
from rollbook.rules.explain.trials import undoing
from rollbook.rules.explain.view import Span, View
from rollbook.rules.explain.words import day

NO_SESSIONS: Marks = {}


class Lens:
    """Without state: everything is in the view."""

    def window(self, view: View) -> Span | None:
        """The days to look through: from the first session of the evidence; those of a case that is gone."""
        evidence = view.evidence()
        return (min(evidence)[0], last_day(view)) if evidence else view.gone

    def counted(self, view: View) -> Marks:
        """The sessions that count."""
        return view.evidence()

    def remarks(self, view: View, counted: Marks) -> Mapping[HalfDay, str]:
        """What is to be said of some of them besides."""
        return {}

    def matters(self, view: View, one: Said) -> bool:
        """Whether it is worth telling of a session that it does not count."""
        return True

    def why(self, view: View, counted: Marks) -> Why:
        """Why a session of the window does not count. A code of the evidence is one that the rule does count."""
        ids, reached = frozenset(counted.values()), view.finding["reached"] if view.finding else None

        def told(one: Said) -> tuple[str, str]:
            if one.code not in ids:
                return plain_reason(one), NOT_COUNTED
            if reached is not None and one.day > reached:
                return f"absent likewise; what shows it was complete on {day(reached)}", NOT_COUNTED
            return "the rule counts that code, but this session is not among those that it found", NOT_COUNTED

        return told

    def verdict(self, view: View) -> str:
        """The answer in a few words."""
        return "It is due." if view.due else "It is not due."

    def summary(self, view: View, counted: Marks) -> Sequence[str]:
        """The answer in sentences, after the one that says whether it is due."""
        if view.finding is None:
            return [view.subject.rule.says]
        return [f"It was met on {day(view.finding['reached'])}."]

    def figures(self, view: View) -> Mapping[str, Any]:
        """What the rule found, by the names of its answer, and the finding's own figures."""
        if view.over and view.now is None:
            return view.figures
        said = {name: plain(value) for name, value in view.row.items()}
        return said | {name: value for name, value in view.figures.items() if name not in said}

    def changes(self, view: View, counted: Marks) -> Sequence[Change]:
        """What would change the answer."""
        return undoing(view, sorted(counted))


def last_day(view: View) -> date:
    """The day looked at; of a stretch of days that has ended, the last of them."""
    if view.finding is not None and view.finding["ended"] and not view.due:
        ended: date = view.finding["last"]
        return min(view.as_at, ended)
    return view.as_at


def year_to_date(view: View) -> Span:
    """The school year up to the day looked at, or the one that a finding of an earlier year is about."""
    last = last_day(view)
    return school_year_start(last), last


def year_end(view: View) -> date:
    """The last day of the school year looked at."""
    return date(school_year_start(view.as_at).year + 1, 7, 31)


def deadline(view: View) -> list[Change]:
    """By when it has to be done, where the finding says so and it still stands."""
    due_by = view.figures.get("due_by")
    if not view.due or due_by is None:
        return []
    by = date.fromisoformat(str(due_by))
    verb = "is due" if by >= view.as_at else "was due"
    return [Change("deadline", f"It {verb} by the end of {day(by)}.", by=by)]
