"""A case as a person reads it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rollbook.cases.case import State
from rollbook.cases.review import review
from support.cases import after, finding


def text(state: State = State.OPEN) -> str:
    [case] = after([finding("2026-09-14", "2026-09-25")])
    settings = [{"name": "run_days", "value": 10, "set_by": "law"}]
    return review(replace(case, number=41, state=state, settings=settings), title="Attendance return").as_text()


def test_it_says_what_and_since_when() -> None:
    lines = text().splitlines()
    assert lines[0] == "Case 41: Attendance return"
    assert "First day: 14 September 2026" in lines
    assert "Rule met on: 25 September 2026" in lines
    assert "Run days: 10" in lines


def test_it_shows_the_evidence_day_by_day_with_each_code_in_words() -> None:
    shown = (
        "  14 September 2026: AM O (absent with no other code that fits), PM O (absent with no other code that fits)"
    )
    assert shown in text().splitlines()


def test_it_names_the_law_and_who_set_each_setting() -> None:
    assert "  SI 2024/208, reg 13" in text().splitlines()
    assert "  run_days = 10 (set by law)" in text().splitlines()


@pytest.mark.parametrize(
    ("state", "word"), [(State.OPEN, "Open"), (State.CLOSED, "Closed"), (State.WITHDRAWN, "Withdrawn")]
)
def test_it_says_how_it_stands(state: State, word: str) -> None:
    assert text(state).splitlines()[1].startswith(f"{word}: ")
