"""Compulsory school age, the age on 31 August, the spring bank holiday."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from rollbook.rules.ages import (
    age_on_31_august,
    compulsory_from,
    compulsory_to,
    school_year_start,
    spring_bank_holiday,
)
from rollbook.rules.thresholds import law_value


def law(name: str) -> Any:
    return law_value(name, date(2026, 9, 1)).value


def of(born: str, what: pl.Expr) -> object:
    return pl.DataFrame({"dob": [date.fromisoformat(born)]}).select(what).item()


@pytest.mark.parametrize(
    ("born", "begins"),
    [
        ("2021-08-31", "2026-08-31"),
        ("2021-09-01", "2026-12-31"),
        ("2021-12-31", "2026-12-31"),
        ("2022-01-01", "2027-03-31"),
        ("2022-03-31", "2027-03-31"),
        ("2022-04-01", "2027-08-31"),
        ("2024-02-29", "2029-03-31"),
    ],
)
def test_it_begins_on_the_fifth_birthday_or_the_next_prescribed_day(born: str, begins: str) -> None:
    begun = compulsory_from(law("compulsory_age_begins"), law("compulsory_age_prescribed_days"))
    assert of(born, begun) == date.fromisoformat(begins)


@pytest.mark.parametrize(
    ("born", "ends"),
    [
        ("2010-09-01", "2027-06-25"),
        ("2011-01-15", "2027-06-25"),
        ("2011-06-26", "2027-06-25"),  # sixteen the day after, and leaves with the others
        ("2011-08-31", "2027-06-25"),  # so does one born in August
        ("2011-09-01", "2028-06-30"),  # 30 June 2028 is a Friday
    ],
)
def test_it_ends_on_the_last_friday_in_june(born: str, ends: str) -> None:
    assert of(born, compulsory_to(law("compulsory_age_ends"))) == date.fromisoformat(ends)


@pytest.mark.parametrize(("born", "age"), [("2011-08-31", 15), ("2011-09-01", 14), ("2021-08-31", 5)])
def test_the_age_of_the_statistics_is_that_on_31_august(born: str, age: int) -> None:
    assert of(born, age_on_31_august(2026)) == age


def test_the_school_year_begins_on_1_august() -> None:
    days = [school_year_start(date(2026, 7, 31)), school_year_start(date(2026, 8, 1))]
    assert days == [date(2025, 8, 1), date(2026, 8, 1)]


def test_the_spring_bank_holiday_is_the_last_monday_in_may() -> None:
    assert [spring_bank_holiday(year) for year in (2026, 2027)] == [date(2026, 5, 25), date(2027, 5, 31)]
