"""Who is missing and who must be told, as the rules and a plain judge, day by day, say it of made-up pupils."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rollbook.rules.evaluate import evaluate
from support import oracle_missing
from support.random_files import RegisterWithFiles, with_files
from support.random_registers import registers

filed = st.builds(with_files, registers(), st.integers(0, 2**32).map(Random))
many = settings(deadline=None, suppress_health_check=list(HealthCheck))
Answers = dict[tuple[int, int], dict[str, Any]]


def said(register: RegisterWithFiles, rule: str) -> Answers:
    rows = evaluate(register.tables(), register.as_at, local=register.local, rules=[rule]).answers[rule]
    return {(row.pop("school"), row.pop("pupil")): row for row in rows.iter_rows(named=True)}


def named(found: Answers, expected: Answers) -> Answers:
    """What was found, in the fields that are expected."""
    return {key: {name: found[key][name] for name in told} for key, told in expected.items()}


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


@settings(many, max_examples=40)
@given(filed)
def test_who_is_missing(register: RegisterWithFiles) -> None:
    expected = missing(register)
    assert named(said(register, "missing"), expected) == expected


@settings(many, max_examples=40)
@given(filed)
def test_who_must_be_told_of_unexplained_absence(register: RegisterWithFiles) -> None:
    expected = worker_notice(register)
    assert named(said(register, "worker_notice"), expected) == expected


@settings(many, max_examples=40)
@given(filed)
def test_who_must_be_told_of_a_deletion(register: RegisterWithFiles) -> None:
    expected = worker_notice_deletion(register)
    assert named(said(register, "worker_notice_deletion"), expected) == expected
