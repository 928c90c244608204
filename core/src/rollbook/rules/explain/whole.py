"""The door: why a rule says what it says of one pupil on a day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from rollbook.rules import catalogue
from rollbook.rules.answers import plain
from rollbook.rules.explain import words
from rollbook.rules.explain.chosen import view_of, when_met
from rollbook.rules.explain.days_told import counted_told, not_counted_told, sessions_between
from rollbook.rules.explain.explanation import Change, Explanation, Figure, SessionTold
from rollbook.rules.explain.lens import Lens
from rollbook.rules.explain.lenses import ANY_RULE, lens_of
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
    view = view_of(subject, asked.about)
    lens = _lens(view)
    counted, window = lens.counted(view), lens.window(view)
    return Explanation(
        rule=rule.id,
        title=rule.title,
        says=rule.says,
        school=asked.school,
        pupil=asked.pupil,
        as_at=as_at,
        due=_due(view),
        summary=tuple(_summary(view, lens, counted)),
        figures=tuple(_figures(view, lens)),
        first=window[0] if window else None,
        last=window[1] if window else None,
        counted=tuple(counted_told(view, counted, lens.remarks(view, counted))),
        not_counted=tuple(_not_counted(view, lens, counted, window)),
        values=tuple(values_of(view.known.evaluation, rule, asked.school)),
        law=rule.law,
        changes=tuple(_changes(view, lens, counted)),
    )


def _lens(view: View) -> Lens:
    """A finding of which the rule, asked about its own days, says nothing any more stands by itself."""
    return lens_of(view.subject.rule.id) if view.now is not None or not view.over else ANY_RULE


def _due(view: View) -> bool | None:
    """Of a case, whether it stands."""
    return view.known.due if view.now is None and not view.over else False


def _changes(view: View, lens: Lens, counted: Marks) -> Iterator[Change]:
    """Of what has ended, only what would have undone it: nothing to come is its own."""
    if view.now is None:
        yield from lens.changes(view, counted)
    elif view.finding is not None:
        met, day = when_met(view), words.day(view.finding["reached"])
        found = [one for one in lens.changes(met, lens.counted(met)) if one.what == "undo"]
        yield from (replace(one, text=_of_then(one.text, day)) for one in found)


def _of_then(text: str, day: str) -> str:
    """Of a case that has ended, in the past."""
    text = text.replace("it would no longer be due", f"it would not have been met on {day}")
    return text.replace("with fewer it stands", "with fewer it was")


def _summary(view: View, lens: Lens, counted: Marks) -> Iterator[str]:
    yield from _verdict(view, lens)
    yield from _not_judged(view.row.get("not_judged"))
    yield from lens.summary(view, counted)
    yield from _today(view)


def _verdict(view: View, lens: Lens) -> Iterator[str]:
    if view.gone is not None:
        days = words.span(*view.gone)
        yield f"The case was of {days}. As the register was known, those days no longer bear it."
    elif view.over and view.finding is not None:
        last = words.day(view.known.finding["last"] if view.known.finding else view.finding["last"])
        yield f"It was met, and has ended: its last day was {last}."
    elif view.subject.rule.due is not None and view.due is not None:
        yield lens.verdict(view)


def _today(view: View) -> Iterator[str]:
    """What the rule says on the day asked for, where that is not what the case is about."""
    now = view.known
    if not (view.over or view.gone is not None) or now.due is None:
        return
    other = "by another stretch of days than this case's" if now.another_stands() else "though these days are over"
    answer = f"it is due, {other}" if now.due else "it is not due"
    yield f"On {words.day(now.as_at)} the rule's own answer is: {answer}."


def _not_judged(why: Any) -> Iterator[str]:
    """What a rule could not judge, as it says itself."""
    for one in [why] if isinstance(why, str) else why or []:
        name, _, reason = one.partition(": not judged: ")
        if reason:
            one = f"{words.name(name)} is not judged: {reason}"
        yield f"{one[0].upper()}{one[1:]}."


def _figures(view: View, lens: Lens) -> Iterator[Figure]:
    """Of a case that has ended, those of its own days, without an answer that was of then."""
    rule, values = view.subject.rule, dict(lens.figures(view))
    if view.over or view.gone is not None:
        values.pop(rule.due or "", None)
    meanings = {field.name: field.doc for field in rule.answer}
    for name, value in values.items():
        yield Figure(name, meanings.get(name, ""), plain(value))


def _not_counted(view: View, lens: Lens, counted: Marks, window: Span | None) -> Iterator[SessionTold]:
    if window is None:
        return
    own = frozenset(counted)
    left = (one for one in sessions_between(view.known, *window) if one.half_day not in own and lens.matters(view, one))
    yield from not_counted_told(view, left, lens.why(view, counted))
