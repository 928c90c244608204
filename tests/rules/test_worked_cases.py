"""The worked cases that a lawyer can check with a pencil."""

from __future__ import annotations

from pathlib import Path

import pytest

from rollbook.host.worked import run_cases
from rollbook.rules.worked import Outcome

WORKED = Path(__file__).parent / "worked"
FILES = sorted(WORKED.glob("*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.stem))
def test_a_worked_case_comes_out_as_it_says(file: Path) -> None:
    results = run_cases(file)
    assert results
    assert [result for result in results if result.outcome is not Outcome.PASSED] == []


def test_there_are_worked_cases() -> None:
    assert len(FILES) >= 43
