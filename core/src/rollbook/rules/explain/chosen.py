"""Which stretch of days an explanation is about, and the day on which it is looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl

from rollbook.rules.explain.subject import Subject, up_to
from rollbook.rules.explain.view import Span, View


def view_of(subject: Subject, about: Span | None) -> View:
    """The day looked at. A case is explained by its own finding: one that has ended is looked at on its last day, when
    it stood, and one that is gone on the last day of the case; today's answer, which may be of another stretch, is in
    the view's `now`.
    """
    now = _on_the_day(subject, about)
    if about is None or (now.finding is not None and not now.finding["ended"]):
        return now
    if now.finding is None:
        return replace(_on_the_day(_then(subject, about[1]), about), finding=None, now=now)
    for day in (now.finding["last"], now.finding["reached"]):
        then = _on_the_day(_then(subject, day), about)
        if then.due and then.finding is not None and not then.finding["ended"]:
            return replace(then, now=now)
    return now


def when_met(view: View) -> View:
    """The view of the day on which its finding was met: what would have undone it is asked of that day."""
    if view.now is None or view.finding is None:
        return view
    subject = replace(view.now.subject, as_at=view.finding["reached"])
    return replace(_on_the_day(_then(subject, subject.as_at), view.about), now=view.now)


def _on_the_day(subject: Subject, about: Span | None) -> View:
    evaluation = subject.judged()
    own = (pl.col("school") == subject.school) & (pl.col("pupil") == subject.pupil)
    row = evaluation.answers[subject.rule.id].filter(own).drop("school", "pupil").row(0, named=True)
    found = list(evaluation.findings.filter(own).sort("first").iter_rows(named=True))
    return View(subject, evaluation, row, about, _finding(found, about))


def _then(subject: Subject, day: date) -> Subject:
    """As at a day before, on the same knowledge; never before the rule was in force."""
    first = subject.rule.first_day or day
    as_at = max(min(day, subject.as_at), first)
    return replace(subject, as_at=as_at, registers=up_to(subject.registers, as_at))


def _finding(found: Sequence[Mapping[str, Any]], about: Span | None) -> Mapping[str, Any] | None:
    if about is None:
        return next((one for one in reversed(found) if not one["ended"]), None)
    shared = [(_shared(about, one), one) for one in found]
    best = max(shared, key=lambda both: both[0], default=None)
    return best[1] if best is not None and best[0] > 0 else None


def _shared(about: Span, finding: Mapping[str, Any]) -> int:
    """Days of both."""
    begins, ends = max(about[0], finding["first"]), min(about[1], finding["last"])
    return int((ends - begins + timedelta(days=1)).days)
