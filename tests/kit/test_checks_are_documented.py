"""Every check proves a clause of the contract, every clause has a check, and every check can fail."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from rollbook.testing.kit.all_checks import OF_DESTINATIONS, OF_SOURCES
from rollbook.testing.kit.check import Check

ROOT = Path(__file__).parents[2]
CHECKS = {**OF_SOURCES, **OF_DESTINATIONS}
CLAUSES = re.findall(r"\*\*(\d+\.\d+)\*\*", (ROOT / "docs/contract.md").read_text(encoding="utf-8"))
BROKEN = [path.stem for path in sorted((ROOT / "tests/support").glob("kit_broken_*.py"))]


def test_every_clause_has_a_check_and_every_check_its_clause() -> None:
    assert sorted({check.clause for check in CHECKS.values()}) == sorted(CLAUSES)


def test_a_clause_is_written_once() -> None:
    assert len(CLAUSES) == len(set(CLAUSES))


@pytest.mark.parametrize("check", CHECKS.values(), ids=list(CHECKS))
def test_a_check_says_in_one_sentence_what_it_proves(check: Check) -> None:
    assert check.proves.endswith(".")
    assert 20 < len(check.proves) < 200


def test_ids_are_without_a_hole() -> None:
    for letter in "PSD":
        numbers = sorted(int(id_[1:]) for id_ in CHECKS if id_.startswith(letter))
        assert numbers == list(range(1, len(numbers) + 1))


def test_for_every_check_there_is_an_adapter_that_is_broken_in_that_way() -> None:
    broken = {id_ for name in BROKEN for id_ in importlib.import_module(f"support.{name}").BROKEN}
    assert broken == set(CHECKS)
