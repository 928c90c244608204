"""`rollbook reproduce`: which method, the largest difference, and the status."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.typed import type_command

PUBLISHED = Path(__file__).parents[1] / "data" / "dfe"


@pytest.mark.parametrize(
    ("file", "method"),
    [
        ("ytd_2024-25", "enrolment-weighted, which is DfE's until 2024/25"),
        ("ytd_2025-26", "pooled, which is DfE's since 2025/26"),
    ],
)
def test_it_says_which_method_and_the_largest_difference(file: str, method: str) -> None:
    typed = type_command("reproduce", PUBLISHED / f"{file}.csv")
    assert typed.status == 0
    assert f"Method: {method}\nLargest difference: 0 (to 12 digits)" in typed.out


def test_a_figure_that_differs_ends_with_1_and_is_named(tmp_path: Path) -> None:
    text = (PUBLISHED / "ytd_2025-26.csv").read_text(encoding="utf-8")
    (tmp_path / "table.csv").write_text(text.replace('"2445419687"', '"2445419688"', 1), encoding="utf-8")
    typed = type_command("reproduce", tmp_path / "table.csv")
    assert typed.status == 1
    assert "Largest difference: 1, in possible_sessions of England" in typed.out


def test_an_unknown_layout_is_not_understood(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("school,rate\nA,1\n", encoding="utf-8")
    typed = type_command("reproduce", tmp_path / "table.csv")
    assert typed.status == 2
    assert "no table of DfE's that is known here" in typed.err


def test_a_program_gets_the_same() -> None:
    found = type_command("reproduce", PUBLISHED / "ytd_2025-26.csv", "--format", "json").json()
    assert (found["method"], found["largest"], found["suppressed"]) == ("pooled", 0.0, 4)
