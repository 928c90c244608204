"""Answers as JSON lines: the folder form's output, one object for each pupil and rule."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import polars as pl

from rollbook.rules.evaluate import Evaluation
from rollbook.rules.finding import SESSION_NAMES
from rollbook.rules.rule import Rule
from rollbook.rules.thresholds import policies
from rollbook.tables import codes

PupilNames = Mapping[tuple[int, int], str]


def json_lines(evaluation: Evaluation, names: PupilNames | None = None) -> Iterator[str]:
    """One line of JSON for each pupil and rule, whatever the outcome (see `objects`)."""
    for one in objects(evaluation, names):
        yield json.dumps(one, ensure_ascii=False)


def objects(evaluation: Evaluation, names: PupilNames | None = None) -> Iterator[dict[str, Any]]:
    """For each rule and pupil: rule, school, pupil, as_at and the rule's fields; where it is due also `evidence` (the
    sessions that count, with their codes), `law` (references) and `settings` (each with its value and who set it).
    Where it is neither due nor not due, `not_judged` says why. Of a window `from` is its first day, `as_at` its last.

    `names`: what the file calls the pupil with that number at that school; without it the number itself is given.
    """
    for rule_id, answer in evaluation.answers.items():
        rule = evaluation.rules[rule_id]
        listed = _listed(evaluation.evidence[rule_id])
        for row in answer.iter_rows(named=True):
            key = (row.pop("school"), row.pop("pupil"))
            fields = {name: plain(value) for name, value in row.items()} | _off(rule, row)
            found = rule.by_name.shown(row) if rule.by_name else {}
            found |= {"rule": rule_id, "school": str(key[0]), "pupil": (names or {}).get(key, str(key[1]))}
            if evaluation.first is not None:
                found["from"] = evaluation.first.isoformat()
            yield (
                found | {"as_at": evaluation.as_at.isoformat()} | fields | _grounds(evaluation, rule, row, key, listed)
            )


def why_not_judged(due: str | None, answer: Mapping[str, Any]) -> str | None:
    """Why an object is no answer, or None where it is one. `due`: the field of its rule that says that it is due."""
    if due is not None and answer[due] is not None:
        return None
    reason = answer.get("not_judged")
    if due is None:  # a list is of what could not be judged beside what was
        return reason if isinstance(reason, str) else None
    return str(reason) if reason else "it cannot be said of this pupil"


def _off(rule: Rule, row: Mapping[str, Any]) -> dict[str, str]:
    if rule.off_without is None or rule.due is None or row[rule.due] is not None:
        return {}
    who = " or ".join(policies()[rule.off_without].set_by)
    return {"not_judged": f"the {who} asks for none: {rule.off_without} is not set"}


def _grounds(
    evaluation: Evaluation, rule: Rule, row: Mapping[str, Any], key: tuple[int, int], listed: Mapping[Any, Any]
) -> dict[str, Any]:
    if rule.due is None or not row[rule.due]:
        return {}
    settings = evaluation.settings.cited(key[0], rule.rests_on(row.get("case_type")))
    return {"evidence": listed.get(key, []), "law": list(rule.law), "settings": settings}


def _listed(evidence: pl.DataFrame) -> dict[tuple[int, int], list[dict[str, str]]]:
    found: dict[tuple[int, int], list[dict[str, str]]] = {}
    for school, pupil, day, session, code in evidence.iter_rows():
        one = {"date": day.isoformat(), "session": SESSION_NAMES[session], "code": codes.letter(code)}
        found.setdefault((school, pupil), []).append(one)
    return found


def plain(value: Any) -> Any:
    """A value as JSON has it: a day as ISO text."""
    return value.isoformat() if isinstance(value, date) else value
