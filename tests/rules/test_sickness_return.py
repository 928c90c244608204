"""Fifteen days of illness: the prompt, and one finding for each spell from then on."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from support.rules_years import answer, findings

# Fifteen school days from Monday 7 to Friday 25 September 2026.
FIFTEEN = {"2026-09-07..2026-09-25": "I I"}
FIFTEENTH = date(2026, 9, 25)


def sickness(as_at: date, **case: Any) -> dict[str, Any]:
    return answer("sickness_return", as_at, **case)


def found(as_at: date, marks: dict[str, str], **case: Any) -> list[tuple[date, date, date, bool]]:
    rows = findings("sickness_return", as_at, marks=marks, **case)
    return [(row["first"], row["last"], row["reached"], row["ended"]) for row in rows]


def test_the_thirtieth_session_prompts() -> None:
    assert sickness(date(2026, 9, 24), marks=FIFTEEN) == {"prompt": False, "days": 14.0, "reached_on": None}
    assert sickness(FIFTEENTH, marks=FIFTEEN) == {"prompt": True, "days": 15.0, "reached_on": FIFTEENTH}


def test_it_goes_on_prompting_to_the_end_of_the_school_year() -> None:
    march = {"2026-03-02..2026-03-20": "I I"}
    assert sickness(date(2026, 7, 31), marks=march)["prompt"] is True
    assert sickness(date(2026, 8, 1), marks=march) == {"prompt": False, "days": 0.0, "reached_on": None}


@pytest.mark.parametrize("code", ["M", "C2", "-", "/", "O", "Y6"])
def test_only_illness_counts(code: str) -> None:
    marks = FIFTEEN | {"2026-09-10": f"I {code}"}
    assert sickness(FIFTEENTH, marks=marks)["days"] == 14.5


def test_illness_before_compulsory_school_age_does_not_count() -> None:
    # Five on 20 September 2026: of compulsory school age from 31 December.
    young = {"dob": date(2021, 9, 20), "on_roll": date(2026, 9, 3), "year_group": 0}
    assert sickness(FIFTEENTH, marks=FIFTEEN, pupil=young)["days"] == 0


def test_a_spell_across_the_summer_counts_from_august_again() -> None:
    across = {"2026-07-13..2026-09-18": "I I"}
    assert sickness(date(2026, 7, 31), marks=across)["days"] == 7
    assert sickness(date(2026, 9, 18), marks=across) == {"prompt": False, "days": 12.0, "reached_on": None}
    assert found(date(2026, 9, 18), across) == []


def test_after_leaving_nobody_is_asked() -> None:
    left = {"off_roll": FIFTEENTH}
    assert sickness(date(2026, 9, 26), marks=FIFTEEN, pupil=left)["prompt"] is False
    assert found(date(2026, 9, 26), FIFTEEN, pupil=left)[0][3] is True


def test_the_spell_in_which_the_fifteenth_day_came_is_a_finding() -> None:
    marks = {"2026-09-07..2026-09-18": "I I", "2026-10-05..2026-10-13": "I I"}
    assert found(date(2026, 10, 8), marks) == []
    assert found(date(2026, 10, 13), marks) == [(date(2026, 10, 5), date(2026, 10, 13), date(2026, 10, 9), False)]


def test_an_attended_session_ends_the_spell_and_the_next_illness_is_another() -> None:
    marks = FIFTEEN | {"2026-10-05": "I \\", "2026-10-06": "I I"}
    assert found(date(2026, 10, 6), marks) == [
        (date(2026, 9, 7), FIFTEENTH, FIFTEENTH, True),
        (date(2026, 10, 5), date(2026, 10, 5), date(2026, 10, 5), True),
        (date(2026, 10, 6), date(2026, 10, 6), date(2026, 10, 6), False),
    ]


@pytest.mark.parametrize("between", ["O O", "M M", "- -", "# #", "U U"])
def test_what_is_no_attendance_does_not_end_a_spell(between: str) -> None:
    marks = {"2026-09-07..2026-10-02": "I I", "2026-09-30": between}
    assert len(found(date(2026, 10, 2), marks)) == 1


def test_the_evidence_is_every_session_of_the_year_up_to_the_day() -> None:
    marks = {"2026-09-07..2026-09-18": "I I", "2026-10-05..2026-10-13": "I I"}
    [one] = findings("sickness_return", date(2026, 10, 13), marks=marks)
    assert (len(one["evidence"]), one["evidence"][0]["date"], one["evidence"][-1]["date"]) == (
        30,
        "2026-09-07",
        "2026-10-09",
    )
    assert one["figures"] == {"days": 17.0, "year_reached_on": "2026-10-09", "due_by": None}


def test_a_spell_of_last_year_is_still_a_finding_and_is_over() -> None:
    july = {"2026-07-01..2026-07-21": "I I", "2026-09-03": "I I"}
    assert found(date(2026, 9, 3), july) == [(date(2026, 7, 1), date(2026, 7, 21), date(2026, 7, 21), True)]
