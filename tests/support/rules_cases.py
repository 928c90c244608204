"""Small registers for tests of the rules, said as worked cases are: a calendar, a pupil, marks."""

from __future__ import annotations

from datetime import date
from typing import Any

from rollbook.rules.case_register import case_settings, register
from rollbook.rules.evaluate import Evaluation, evaluate
from rollbook.rules.registers import Registers

# Autumn 2026: school from Thursday 3 September, half term in the last week of October.
CALENDAR: dict[str, Any] = {"terms": ["2026-09-03..2026-12-18"], "closed": ["2026-10-26..2026-10-30"]}
# Around 19 August 2024, the day on which much of the law began.
SUMMER_2024: dict[str, Any] = {"terms": ["2024-06-03..2024-07-19", "2024-09-03..2024-12-20"], "closed": []}
PRESENT, ABSENT = "/ \\", "O O"


def small(as_at: date, **case: Any) -> Registers:
    """The register of a case whose calendar is `days`, else CALENDAR, as known on a day. Unlisted sessions are
    present.
    """
    return register(_case(case), as_at, {"a": case.get("days", CALENDAR)})


def looked_at(as_at: date, *, rules: list[str] | None = None, **case: Any) -> Evaluation:
    """What the rules say of it."""
    return evaluate(small(as_at, **case), as_at, local=case_settings(_case(case)), rules=rules)


def answer(rule: str, as_at: date, **case: Any) -> dict[str, Any]:
    """One rule's fields, of the one pupil."""
    row = looked_at(as_at, rules=[rule], **case).answers[rule].row(0, named=True)
    return {name: value for name, value in row.items() if name not in ("school", "pupil")}


def _case(case: dict[str, Any]) -> dict[str, Any]:
    pupil = {"on_roll": date(2026, 9, 3)} | case.get("pupil", {})
    said = {name: value for name, value in case.items() if name != "days"}
    return {"id": "small", "calendar": "a"} | said | {"pupil": pupil}
