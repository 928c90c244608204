"""What the rules of returns, notices and statistics say, and what a plain judge says, day by day, of made-up pupils."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest

from rollbook.rules.evaluate import Evaluation, evaluate
from support import oracle_notices, oracle_roll, oracle_years
from support.judged import judged_on, look_until
from support.oracle import REGULATIONS
from support.random_registers import RandomRegister, registers

JUDGED = [
    *("statistics", "irregular", "sickness_return", "new_pupil_return", "deletion_return"),
    *("penalty_notice", "notice_ladder", "ground_review"),
]
Key = tuple[int, int]


def judge(register: RandomRegister, key: Key) -> dict[str, dict[str, object]]:
    school, pupil, as_at = register.schools[key[0]], register.pupils[key], register.as_at
    local = register.authority
    days = local.get("new_pupil_return_due_days", 5)
    with_n = local.get("penalty_counts_unexplained", True)
    notices = register.notices.get(key[1], [])
    steps = oracle_notices.ladder(notices, as_at)
    return {
        "statistics": oracle_years.statistics(school, pupil, as_at),
        "irregular": oracle_years.irregular(school, pupil, as_at, local.get("irregular_sessions")),
        "sickness_return": oracle_years.sickness(school, pupil, as_at),
        "new_pupil_return": oracle_roll.new_pupil_return(school, pupil, as_at, days),
        "deletion_return": oracle_roll.deletion_return(school, pupil, as_at),
        "penalty_notice": oracle_notices.penalty_notice(
            school, pupil, register.child(*key), as_at, notices, with_n=with_n
        ),
        "notice_ladder": {**steps},
        "ground_review": {**oracle_roll.ground_review(school, pupil, as_at), "not_judged": None},
    }


def answers(said: Evaluation) -> Iterator[tuple[Key, str, dict[str, Any]]]:
    for rule, table in said.answers.items():
        for row in table.iter_rows(named=True):
            yield (row.pop("school"), row.pop("pupil")), rule, row


@judged_on(registers(), few=20, full=50)
def test_every_answer_is_that_of_the_plain_judge(register: RandomRegister) -> None:
    said = evaluate(register.tables(), register.as_at, local=register.local, rules=JUDGED)
    found: dict[Key, dict[str, dict[str, Any]]] = {key: {} for key in register.pupils}
    for key, rule, row in answers(said):
        found[key][rule] = {one["parent"]: one["notice"] for one in row["parents"]} if "parents" in row else row
    assert found == {key: judge(register, key) for key in register.pupils}


@judged_on(registers(), few=8, full=15)
def test_the_sessions_of_each_code_are_those_that_the_plain_judge_reads(register: RandomRegister) -> None:
    said = evaluate(register.tables(), register.as_at, rules=["absence_by_code", "absence", "marks"])
    found: dict[Key, dict[str, Any]] = {key: {} for key in register.pupils}
    for key, _, row in answers(said):
        found[key] |= row
    for key, row in found.items():
        read = oracle_years.by_code(register.schools[key[0]], register.pupils[key], register.as_at)
        gaps = {"not_recorded": "not recorded", "invalid": "invalid", "lossy": "lossy"}
        letters = said.answers["absence_by_code"].columns[2:]
        assert {letter: row[letter] for letter in letters if row[letter]} == {
            letter: n for letter, n in read.items() if letter not in gaps.values()
        }
        assert row["possible"] == row["attended"] + row["authorised"] + row["unauthorised"]
        assert sum(row[letter] for letter in letters) + sum(row[gap] for gap in gaps) == sum(read.values())


def spans(said: Evaluation, rule: str, key: Key, *figures: str) -> list[tuple[Any, ...]]:
    """The findings of a rule about one pupil: first, last, reached, ended, and these of their figures."""
    rows = said.findings.filter((pl.col("rule") == rule) & (pl.col("school") == key[0]) & (pl.col("pupil") == key[1]))
    return sorted(
        (
            row["first"],
            row["last"],
            row["reached"],
            row["ended"],
            *(json.loads(row["figures"])[name] for name in figures),
        )
        for row in rows.iter_rows(named=True)
    )


def plain(rows: list[dict[str, Any]], *more: str) -> list[tuple[Any, ...]]:
    return sorted(tuple(row[name] for name in ("first", "last", "reached", "ended", *more)) for row in rows)


@judged_on(registers(), few=15, full=35)
def test_every_finding_is_one_of_the_plain_judge_and_none_is_missing(register: RandomRegister) -> None:
    rules = ["penalty_notice", "sickness_return", "ground_review", "deletion_return"]
    as_at = register.as_at
    said = evaluate(register.tables(), as_at, local=register.local, rules=rules)
    with_n = register.authority.get("penalty_counts_unexplained", True)
    for key, pupil in register.pupils.items():
        school, child = register.schools[key[0]], register.child(*key)
        penalties = oracle_notices.penalty_findings(school, pupil, child, as_at, with_n=with_n)
        assert spans(said, "penalty_notice", key) == plain(penalties)
        assert spans(said, "sickness_return", key) == plain(oracle_years.spells_of_illness(school, pupil, as_at))
        grounds = oracle_roll.grounds_ever(school, pupil, as_at)
        assert spans(said, "ground_review", key, "ground", "leave_to") == plain(grounds, "ground", "leave_to")
        left = [day for day in oracle_roll.deleted(school, pupil, as_at) if day >= REGULATIONS]
        assert [row[0] for row in spans(said, "deletion_return", key)] == left


@pytest.mark.slow
def test_the_made_up_registers_are_rich_enough_to_tell_the_judges_apart() -> None:
    seen: Counter[str] = Counter()

    def look(register: RandomRegister) -> None:
        for key in register.pupils:
            said = judge(register, key)
            seen.update(
                irregular=bool(said["irregular"]["due"]),
                prompt=bool(said["sickness_return"]["prompt"]),
                exempt=said["new_pupil_return"]["due_by"] is None,
                deleted=bool(said["deletion_return"]["due"]),
                provisional=said["penalty_notice"]["status"] == "provisional",
                met=said["penalty_notice"]["status"] == "met",
                not_met=said["penalty_notice"]["status"] == "not_met",
                barred="barred" in said["notice_ladder"].values(),
                second="second" in said["notice_ladder"].values(),
                ground=said["ground_review"]["continuous_absence"] is not None,
                overrun=said["ground_review"]["leave_overrun"] is not None,
                short=said["statistics"]["possible"] not in (None, 0),
            )

    look_until(lambda: min(seen.values(), default=0) >= 3, registers(), look)
    assert min(seen.values()) >= 3, seen
