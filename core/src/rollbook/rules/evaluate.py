"""The door of this room: what the rules say of some registers on a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from rollbook.rules import catalogue
from rollbook.rules.days import build
from rollbook.rules.problems import NotInForce, NoWindow, RegisterProblem, RuleFailed
from rollbook.rules.registers import Registers
from rollbook.rules.rule import Judged, Reading, Rule
from rollbook.rules.thresholds import LocalSettings, Settings
from rollbook.tables.schemas import FINDINGS, empty


@dataclass(frozen=True)
class Evaluation:
    """What the rules say on `as_at`.

    answers: for each rule a table with school, pupil and the rule's fields, a row for each pupil of each school,
    sorted by both. findings: rows of `FINDINGS`, of all rules. evidence: for each rule the sessions that count (school,
    pupil, date, session, code), of those for whom it is due. settings: the values the rules went by. rules: those that
    answered. failed: rules of third parties that did not, with why: they judged nothing.
    first: where a window was asked for, its first day; `as_at` is then its last.
    """

    as_at: date
    answers: Mapping[str, pl.DataFrame]
    findings: pl.DataFrame
    evidence: Mapping[str, pl.DataFrame]
    settings: Settings
    rules: Mapping[str, Rule] = field(default_factory=lambda: catalogue.RULES)
    failed: Mapping[str, str] = field(default_factory=dict)
    first: date | None = None


def evaluate(
    registers: Registers,
    as_at: date,
    *,
    local: LocalSettings | None = None,
    rules: Sequence[str] | None = None,
    known: Mapping[str, Rule] = catalogue.RULES,
    first: date | None = None,
) -> Evaluation:
    """What `rules` (None: all of `known` that were in force) say of the registers at the end of the day `as_at`.

    The registers are taken as known: marks, roll and calendar as they stood when the day is to be judged. Raises
    `RegisterProblem` (they cannot be read), `NoSuchRule`, `NotInForce` (a rule was named that was not yet in force).

    first: look at the days from this one to `as_at`, both included, instead of at the school year to date; only rules
    that have a `between` do that, and nothing is due of a window. Raises `NoWindow` when another was named, or `first`
    is after `as_at`.
    """
    settings = Settings(as_at, registers.schools, local)
    chosen = _chosen(rules, settings, known)
    if first is not None:
        chosen = _windowed(chosen, first, as_at, named=rules is not None)
    registers = registers.checked()
    if not chosen:  # the day may be older than the laws by which any register is read
        return Evaluation(as_at, {}, empty(FINDINGS), {}, settings, {})
    reading = Reading(build(registers, settings), registers, settings)
    keys = reading.days.enrolments.select("school", "pupil")
    judged, failed = _judge_all(chosen, reading, first)
    findings = [one.findings for one in judged.values() if len(one.findings)]
    return Evaluation(
        as_at=as_at,
        answers={name: pl.concat([keys, one.answer], how="horizontal") for name, one in judged.items()},
        findings=pl.concat(findings) if findings else empty(FINDINGS),
        evidence={name: one.evidence for name, one in judged.items()},
        settings=settings,
        rules={rule.id: rule for rule in chosen if rule.id in judged},
        failed=failed,
        first=first,
    )


def _windowed(chosen: Sequence[Rule], first: date, last: date, *, named: bool) -> list[Rule]:
    if first > last:
        raise NoWindow(f"the window ends on {last.isoformat()}, before it begins on {first.isoformat()}")
    able = [rule for rule in chosen if rule.between is not None]
    if named and len(able) < len(chosen):
        other = next(rule.id for rule in chosen if rule.between is None)
        can = ", ".join(rule.id for rule in catalogue.RULES.values() if rule.between is not None)
        raise NoWindow(f"the rule {other} has its own days and looks at no window; those that do are {can}")
    for rule in able:
        rule.check_in_force(first)
    return able


def _judge_all(
    chosen: Sequence[Rule], reading: Reading, first: date | None
) -> tuple[dict[str, Judged], dict[str, str]]:
    judged, failed = {}, {}
    for rule in chosen:
        try:
            judged[rule.id] = _judge(rule, reading, first)
        except RuleFailed as failure:
            failed[rule.id] = failure.sentence
    return judged, failed


def _chosen(rules: Sequence[str] | None, settings: Settings, known: Mapping[str, Rule]) -> list[Rule]:
    if rules is None:
        return [rule for rule in known.values() if rule.judge is not None and _in_force(rule, settings)]
    chosen = [catalogue.rule(name, known) for name in rules]
    for rule in chosen:
        rule.check_in_force(settings.as_at, settings)
    return [rule for rule in chosen if rule.judge is not None]


def _in_force(rule: Rule, settings: Settings) -> bool:
    try:
        rule.check_in_force(settings.as_at, settings)
    except NotInForce:
        return False
    return True


def _judge(rule: Rule, reading: Reading, first: date | None) -> Judged:
    """What a rule says, of a window or of the day, after a look at whether it kept to its own entry."""
    assert rule.judge is not None
    of_window = rule.between if first is not None else None
    judged = Judged(of_window(reading, first)) if of_window and first else rule.judge(reading)
    wanted = {field.name: field.dtype for field in rule.answer}
    if dict(judged.answer.schema) != wanted or len(judged.answer) != len(reading.days.enrolments):
        raise RegisterProblem(f"the rule {rule.id} does not answer as its entry in the catalogue says")
    return judged
