"""Absence in the school year to date, and marks that cannot be counted."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from support.rules_cases import answer

MONDAY, FRIDAY = date(2026, 9, 7), date(2026, 9, 11)
FROM_MONDAY = {"on_roll": MONDAY}


def absence(marks: dict[str, str], pupil: dict[str, Any] = FROM_MONDAY) -> dict[str, Any]:
    return answer("absence", FRIDAY, marks=marks, pupil=pupil)


@pytest.mark.parametrize(
    ("code", "counts"),
    [
        *((code, "attended") for code in ("/", "\\", "L", "B", "K", "P", "V", "W")),
        *((code, "authorised") for code in ("C", "C1", "C2", "E", "I", "J1", "M", "R", "S", "T")),
        *((code, "unauthorised") for code in ("G", "N", "O", "U")),
    ],
)
def test_a_possible_session_is_in_one_class(code: str, counts: str) -> None:
    said = absence({"2026-09-07..2026-09-11": f"{code} {code}"})
    classes = {name: said[name] for name in ("possible", "attended", "authorised", "unauthorised")}
    assert classes == {"possible": 10, "attended": 0, "authorised": 0, "unauthorised": 0} | {counts: 10}


@pytest.mark.parametrize(
    "code", ["D", "Q", "Y1", "Y2", "Y3", "Y4", "Y5", "Y6", "Y7", "X", "Z", "#", "-", "H", "J", "9"]
)
def test_what_is_no_possible_session_is_in_none(code: str) -> None:
    said = absence({"2026-09-07": f"{code} {code}"})
    assert (said["possible"], said["attended"]) == (8, 8)


def test_late_is_l_and_u() -> None:
    assert absence({"2026-09-07": "L U"})["late"] == 2


@pytest.mark.parametrize(
    ("absent", "rate", "persistent", "severe"),
    [("/ I", "1/10", True, False), ("/ \\", "0/1", False, False)],
)
def test_one_session_in_ten_is_persistent(absent: str, rate: str, persistent: bool, severe: bool) -> None:
    said = absence({"2026-09-07": absent})
    assert (said["rate"], said["persistent"], said["severe"]) == (rate, persistent, severe)


def test_five_sessions_in_ten_are_severe() -> None:
    assert absence({"2026-09-07..2026-09-11": "/ I"})["severe"] is True


def test_with_nothing_possible_there_is_no_rate() -> None:
    said = absence({"2026-09-07..2026-09-11": "D D"})
    assert (said["rate"], said["persistent"], said["severe"], said["in_statistics"]) == (None, None, None, False)


@pytest.mark.parametrize(
    ("pupil", "there"),
    [
        ({"dob": date(2021, 8, 31)}, True),  # 5 on 31 August
        ({"dob": date(2021, 9, 1)}, False),
        ({"dob": date(2010, 9, 1)}, True),  # 15
        ({"dob": date(2010, 8, 31)}, False),
        ({"boarder": True}, False),
    ],
)
def test_who_is_in_the_cohort_of_the_statistics(pupil: dict[str, Any], there: bool) -> None:
    assert absence({}, FROM_MONDAY | pupil)["in_statistics"] is there


def test_a_mark_outside_the_roll_is_not_read() -> None:
    assert absence({"2026-09-03..2026-09-04": "O O"})["unauthorised"] == 0


def test_a_mark_on_a_closed_day_is_not_read() -> None:
    saturday = answer("absence", date(2026, 9, 12), marks={"2026-09-12": "O O"}, pupil=FROM_MONDAY)
    assert (saturday["possible"], saturday["unauthorised"]) == (10, 0)


@pytest.mark.parametrize(
    ("said", "counted"),
    [
        ("- /", "not_recorded"),
        ("H /", "invalid"),
        ("QQ /", "invalid"),
        ("X /", "invalid"),  # of compulsory school age
        ("Z /", "invalid"),  # on the roll
        ("J /", "lossy"),
        ("Y /", "lossy"),
    ],
)
def test_a_mark_that_cannot_be_counted_is_counted_as_such(said: str, counted: str) -> None:
    found = answer("marks", FRIDAY, marks={"2026-09-07": said}, pupil=FROM_MONDAY)
    assert found == {"not_recorded": 0, "invalid": 0, "lossy": 0} | {counted: 1}


def test_x_below_compulsory_school_age_is_a_code() -> None:
    young = FROM_MONDAY | {"dob": date(2022, 1, 10), "year_group": 0}
    assert answer("marks", FRIDAY, marks={"2026-09-07": "/ X"}, pupil=young)["invalid"] == 0


@pytest.mark.parametrize(
    ("absent", "asked", "below"),
    [("/ I", 900, False), ("/ I", 901, True), ("/ \\", 1000, False), ("/ I", None, None)],
)
def test_a_schools_own_threshold_is_of_attendance_and_has_a_name_of_its_own(
    absent: str, asked: int | None, below: bool | None
) -> None:
    """attendance_watched_per_mille: nine sessions of ten attended are 900, and persistent absence by any policy."""
    local = {"school": {"attendance_watched_per_mille": asked}}
    said = answer("absence", FRIDAY, marks={"2026-09-07": absent}, pupil=FROM_MONDAY, local=local)
    assert (said["below_school_threshold"], said["persistent"]) == (below, absent == "/ I")


def test_a_school_that_sets_no_threshold_has_nobody_below_it() -> None:
    """attendance_watched_per_mille."""
    assert absence({"2026-09-07..2026-09-11": "I I"})["below_school_threshold"] is None


def test_with_nothing_possible_nobody_is_below_a_schools_threshold() -> None:
    local = {"school": {"attendance_watched_per_mille": 1000}}
    marks = {"2026-09-07..2026-09-11": "D D"}
    assert answer("absence", FRIDAY, marks=marks, pupil=FROM_MONDAY, local=local)["below_school_threshold"] is None
