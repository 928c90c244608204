"""Who is missing and who must be told, as the rules and a plain judge, day by day, say it of made-up pupils."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import strategies as st

from rollbook.rules.evaluate import evaluate
from support import oracle_missing
from support.judged import judged_on, look_until
from support.random_files import RegisterWithFiles, with_files
from support.random_registers import registers

filed = st.builds(with_files, registers(), st.integers(0, 2**32).map(Random))
Answers = dict[tuple[int, int], dict[str, Any]]


def missing(register: RegisterWithFiles) -> Answers:
    town, as_at, local = register.town, register.as_at, register.authority
    return {key: oracle_missing.missing(town, key, as_at, local) for key in register.pupils}


def worker_notice(register: RegisterWithFiles) -> Answers:
    return {
        key: oracle_missing.worker_notice(register.schools[key[0]], one, register.files[key].flags, register.as_at)
        for key, one in register.pupils.items()
    }


def worker_notice_deletion(register: RegisterWithFiles) -> Answers:
    days = register.authority.get("worker_notice_deletion_days", 28)
    return {
        key: oracle_missing.worker_notice_deletion(
            register.schools[key[0]], one, register.files[key].flags, register.as_at, days
        )
        for key, one in register.pupils.items()
    }


JUDGES = {"missing": missing, "worker_notice": worker_notice, "worker_notice_deletion": worker_notice_deletion}


def named(table: pl.DataFrame, expected: Answers) -> Answers:
    """What was found, in the fields that are expected."""
    found = {(row["school"], row["pupil"]): row for row in table.iter_rows(named=True)}
    return {key: {name: found[key][name] for name in told} for key, told in expected.items()}


@judged_on(filed, few=20, full=50)
def test_who_is_missing_and_who_must_be_told(register: RegisterWithFiles) -> None:
    said = evaluate(register.tables(), register.as_at, local=register.local, rules=list(JUDGES)).answers
    expected = {rule: judge(register) for rule, judge in JUDGES.items()}
    assert {rule: named(said[rule], told) for rule, told in expected.items()} == expected


@pytest.mark.slow
def test_the_made_up_registers_show_every_type_and_every_worker() -> None:
    seen: Counter[tuple[str, object]] = Counter()

    def look(register: RegisterWithFiles) -> None:
        for told in missing(register).values():
            seen.update([("missing", told["case_type"]), ("taken", told["taken"]), ("due", told["due"])])
            seen.update(("outstanding", name) for name in told.get("outstanding") or [])
        for rule in ("worker_notice", "worker_notice_deletion"):
            for told in JUDGES[rule](register).values():
                seen.update((rule, worker) for worker in told["workers"] or [None])
                seen.update((f"{rule} at", authority) for authority in told["authorities"] or [])

    wanted = {("missing", name) for name in oracle_missing.DAYS} | {("taken", False), ("due", None)}
    wanted |= {("outstanding", name) for name in oracle_missing.ENQUIRIES}
    for rule in ("worker_notice", "worker_notice_deletion"):
        wanted |= {(rule, worker) for worker in oracle_missing.WORKERS.values()} | {
            (f"{rule} at", "885"),
            (f"{rule} at", None),
        }
    look_until(lambda: wanted <= set(seen), filed, look)
    assert wanted <= set(seen), wanted - set(seen)
