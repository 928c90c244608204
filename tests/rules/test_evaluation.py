"""The door of the rules: which rules are asked, of how many schools, and the answers as JSON."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from rollbook.rules import catalogue
from rollbook.rules.answers import json_lines
from rollbook.rules.days import build
from rollbook.rules.evaluate import evaluate
from rollbook.rules.problems import NoSuchRule, NotInForce, RegisterProblem
from rollbook.rules.registers import Registers
from rollbook.rules.rule import Reading
from rollbook.rules.thresholds import Settings, laws, policies
from support.rules_cases import looked_at, small

TENTH = date(2026, 9, 18)
TEN = {"2026-09-07..2026-09-18": "O O"}
FIRST_DAYS = {rule.id: rule.first_day for rule in catalogue.RULES.values() if rule.first_day is not None}


def lines(said: Any, names: dict[tuple[int, int], str] | None = None) -> dict[str, dict[str, Any]]:
    return {row["rule"]: row for row in map(json.loads, json_lines(said, names))}


@pytest.mark.parametrize("rule", sorted(FIRST_DAYS))
def test_a_rule_is_not_asked_about_a_day_before_it_was_in_force(rule: str) -> None:
    before = date.fromordinal(FIRST_DAYS[rule].toordinal() - 1)
    with pytest.raises(NotInForce, match=f"{rule} .*{before.isoformat()}"):
        looked_at(before, rules=[rule])


@pytest.mark.parametrize("rule", sorted(FIRST_DAYS))
def test_it_is_from_its_first_day_on(rule: str) -> None:
    assert rule in looked_at(FIRST_DAYS[rule], rules=[rule]).answers


def test_asked_for_all_only_those_in_force_answer() -> None:
    in_force = {rule.id for rule in catalogue.RULES.values() if (rule.first_day or date.min) <= date(2023, 11, 20)}
    assert {"absence", "marks"} < in_force < set(catalogue.RULES)
    to_come = {rule.id for rule in catalogue.RULES.values() if rule.starts is not None}
    assert set(looked_at(date(2023, 11, 20)).answers) == in_force - to_come - {"code"}


def test_a_rule_that_there_is_not_is_refused() -> None:
    with pytest.raises(NoSuchRule, match="astrology"):
        looked_at(TENTH, rules=["astrology"])


def test_a_rule_goes_only_by_values_that_there_are() -> None:
    named = {name for rule in catalogue.RULES.values() for name in rule.settings}
    assert named <= set(laws()) | set(policies())


def test_every_answer_has_the_fields_of_the_catalogue() -> None:
    for rule_id, answer in looked_at(TENTH).answers.items():
        declared = [field.name for field in catalogue.rule(rule_id).answer]
        assert answer.columns == ["school", "pupil", *declared]


def renumbered(register: Registers, school: int) -> Registers:
    """At another school, and another pupil."""
    frames = {one.name: getattr(register, one.name) for one in fields(register)}
    numbers = {"school": pl.lit(school, pl.Int32), "pupil": pl.lit(school, pl.Int64)}
    moved = {
        name: frame.with_columns(**{column: value for column, value in numbers.items() if column in frame.columns})
        for name, frame in frames.items()
        if frame is not None
    }
    return replace(register, **moved)


def test_many_schools_at_once_are_each_judged_as_if_alone() -> None:
    first = renumbered(small(TENTH, marks=TEN), 100001)
    second = renumbered(small(TENTH, marks={"2026-09-10": "N N"}, pupil={"on_roll": date(2026, 9, 8)}), 100002)
    both = replace(
        first,
        **{
            one.name: pl.concat([getattr(first, one.name), getattr(second, one.name)])
            for one in fields(first)
            if getattr(first, one.name) is not None
        },
    )
    together, alone = evaluate(both, TENTH), [evaluate(one, TENTH) for one in (first, second)]
    for rule_id, answer in together.answers.items():
        assert answer.rows() == [row for one in alone for row in one.answers[rule_id].rows()]
    order = ["rule", "school", "pupil", "first"]
    assert together.findings.sort(order).equals(pl.concat([one.findings for one in alone]).sort(order))


def test_a_line_of_json_is_a_pupil_and_a_rule() -> None:
    said = lines(looked_at(TENTH, marks=TEN), {(100000, 1): "p1"})
    begun = {rule.id for rule in catalogue.RULES.values() if rule.judge is not None and rule.starts is None}
    assert set(said) == begun
    keys = {(row["school"], row["pupil"], row["as_at"]) for row in said.values()}
    assert keys == {("100000", "p1", "2026-09-18")}


def test_what_is_due_comes_with_evidence_law_and_settings() -> None:
    row = lines(looked_at(TENTH, marks=TEN))["attendance_return"]
    assert (row["due"], row["run_days"], row["reached_on"]) == (True, 10, "2026-09-18")
    assert row["evidence"][0] == {"date": "2026-09-07", "session": "AM", "code": "O"}
    assert len(row["evidence"]) == 20
    assert {"name": "attendance_return_school_days", "value": 10, "set_by": "law"} in row["settings"]
    assert row["law"] == list(catalogue.rule("attendance_return").law)


def test_the_evidence_of_a_run_that_goes_on_is_all_of_it() -> None:
    marks = {"2026-09-07..2026-09-25": "O O"}
    assert len(lines(looked_at(date(2026, 9, 25), marks=marks))["attendance_return"]["evidence"]) == 30


def test_what_is_not_due_comes_without() -> None:
    assert "evidence" not in lines(looked_at(TENTH))["attendance_return"]


def test_a_rule_that_speaks_twice_of_one_enrolment_is_refused() -> None:
    registers = small(TENTH).checked()
    settings = Settings(TENTH, registers.schools)
    reading = Reading(build(registers, settings), registers, settings)
    twice = pl.DataFrame({"e": [0, 0], "days": [1, 2]}, schema_overrides={"e": pl.UInt32})
    with pytest.raises(RegisterProblem, match="speaks twice of one enrolment"):
        reading.spread(twice)
