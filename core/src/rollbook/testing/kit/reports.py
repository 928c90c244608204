"""Reports of the regular feed that the checks hand over. Nobody in them exists."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from rollbook.contract.regular import Regular, Report
from rollbook.testing.kit.contents import SCHOOL

MONDAY, NEXT_MONDAY = date(2026, 10, 5), date(2026, 10, 12)
FIGURES = ("pupils", "possible", "attended", "authorised", "unauthorised")
SMALL_WEEK = (
    {"cohort": "all"} | dict(zip(FIGURES, (30, 291, 280, 7, 4), strict=True)),
    {"year_group": 3} | dict(zip(FIGURES, (4, 37, 31, 5, 1), strict=True)),
    {"year_group": 4} | dict(zip(FIGURES, (26, 254, 249, 2, 3), strict=True)),
    {"cohort": "fsm"} | dict(zip(FIGURES, (27, 263, 253, 6, 4), strict=True)),
)
"""A week of which only all pupils may be told: year 3 is small, year 4 leaves it, and the cohort leaves three."""


def report(kind: Regular, day: date = MONDAY, revision: int = 1) -> Report:
    """A report; another revision of it says something else."""
    content: dict[str, Any] = {"as_of": f"2026-10-16T19:0{revision}:00Z"}
    return Report(kind, SCHOOL, day, revision, {**content, **_SAYS[kind](revision)})


def _day(revision: int) -> Mapping[str, Any]:
    registers = [{"session": half, "expected": 30, "recorded": 20 + revision} for half in ("AM", "PM")]
    return {"last_sync_ok": "2026-10-16T19:00:00Z", "registers": registers}


def _week(revision: int) -> Mapping[str, Any]:
    groups: list[dict[str, Any]] = [{"cohort": "all"}, {"year_group": 3}, {"year_group": 4}]
    return {"rows": [group | _figures(pupils, revision) for group, pupils in zip(groups, (30, 14, 16), strict=True)]}


def _figures(pupils: int, late: int) -> dict[str, int]:
    return dict(zip(FIGURES, (pupils, pupils * 10, pupils * 10 - 3 - late, 3, late), strict=True))


def _sessions(revision: int) -> Mapping[str, Any]:
    codes = ("/", "I") if revision == 1 else ("L", "O")
    return {"marks": [{"pupil": str(2**62 + n), "session": "AM", "code": code} for n, code in enumerate(codes)]}


_SAYS = {Regular.DAY: _day, Regular.WEEK: _week, Regular.SESSIONS: _sessions}
