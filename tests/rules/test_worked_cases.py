"""The worked cases that a lawyer can check with a pencil."""

from __future__ import annotations

from pathlib import Path

import pytest

from rollbook.host.worked import run_cases
from rollbook.rules.worked import Outcome

WORKED = Path(__file__).parent / "worked"
TO_COME = {
    *("penalty_notice", "notice_ladder"),
}


@pytest.mark.parametrize("file", sorted(WORKED.glob("*.yaml")), ids=lambda file: str(file.stem))
def test_a_worked_case_comes_out_as_it_says(file: Path) -> None:
    results = run_cases(file)
    assert results
    assert [result for result in results if result.outcome is Outcome.DIFFERS] == []


def test_a_rule_to_come_is_not_a_pass() -> None:
    not_run = {result.rule for result in run_cases(WORKED) if result.outcome is Outcome.NOT_RUN}
    assert not_run == TO_COME


def test_most_checks_are_of_rules_that_there_are() -> None:
    assert sum(result.outcome is Outcome.PASSED for result in run_cases(WORKED)) >= 64
