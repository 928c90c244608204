"""What each rule found at a school, and of how much of it there is no case: with why, and how to see more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

import polars as pl

from rollbook.cases.case import Case
from rollbook.rules.evaluate import Evaluation


def due(evaluation: Evaluation) -> dict[str, int]:
    """For how many pupils each rule that can be due is so."""
    return {name: rows.height for name, rows in _due_rows(evaluation).items()}


def without_case(evaluation: Evaluation, cases: Iterable[Case], first_judged: date) -> tuple[str, ...]:
    """A note of the pupils for whom something is found and who have no case of it, for each reason.

    cases: of the school. first_judged: its first judged day.
    """
    known = {(case.kind, case.pupil) for case in cases}
    borne = set(evaluation.findings.select("rule", "pupil").unique().rows())
    past, never = Counter[str](), Counter[str]()
    for rule, rows in _due_rows(evaluation).items():
        for pupil in rows["pupil"].unique():
            if (rule, pupil) not in known:
                (past if (rule, pupil) in borne else never)[rule] += 1
    said = []
    if past:
        why = f"it was over before {first_judged.isoformat()}, the first day judged, and nothing is told of it now"
        said.append(_said(past, why))
    if never:
        said.append(_said(never, "of this none is opened as yet"))
    return tuple(said)


def _said(counts: Counter[str], why: str) -> str:
    told = ", ".join(f"{rule} {number}" for rule, number in sorted(counts.items()))
    return (
        f"Found, and no case is made of it: {told}; {why}. "
        f"`rollbook explain --pupil NUMBER --rule {min(counts)}` says more of a pupil."
    )


def _due_rows(evaluation: Evaluation) -> dict[str, pl.DataFrame]:
    found = {}
    for name, answer in evaluation.answers.items():
        column = evaluation.rules[name].due
        if column is not None:
            yes = pl.col(column) if answer.schema[column] == pl.Boolean else pl.col(column) > 0
            found[name] = answer.filter(yes.fill_null(value=False))
    return found
