"""DfE's figures beside the school's own, absence in any window, and the sessions of each code."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from rollbook.rules.absence import absence_between
from rollbook.rules.absence_by_code import sessions_by_code
from rollbook.rules.days import build
from rollbook.rules.rule import Reading
from rollbook.rules.thresholds import Settings
from support.rules_years import answer, registers

JUNE = date(2026, 6, 5)
HALF_TERMS = {"2026-05-18": "I I", "2026-06-01..2026-06-05": "S S"}
OF_FIFTEEN = {"dob": date(2010, 3, 10), "on_roll": date(2026, 5, 18), "year_group": 11}
OF_FOURTEEN = OF_FIFTEEN | {"dob": date(2010, 9, 1)}


def statistics(as_at: date = JUNE, **case: Any) -> dict[str, Any]:
    return answer("statistics", as_at, **case)


def test_the_last_half_term_is_left_out_for_those_of_fifteen() -> None:
    said = statistics(marks=HALF_TERMS, pupil=OF_FIFTEEN)
    assert said == {"possible": 10, "absent": 2, "persistent": True, "severe": False}


def test_it_is_not_for_those_of_fourteen() -> None:
    assert statistics(marks=HALF_TERMS, pupil=OF_FOURTEEN)["possible"] == 20


@pytest.mark.parametrize(
    ("day", "possible"), [(date(2026, 5, 22), 10), (date(2026, 5, 25), 10), (date(2026, 6, 1), 10)]
)
def test_nothing_more_is_counted_from_the_bank_holiday_on(day: date, possible: int) -> None:
    assert statistics(day, pupil=OF_FIFTEEN)["possible"] == possible


def test_an_enrolment_with_sessions_only_in_that_half_term_has_none_in_the_statistics() -> None:
    absent_till_then = {"2026-05-18..2026-05-22": "D D"}
    said = statistics(marks=absent_till_then, pupil=OF_FIFTEEN)
    assert said == {"possible": 0, "absent": 0, "persistent": None, "severe": None}


def test_outside_the_cohort_there_are_no_figures() -> None:
    said = statistics(pupil=OF_FOURTEEN | {"boarder": True})
    assert said == dict.fromkeys(("possible", "absent", "persistent", "severe"))


def reading(as_at: date, **case: Any) -> Reading:
    known = registers(as_at, **case)
    settings = Settings(as_at, known.schools)
    return Reading(build(known, settings), known, settings)


def test_absence_of_a_term_is_that_of_its_days_alone() -> None:
    marks = {"2026-01-06..2026-01-07": "I O", "2026-04-13": "O O", "2025-12-19": "I I"}
    [spring] = absence_between(reading(JUNE, marks=marks), date(2026, 1, 1), date(2026, 4, 4)).to_dicts()
    assert (spring["authorised"], spring["unauthorised"], spring["possible"]) == (2, 2, 108)


def test_a_window_may_begin_in_the_year_before() -> None:
    marks = {"2026-07-20..2026-07-21": "O O", "2026-09-03": "O O"}
    [both] = absence_between(reading(date(2026, 9, 4), marks=marks), date(2026, 7, 20), date(2026, 9, 30)).to_dicts()
    assert (both["possible"], both["unauthorised"]) == (8, 6)


def test_the_sessions_of_each_code_are_counted_with_those_that_are_no_absence() -> None:
    pupil = {"on_roll": date(2026, 9, 7)}
    marks = {"2026-09-08": "I I", "2026-09-09": "L O", "2026-09-10": "D #", "2026-09-11": "- H"}
    said = answer("absence_by_code", date(2026, 9, 11), marks=marks, pupil=pupil)
    assert {letter: n for letter, n in said.items() if n} == {"/": 1, "\\": 1, "I": 2, "L": 1, "O": 1, "D": 1, "#": 1}


def test_the_sessions_of_codes_can_be_asked_for_in_any_window() -> None:
    [week] = sessions_by_code(reading(JUNE, marks=HALF_TERMS), date(2026, 5, 18), date(2026, 6, 1)).to_dicts()
    assert {letter: n for letter, n in week.items() if n} == {"/": 4, "\\": 4, "I": 2, "S": 2}
