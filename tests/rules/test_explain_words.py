"""An explanation is read by people: no field's or setting's name in it has to be guessed at."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from rollbook.rules import catalogue
from rollbook.rules.explain.plain_text import lines_of
from support.explained import explained

FRIDAY = date(2026, 10, 9)


@pytest.mark.parametrize(
    ("rule", "line", "case"),
    [
        ("penalty_notice", "types of school without penalty notices = independent schools, by law", {}),
        ("missing", "authority's words for a child on no school's roll = Child on no school's roll", {}),
        (
            "ground_review",
            "ground: twenty school days of continuous absence",
            {"marks": {"2026-09-07..2026-10-09": "O O"}},
        ),
        ("sickness_return", "days: 0", {}),
    ],
)
def test_values_and_figures_are_in_words(rule: str, line: str, case: dict[str, Any]) -> None:
    assert any(one.strip().startswith(line) for one in lines_of(explained(rule, FRIDAY, **case)))


@pytest.mark.parametrize(
    "rule", [one.id for one in catalogue.RULES.values() if one.judge is not None and not one.starts]
)
def test_no_line_says_twice_that_something_is_not_judged(rule: str) -> None:
    assert not [one for one in lines_of(explained(rule, FRIDAY)) if one.lower().count("not judged") > 1]
