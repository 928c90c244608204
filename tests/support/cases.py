"""Findings and cases written by their first and last day, in the autumn term of `support.registers`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

import polars as pl

from rollbook.cases.case import Case, Change
from rollbook.cases.match import match
from rollbook.tables.schemas import FINDINGS, conform
from support.registers import SCHOOL, day, school_days

KIND = "attendance_return"
TEN = 10


def finding(first: str, last: str, *, pupil: int = 1, ended: bool = False, code: str = "O") -> dict[str, object]:
    """A run of whole days from `first` to `last`, met on its tenth school day."""
    days = [d for d in school_days() if day(first) <= d <= day(last)]
    reached = days[TEN - 1]
    evidence = [
        {"date": str(d), "session": session, "code": code} for d in days if d <= reached for session in ("AM", "PM")
    ]
    return {
        "rule": KIND,
        "school": SCHOOL,
        "pupil": pupil,
        "first": day(first),
        "last": day(last),
        "reached": reached,
        "ended": ended,
        "figures": json.dumps({"run_days": len(days)}),
        "evidence": json.dumps(evidence),
        "settings": "[]",
        "law": '["SI 2024/208, reg 13"]',
    }


def findings(*rows: dict[str, object]) -> pl.DataFrame:
    columns = {name: [row[name] for row in rows] for name in FINDINGS}
    return conform(pl.DataFrame(columns), FINDINGS) if rows else pl.DataFrame(schema=FINDINGS)


def matched(
    cases: Sequence[Case],
    *rows: dict[str, object],
    as_at: str = "2026-12-18",
    first_judged: str = "2026-09-03",
    horizon: str = "2025-08-01",
    **more: object,
) -> list[Change]:
    return match(
        cases,
        findings(*rows),
        school=SCHOOL,
        as_at=day(as_at),
        first_judged=day(first_judged),
        school_days=school_days(),
        horizon=day(horizon),
        **more,  # type: ignore[arg-type]
    )


def kept(cases: Sequence[Case], changes: Sequence[Change]) -> list[Case]:
    """The cases as the host keeps them after the changes."""
    by_key = {case.key: case for case in cases} | {change.case.key: change.case for change in changes}
    return list(by_key.values())


def after(*nights: Sequence[dict[str, object]]) -> list[Case]:
    """The cases after several nights of findings."""
    cases: list[Case] = []
    for rows in nights:
        cases = kept(cases, matched(cases, *rows))
    return cases


def what(changes: Sequence[Change]) -> list[tuple[str, int]]:
    """What became of which episode."""
    return [(change.what.value, change.case.episode) for change in changes]


def span(case: Case) -> tuple[date, date]:
    return (case.first, case.last)
