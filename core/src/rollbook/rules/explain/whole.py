"""The door: why a rule says what it says of one pupil on a day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from rollbook.rules import catalogue
from rollbook.rules.answers import plain
from rollbook.rules.evaluate import Evaluation
from rollbook.rules.explain import words
from rollbook.rules.explain.days_told import counted_told, not_counted_told, sessions_between
from rollbook.rules.explain.explanation import Explanation, Figure, SessionTold
from rollbook.rules.explain.lens import Lens
from rollbook.rules.explain.lenses import lens_of
from rollbook.rules.explain.subject import Marks, Subject, narrowed
from rollbook.rules.explain.values import values_of
from rollbook.rules.explain.view import Span, View
from rollbook.rules.problems import NoSuchRule
from rollbook.rules.registers import Registers
from rollbook.rules.rule import Rule
from rollbook.rules.thresholds import LocalSettings


@dataclass(frozen=True)
class Asked:
    """Which rule of which pupil at which school. about: the days of a case, for the stretch that shares most of them;
    None for the stretch that reaches the day looked at, if any does.
    """

    rule: str
    school: int
    pupil: int
    about: Span | None = None


def explain(
    registers: Registers,
    as_at: date,
    asked: Asked,
    *,
    local: LocalSettings | None = None,
    known: Mapping[str, Rule] = catalogue.RULES,
) -> Explanation:
    """Why, at the end of the day `as_at`. The registers are taken as known. `known`: the rules that there are.

    Raises `NoSuchRule` (also for what is not asked of a register), `NotInForce`, `RegisterProblem` (no such pupil, or
    the tables cannot be read), `RuleFailed` (of a third party).
    """
    rule = catalogue.rule(asked.rule, known)
    if rule.judge is None:
        raise NoSuchRule(f"the rule {rule.id} is asked of a single mark, not of a pupil: see `rollbook codes`")
    registers = narrowed(registers, asked.school, asked.pupil)
    subject = Subject(registers, asked.school, asked.pupil, as_at, rule, local)
    view = _view(subject, asked.about)
    lens = lens_of(rule.id)
    counted, window = lens.counted(view), lens.window(view)
    return Explanation(
        rule=rule.id,
        title=rule.title,
        says=rule.says,
        school=asked.school,
        pupil=asked.pupil,
        as_at=as_at,
        due=view.due,
        summary=tuple(_summary(view, lens, counted)),
        figures=tuple(_figures(rule, lens.figures(view))),
        first=window[0] if window else None,
        last=window[1] if window else None,
        counted=counted_told(counted),
        not_counted=tuple(_not_counted(view, lens, counted, window)),
        values=tuple(values_of(view.evaluation, rule, asked.school)),
        law=rule.law,
        changes=tuple(lens.changes(view, counted)),
    )


def _view(subject: Subject, about: Span | None) -> View:
    evaluation = subject.judged()
    own = (pl.col("school") == subject.school) & (pl.col("pupil") == subject.pupil)
    row = evaluation.answers[subject.rule.id].filter(own).drop("school", "pupil").row(0, named=True)
    return View(subject, evaluation, row, about, _finding(evaluation, own, about))


def _finding(evaluation: Evaluation, own: pl.Expr, about: Span | None) -> Mapping[str, Any] | None:
    found = list(evaluation.findings.filter(own).sort("first").iter_rows(named=True))
    if about is None:
        return next((one for one in reversed(found) if not one["ended"]), None)
    shared = [(_shared(about, one), one) for one in found]
    best = max(shared, key=lambda both: both[0], default=None)
    return best[1] if best is not None and best[0] > 0 else None


def _shared(about: Span, finding: Mapping[str, Any]) -> int:
    """Days of both."""
    begins, ends = max(about[0], finding["first"]), min(about[1], finding["last"])
    return int((ends - begins + timedelta(days=1)).days)


def _summary(view: View, lens: Lens, counted: Marks) -> Iterator[str]:
    if view.subject.rule.due is not None and view.due is not None:
        yield lens.verdict(view)
    yield from _not_judged(view.row.get("not_judged"))
    if view.gone is not None:
        days = words.span(*view.gone)
        yield f"The case was of {days}. As the register was known, those days no longer bear it."
    yield from lens.summary(view, counted)


def _not_judged(why: Any) -> Iterator[str]:
    """What a rule could not judge, as it says itself."""
    for one in [why] if isinstance(why, str) else why or []:
        yield f"{one[0].upper()}{one[1:]}."


def _figures(rule: Rule, values: Mapping[str, Any]) -> Iterator[Figure]:
    meanings = {field.name: field.doc for field in rule.answer}
    for name, value in values.items():
        yield Figure(name, meanings.get(name, ""), plain(value))


def _not_counted(view: View, lens: Lens, counted: Marks, window: Span | None) -> Iterator[SessionTold]:
    if window is None:
        return
    own = frozenset(counted)
    left = (one for one in sessions_between(view, *window) if one.half_day not in own and lens.matters(view, one))
    yield from not_counted_told(view, left, lens.why(view, counted))
