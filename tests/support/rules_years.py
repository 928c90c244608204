"""Small registers over the turn of a school year, said as worked cases are, on the worked cases' own calendars.

Calendar `a`: terms from 3 September 2025 to 21 July 2026, and from 3 September 2026 (the Tuesday and Wednesday before
are closed) to 18 December; half terms in the weeks of 27 October 2025, 16 February, 25 May and 26 October 2026.
Calendar `b`: the autumn of 2026 alone, its half term a week earlier. Unless a case says otherwise the pupil is on the
roll from 3 September 2025, and present.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from rollbook.rules.case_register import MAIN_SCHOOL, PUPIL, Calendars, case_settings, register
from rollbook.rules.evaluate import Evaluation, evaluate
from rollbook.rules.registers import Registers

FOLDER = Path(__file__).parents[1] / "rules" / "worked" / "calendars"


@cache
def calendars() -> Calendars:
    return {file.stem: yaml.safe_load(file.read_text(encoding="utf-8")) for file in FOLDER.glob("*.yaml")}


def registers(as_at: date, **case: Any) -> Registers:
    return register(_whole(case), as_at, calendars())


def looked_at(as_at: date, rule: str, **case: Any) -> Evaluation:
    """What one rule says. `elsewhere`: marks of schools that are not here, as a register has them."""
    elsewhere = case.pop("elsewhere", None)
    known = replace(registers(as_at, **case), elsewhere=elsewhere)
    return evaluate(known, as_at, local=case_settings(_whole(case)), rules=[rule])


def answer(rule: str, as_at: date, **case: Any) -> dict[str, Any]:
    """The rule's fields, of the pupil at the school looked at."""
    own = (pl.col("school") == MAIN_SCHOOL) & (pl.col("pupil") == PUPIL)
    row = looked_at(as_at, rule, **case).answers[rule].filter(own).row(0, named=True)
    return {name: value for name, value in row.items() if name not in ("school", "pupil")}


def findings(rule: str, as_at: date, **case: Any) -> list[dict[str, Any]]:
    """The findings at the school looked at, with figures and evidence read from their JSON."""
    rows = looked_at(as_at, rule, **case).findings.filter(pl.col("school") == MAIN_SCHOOL).to_dicts()
    return [row | {name: json.loads(row[name]) for name in ("figures", "evidence", "settings")} for row in rows]


def _whole(case: dict[str, Any]) -> dict[str, Any]:
    return {"id": "years", "calendar": "a"} | case
