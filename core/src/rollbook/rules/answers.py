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
from rollbook.tables import codes

PupilNames = Mapping[tuple[int, int], str]


def json_lines(evaluation: Evaluation, names: PupilNames | None = None) -> Iterator[str]:
    """One line of JSON for each pupil and rule, whatever the outcome (see `objects`)."""
    for one in objects(evaluation, names):
        yield json.dumps(one, ensure_ascii=False)


def objects(evaluation: Evaluation, names: PupilNames | None = None) -> Iterator[dict[str, Any]]:
    """For each rule and pupil: rule, school, pupil, as_at and the rule's fields; where it is due also `evidence` (the
    sessions that count, with their codes), `law` (references) and `settings` (each with its value and who set it).

    `names`: what the file calls the pupil with that number at that school; without it the number itself is given.
    """
    for rule_id, answer in evaluation.answers.items():
        rule = evaluation.rules[rule_id]
        listed = _listed(evaluation.evidence[rule_id])
        for row in answer.iter_rows(named=True):
            key = (row.pop("school"), row.pop("pupil"))
            fields = {name: plain(value) for name, value in row.items()}
            found = rule.by_name.shown(row) if rule.by_name else {}
            found |= {"rule": rule_id, "school": str(key[0]), "pupil": (names or {}).get(key, str(key[1]))}
            yield (
                found | {"as_at": evaluation.as_at.isoformat()} | fields | _grounds(evaluation, rule, row, key, listed)
            )


def _grounds(
    evaluation: Evaluation, rule: Rule, row: Mapping[str, Any], key: tuple[int, int], listed: Mapping[Any, Any]
) -> dict[str, Any]:
    if rule.due is None or not row[rule.due]:
        return {}
    settings = evaluation.settings.cited(key[0], rule.settings)
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
