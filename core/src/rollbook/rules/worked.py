"""Worked cases: a small register, the day it is looked at, and what the rules must then say (docs/rules.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import polars as pl

from rollbook.rules import catalogue, code
from rollbook.rules.absence import with_rates
from rollbook.rules.case_register import MAIN_SCHOOL, PUPIL, Calendars, case_settings, register
from rollbook.rules.evaluate import evaluate
from rollbook.rules.problems import CaseMalformed, RulesProblem
from rollbook.rules.thresholds import Settings


class Outcome(StrEnum):
    """What became of a check of a worked case."""

    PASSED = "passed"
    DIFFERS = "differs"
    NOT_RUN = "not run"


@dataclass(frozen=True)
class Result:
    """One rule of one check: `expected` and `found` hold the fields that differ (all of them, when it passed).

    `reason` says why it was not run, or what went wrong.
    """

    case: str
    as_at: date | None
    rule: str
    outcome: Outcome
    expected: Mapping[str, Any]
    found: Mapping[str, Any]
    reason: str = ""


Vendors = Mapping[str, Mapping[str, str]]


def run_case(case: Mapping[str, Any], calendars: Calendars, vendors: Vendors | None = None) -> list[Result]:
    """What became of each rule of each check of a case, in order.

    case: as read from YAML. calendars: by name, likewise. vendors: tables of marks that a case about one mark may name.
    A rule that the catalogue does not have is "not run: no such rule yet". Raises `CaseMalformed`.
    """
    if not isinstance(case.get("checks"), list) or "id" not in case:
        raise CaseMalformed("a worked case has an id and a list of checks")
    return [result for check in case["checks"] for result in _run_check(case, check, calendars, vendors or {})]


def _run_check(
    case: Mapping[str, Any], check: Mapping[str, Any], calendars: Calendars, vendors: Vendors
) -> Iterator[Result]:
    as_at, expect = check.get("as_at"), check.get("expect")
    if type(as_at) is not date or not isinstance(expect, Mapping):
        raise CaseMalformed(f"{case['id']}: a check has an as_at (a day) and what to expect")
    known = [name for name in expect if name in catalogue.RULES]
    try:
        found = _answers(case, as_at, known, calendars, vendors)
    except CaseMalformed:
        raise
    except RulesProblem as problem:
        found = dict.fromkeys(known, problem.sentence)
    for name, wanted in expect.items():
        fields = wanted if isinstance(wanted, Mapping) else {name: wanted}
        yield _compare(str(case["id"]), as_at, str(name), fields, found.get(name))


def _compare(case: str, as_at: date, rule: str, wanted: Mapping[str, Any], found: Any) -> Result:
    if rule not in catalogue.RULES:
        return Result(case, as_at, rule, Outcome.NOT_RUN, wanted, {}, "no such rule yet")
    if not isinstance(found, Mapping):
        return Result(case, as_at, rule, Outcome.DIFFERS, wanted, {}, str(found))
    by_name = catalogue.RULES[rule].by_name
    if by_name is not None:
        found = dict.fromkeys(wanted, by_name.otherwise) | dict(found) | by_name.shown(found)
    missing = [field for field in wanted if field not in found]
    if missing:
        reason = f"it has no figure for {', '.join(missing)}"
        return Result(case, as_at, rule, Outcome.DIFFERS, wanted, dict(found), reason)
    differs = [field for field, value in wanted.items() if not _same(value, found[field])]
    shown = differs or list(wanted)
    outcome = Outcome.DIFFERS if differs else Outcome.PASSED
    return Result(
        case, as_at, rule, outcome, {name: wanted[name] for name in shown}, {name: found[name] for name in shown}
    )


def _same(wanted: Any, found: Any) -> bool:
    """1 and true are not the same answer."""
    return bool(wanted == found) and isinstance(wanted, bool) == isinstance(found, bool)


def _answers(
    case: Mapping[str, Any], as_at: date, rules: Sequence[str], calendars: Calendars, vendors: Vendors
) -> dict[str, Any]:
    if "counts" in case:
        return _of_counts(case, as_at, rules)
    if "code" in case:
        return _of_mark(case, rules, vendors)
    if not rules:
        return {}
    said = evaluate(register(case, as_at, calendars), as_at, local=case_settings(case), rules=rules)
    own = (pl.col("school") == MAIN_SCHOOL) & (pl.col("pupil") == PUPIL)
    return {name: answer.filter(own).row(0, named=True) for name, answer in said.answers.items()}


def _of_counts(case: Mapping[str, Any], as_at: date, rules: Sequence[str]) -> dict[str, Any]:
    """A case about arithmetic alone: only the rates can be asked for."""
    counts = case["counts"]
    figures = pl.DataFrame({"possible": [counts["possible"]], "authorised": [counts["absent"]], "unauthorised": [0]})
    for name in rules:
        catalogue.rule(name).check_in_force(as_at)
    rated = with_rates(figures, Settings(as_at, pl.DataFrame(schema={"school": pl.Int32, "la": pl.String})))
    row = rated.row(0, named=True)
    return {name: {key: row[key] for key in ("possible", "rate", "persistent", "severe")} for name in rules}


def _of_mark(case: Mapping[str, Any], rules: Sequence[str], vendors: Vendors) -> dict[str, Any]:
    mark = case["code"]
    vendor = mark.get("vendor")
    if vendor is not None and vendor not in vendors:
        raise RulesProblem(f"no table of the marks of vendor {vendor!r} is to hand")
    answer = code.answer(str(mark["raw"] or ""), mark["date"], vendors.get(vendor) if vendor else None)
    return {name: answer for name in rules if name == "code"}
