"""The return of a pupil who leaves: from the last day on the roll, unless the school's last year was completed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from rollbook.rules.evaluate import evaluate
from support.rules_years import answer, findings, registers

SIX = {"type": "maintained", "lowest_year": 0, "highest_year": 6}
LEAVER = {"dob": date(2015, 2, 10), "year_group": 6}
LAST_OPEN = date(2026, 7, 21)


def deletion(as_at: date, off_roll: date, **pupil: Any) -> dict[str, Any]:
    return answer("deletion_return", as_at, school=SIX, pupil=LEAVER | {"off_roll": off_roll} | pupil)


@pytest.mark.parametrize(
    ("as_at", "due"), [(date(2026, 9, 17), False), (date(2026, 9, 18), True), (date(2026, 12, 1), True)]
)
def test_it_is_due_from_the_last_day_on_the_roll(as_at: date, due: bool) -> None:
    said = deletion(as_at, date(2026, 9, 18))
    assert said == {"due": due, "due_by": date(2026, 9, 18) if due else None}


@pytest.mark.parametrize(
    ("off_roll", "year_group", "due"),
    [
        (LAST_OPEN, 6, False),
        (date(2026, 7, 31), 6, False),
        (date(2026, 8, 31), 6, False),  # before the next year begins
        (date(2026, 9, 2), 6, False),
        (date(2026, 7, 20), 6, True),  # one day early
        (date(2026, 9, 3), 6, True),
        (LAST_OPEN, 5, True),
        (LAST_OPEN, None, True),
    ],
)
def test_who_completed_the_last_year_is_exempt(off_roll: date, year_group: int | None, due: bool) -> None:
    assert deletion(date(2026, 9, 4), off_roll, year_group=year_group)["due"] is due


def test_where_the_most_senior_year_is_not_known_nobody_is_exempt() -> None:
    said = answer("deletion_return", LAST_OPEN, pupil=LEAVER | {"off_roll": LAST_OPEN})
    assert said == {"due": True, "due_by": LAST_OPEN}


def with_spells(as_at: date, *spells: tuple[date, date | None]) -> tuple[bool, date | None]:
    known = registers(as_at)
    [row] = known.roll.to_dicts()
    roll = pl.DataFrame([row | {"from": first, "to": last} for first, last in spells], schema=known.roll.schema)
    said = evaluate(replace(known, roll=roll), as_at, rules=["deletion_return"]).answers["deletion_return"]
    return said.select("due", "due_by").row(0)


@pytest.mark.parametrize(
    ("back", "due"),
    [(date(2026, 10, 24), False), (date(2026, 11, 3), False), (date(2026, 11, 4), True)],
)
def test_who_comes_back_before_the_next_school_day_was_not_deleted(back: date, due: bool) -> None:
    half_term = date(2026, 10, 23)
    assert with_spells(half_term, (date(2025, 9, 3), half_term), (back, None))[0] is due


def test_who_came_back_is_on_the_roll() -> None:
    spells = ((date(2025, 9, 3), date(2026, 9, 18)), (date(2026, 10, 5), None))
    assert with_spells(date(2026, 10, 2), *spells) == (True, date(2026, 9, 18))
    assert with_spells(date(2026, 10, 5), *spells) == (False, None)


def test_the_finding_is_of_the_last_day_and_rests_on_no_session() -> None:
    [one] = findings("deletion_return", date(2026, 9, 18), pupil={"off_roll": date(2026, 9, 18)})
    assert {one[name] for name in ("first", "last", "reached")} == {date(2026, 9, 18)}
    assert (one["ended"], one["evidence"]) == (False, [])
    assert one["figures"] == {"due_by": "2026-09-18", "on_roll_from": "2025-09-03", "year_group": 7}


def test_an_exempt_leaver_is_no_finding() -> None:
    left = LEAVER | {"off_roll": LAST_OPEN}
    assert findings("deletion_return", date(2026, 8, 1), school=SIX, pupil=left) == []


def test_an_authority_may_ask_for_those_who_completed_the_last_year_too() -> None:
    asked = {"authority": {"deletion_return_for_all": True}}
    pupil = LEAVER | {"off_roll": LAST_OPEN}
    said = answer("deletion_return", date(2026, 9, 4), school=SIX, pupil=pupil, local=asked)
    assert said == {"due": True, "due_by": LAST_OPEN}
