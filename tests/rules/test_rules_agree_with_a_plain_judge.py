"""The rules, on sorted columns, and a plain judge, day by day, say the same of thousands of made-up pupils."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from rollbook.rules.evaluate import evaluate
from rollbook.rules.thresholds import LocalSettings
from support import oracle
from support.judged import judged_on, look_until
from support.random_registers import RandomRegister, registers

JUDGED = ["absence", "marks", "attendance_return", "unexplained", "compulsory_age"]


@judged_on(registers(), few=30, full=70)
def test_every_answer_is_that_of_the_plain_judge(register: RandomRegister) -> None:
    local = LocalSettings(trust={"attendance_watched_per_mille": oracle.WATCHED})
    said = evaluate(register.tables(), register.as_at, rules=JUDGED, local=local)
    found: dict[tuple[int, int], dict[str, object]] = {key: {} for key in register.pupils}
    for rule, answers in said.answers.items():
        for row in answers.iter_rows(named=True):
            found[row.pop("school"), row.pop("pupil")][rule] = row
    expected = {
        (urn, number): oracle.judge(register.schools[urn], pupil, register.as_at)
        for (urn, number), pupil in register.pupils.items()
    }
    assert found == expected


@judged_on(registers(), few=15, full=40)
def test_every_run_that_ever_reached_ten_days_is_a_finding(register: RandomRegister) -> None:
    said = evaluate(register.tables(), max(register.as_at, oracle.REGULATIONS), rules=["attendance_return"])
    found: dict[tuple[int, int], list[object]] = {key: [] for key in register.pupils}
    for row in said.findings.iter_rows(named=True):
        figures = json.loads(row["figures"])
        days = {key: row[key] for key in ("first", "last", "reached", "ended")}
        found[row["school"], row["pupil"]].append(days | {"last_attended": figures["last_attended"]})
    expected = {
        (urn, number): [
            run | {"last_attended": came and came.isoformat()}
            for run in oracle.returns_ever_due(register.schools[urn], pupil, said.as_at)
            for came in [oracle.last_came(register.schools[urn], pupil, run["first"])]
        ]
        for (urn, number), pupil in register.pupils.items()
    }
    assert found == expected


@pytest.mark.slow
def test_the_made_up_registers_are_rich_enough_to_tell_the_judges_apart() -> None:
    seen: Counter[str] = Counter()

    def look(register: RandomRegister) -> None:
        for (urn, _), pupil in register.pupils.items():
            said = oracle.judge(register.schools[urn], pupil, register.as_at)
            seen.update(
                due=bool(said["attendance_return"]["due"]),
                ended=any(
                    run["ended"] for run in oracle.returns_ever_due(register.schools[urn], pupil, register.as_at)
                ),
                persistent=said["absence"]["persistent"] is False,
                overdue=bool(said["unexplained"]["overdue"]),
                invalid=bool(said["marks"]["invalid"]),
                young=not said["compulsory_age"]["compulsory_age"],
                again=len(pupil.spells) > 1,
            )

    look_until(lambda: min(seen.values(), default=0) >= 10, registers(), look)
    assert min(seen.values()) >= 10, seen
