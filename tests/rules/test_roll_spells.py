"""Several spells on the roll are one enrolment; what lies between them is not read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from rollbook.rules.evaluate import evaluate
from rollbook.rules.registers import Registers
from support.rules_cases import small

ABSENT_ALL_AUTUMN = {"2026-09-03..2026-12-18": "O O"}
Spells = list[tuple[date, date | None]]


def enrolled(as_at: date, spells: Spells) -> Registers:
    register = small(as_at, marks=ABSENT_ALL_AUTUMN)
    roll = pl.concat([register.roll] * len(spells)).with_columns(
        pl.Series("from", [first for first, _ in spells]), pl.Series("to", [last for _, last in spells], dtype=pl.Date)
    )
    return replace(register, roll=roll)


def answer(rule: str, as_at: date, spells: Spells) -> dict[str, Any]:
    return evaluate(enrolled(as_at, spells), as_at, rules=[rule]).answers[rule].row(0, named=True)


# Two weeks; off the roll for three school days; two more weeks.
TWO = [(date(2026, 9, 7), date(2026, 9, 18)), (date(2026, 9, 24), None)]


def test_the_figures_are_of_both() -> None:
    assert answer("absence", date(2026, 10, 7), TWO)["possible"] == 40


def test_school_days_off_the_roll_break_a_run() -> None:
    assert answer("attendance_return", date(2026, 10, 7), TWO)["run_days"] == 10


def test_between_the_two_nothing_is_due() -> None:
    assert answer("attendance_return", date(2026, 9, 22), TWO)["due"] is False


@pytest.mark.parametrize("as_at", [date(2026, 10, 28), date(2026, 11, 2)])
def test_a_holiday_between_two_spells_breaks_nothing(as_at: date) -> None:
    over_half_term = [(date(2026, 10, 12), date(2026, 10, 23)), (date(2026, 11, 2), None)]
    assert answer("attendance_return", as_at, over_half_term)["due"] is True


def test_a_spell_to_come_is_not_read() -> None:
    to_come: Spells = [(date(2026, 10, 5), None)]
    assert answer("absence", date(2026, 9, 18), to_come)["possible"] == 0
    assert answer("attendance_return", date(2026, 9, 18), to_come)["run_days"] == 0


def test_a_pupil_who_is_on_no_roll_still_has_an_answer() -> None:
    register = small(date(2026, 9, 18))
    said = evaluate(replace(register, roll=register.roll.clear()), date(2026, 9, 18))
    assert said.answers["absence"].row(0, named=True)["possible"] == 0
    assert all(len(rows) == 1 for rows in said.answers.values())
