"""Signs of a register that is not kept as it should be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from rollbook.rules.case_register import case_settings, register
from rollbook.rules.evaluate import evaluate
from support.rules_cases import answer, small

FRIDAY = date(2026, 9, 18)
WEEK = "2026-09-14..2026-09-18"


def quality(as_at: date = FRIDAY, **case: Any) -> dict[str, Any]:
    return answer("register_quality", as_at, **case)


def flag(name: str, first: date | None = None, last: date | None = None) -> dict[str, Any]:
    return {"flag": name, "from": first, "to": last}


def test_a_register_that_is_kept_shows_no_sign() -> None:
    said = quality(flags=[], contacts=[{"name": "A"}, {"name": "B"}])
    assert (said["signs"], said["not_judged"]) == ([], [])


@pytest.mark.parametrize(
    ("said", "sign", "number"),
    [
        ("- /", "not_recorded", 5),
        ("ZZ ZZ", "invalid", 10),
        ("J Y", "lossy", 10),
        ("X /", "x_at_compulsory_age", 5),
        ("/ Z", "z_on_roll", 5),
        ("S S", "study_leave_early", 10),
        ("W W", "work_experience_early", 10),
        ("R R", "religious_observance_too_long", 8),
    ],
)
def test_each_sign_counts_its_sessions(said: str, sign: str, number: int) -> None:
    found = quality(marks={WEEK: said})
    assert found[sign] == number
    assert sign in found["signs"]


def test_x_and_z_where_they_cannot_be_are_invalid_too() -> None:
    assert quality(marks={WEEK: "X Z"})["invalid"] == 10


def test_x_below_compulsory_school_age_is_no_sign() -> None:
    young = {"dob": date(2022, 3, 10), "on_roll": date(2026, 9, 3), "year_group": 0}
    assert quality(marks={WEEK: "/ X"}, pupil=young)["x_at_compulsory_age"] == 0


@pytest.mark.parametrize("mark", ["G", "N", "O", "U"])
def test_an_unauthorised_code_before_compulsory_school_age_is_a_sign(mark: str) -> None:
    young = {"dob": date(2022, 3, 10), "on_roll": date(2026, 9, 3), "year_group": 0}
    assert quality(marks={WEEK: f"{mark} {mark}"}, pupil=young)["unauthorised_below_age"] == 10
    assert quality(marks={WEEK: f"{mark} {mark}"})["unauthorised_below_age"] == 0


def test_after_compulsory_school_age_it_is_none() -> None:
    old = {"dob": date(2009, 3, 10), "on_roll": date(2026, 9, 3), "year_group": 12}
    assert quality(marks={WEEK: "O O"}, pupil=old)["unauthorised_below_age"] == 0


@pytest.mark.parametrize(("year", "study", "work"), [(9, 5, 5), (10, 5, 0), (11, 0, 0)])
def test_study_leave_is_of_year_11_and_work_experience_of_the_last_two_years(year: int, study: int, work: int) -> None:
    pupil = {"on_roll": date(2026, 9, 3), "year_group": year}
    said = quality(marks={WEEK: "S W"}, pupil=pupil)
    assert (said["study_leave_early"], said["work_experience_early"]) == (study, work)


def test_without_a_year_group_these_are_not_judged() -> None:
    said = quality(marks={WEEK: "S W"}, pupil={"on_roll": date(2026, 9, 3), "year_group": None})
    assert (said["study_leave_early"], said["work_experience_early"]) == (None, None)
    assert any(reason.startswith("study_leave_early: not judged") for reason in said["not_judged"])


@pytest.mark.parametrize(
    ("marks", "number"),
    [
        ({WEEK: "E E"}, 0),
        ({"2026-09-11..2026-09-18": "E E"}, 2),
        ({"2026-09-10..2026-09-18": "E E"}, 4),
        ({"2026-09-10": "/ E", "2026-09-11..2026-09-18": "E E"}, 4),
        ({"2026-09-10..2026-09-18": "E E", "2026-09-15": "B B"}, 0),
        ({"2026-09-10..2026-09-18": "E E", "2026-09-15": "# #"}, 2),
    ],
)
def test_an_exclusion_is_education_elsewhere_from_the_sixth_day(marks: dict[str, str], number: int) -> None:
    assert quality(marks=marks)["excluded_past_fifth_day"] == number


def test_one_day_of_religious_observance_is_no_sign() -> None:
    assert quality(marks={"2026-09-14": "R R", "2026-09-16": "R R"})["religious_observance_too_long"] == 0


@pytest.mark.parametrize(
    ("flags", "number"),
    [
        ([], 5),
        ([flag("part_time_timetable", date(2026, 9, 1))], 5),
        ([flag("part_time_timetable", date(2026, 9, 1), date(2026, 10, 2))], 0),
        ([flag("part_time_timetable", date(2026, 9, 1), date(2026, 9, 15))], 3),
    ],
)
def test_a_part_time_timetable_needs_a_last_day(flags: list[dict[str, Any]], number: int) -> None:
    assert quality(marks={WEEK: "/ C2"}, flags=flags)["part_time_without_end"] == number


def test_without_flags_and_contacts_that_is_not_judged() -> None:
    said = quality(marks={WEEK: "/ C2"})
    assert (said["part_time_without_end"], said["contacts"]) == (None, None)
    reasons = [reason.split(":")[0] for reason in said["not_judged"]]
    assert reasons == ["part_time_without_end", "contacts"]


@pytest.mark.parametrize(("number", "sign"), [(0, True), (1, True), (2, False)])
def test_fewer_than_two_contacts_are_a_sign(number: int, sign: bool) -> None:
    said = quality(contacts=[{"name": f"Contact {n}"} for n in range(number)])
    assert (said["contacts"], "contacts" in said["signs"]) == (number, sign)


# Of the school

YEAR = {"terms": ["2025-09-03..2025-12-19", "2026-01-05..2026-07-21", "2026-09-03..2026-12-18"]}


def of_year(as_at: date, **case: Any) -> dict[str, Any]:
    whole = {"id": "year", "calendar": "y", "pupil": {"on_roll": date(2025, 9, 3)}} | case
    said = evaluate(register(whole, as_at, {"y": YEAR}), as_at, local=case_settings(whole), rules=["register_quality"])
    return said.answers["register_quality"].row(0, named=True)


def test_sessions_of_which_nobody_has_a_mark_are_registers_not_taken() -> None:
    assert quality(marks={"2026-09-14": "- -", "2026-09-15": "/ -"})["registers_not_taken"] == 3


def test_one_pupil_with_a_mark_is_a_register_taken() -> None:
    one, other = small(FRIDAY, marks={WEEK: "- -"}), small(FRIDAY, marks={"2026-09-14": "- -"})
    moved = {name: getattr(other, name).with_columns(pupil=pl.lit(2, pl.Int64)) for name in ("pupils", "roll", "marks")}
    both = replace(one, **{name: pl.concat([getattr(one, name), rows]) for name, rows in moved.items()})
    said = evaluate(both, FRIDAY, rules=["register_quality"]).answers["register_quality"]
    assert said.get_column("registers_not_taken").to_list() == [2, 2]
    assert said.get_column("not_recorded").to_list() == [10, 2]


def test_a_session_before_the_only_pupil_came_is_no_register() -> None:
    assert quality(pupil={"on_roll": date(2026, 9, 14)})["registers_not_taken"] == 0


@pytest.mark.parametrize(("as_at", "never"), [(date(2026, 10, 13), False), (date(2026, 10, 14), True)])
def test_u_never_used_is_asked_after_thirty_school_days(as_at: date, never: bool) -> None:
    assert quality(as_at)["u_never_used"] is never


def test_one_u_this_year_is_enough() -> None:
    assert quality(date(2026, 11, 20), marks={"2026-09-04": "U \\"})["u_never_used"] is False
    assert of_year(date(2026, 11, 20), marks={"2026-06-04": "U \\"})["u_never_used"] is True


# A mobile child


def test_a_mobile_childs_attendance_of_twelve_months_is_held_against_200() -> None:
    marks = {"2025-11-03..2026-04-17": "T T", "2026-09-07": "T T"}
    said = of_year(date(2026, 11, 20), marks=marks)
    assert said["mobile_child_attended"] >= 200
    assert "mobile_child_attended" not in said["signs"]
    more = of_year(date(2026, 11, 20), marks={"2025-11-03..2026-07-17": "T T", "2026-09-07": "T T"})
    assert more["mobile_child_attended"] == 2 * (2 + 56)
    assert "mobile_child_attended" in more["signs"]


@pytest.mark.parametrize(("thursday", "attended", "sign"), [("/ \\", 200, False), ("T \\", 199, True)])
def test_200_sessions_in_twelve_months_are_enough_and_199_are_not(thursday: str, attended: int, sign: bool) -> None:
    """mobile_child_attendances."""
    travelling = {"2025-11-03..2026-05-20": "T T", "2026-05-21": thursday, "2026-09-07": "T T"}
    said = of_year(date(2026, 11, 20), marks=travelling)
    assert (said["mobile_child_attended"], "mobile_child_attended" in said["signs"]) == (attended, sign)


def test_where_twelve_months_are_not_to_hand_it_is_shown_and_no_sign() -> None:
    said = quality(marks={WEEK: "T T"})
    assert said["mobile_child_attended"] == 14
    assert "mobile_child_attended" not in said["signs"]


@pytest.mark.parametrize(("born", "attended"), [(date(2020, 9, 18), 14), (date(2020, 9, 19), None)])
def test_it_is_counted_from_the_sixth_birthday(born: date, attended: int | None) -> None:
    """mobile_child_age."""
    pupil = {"dob": born, "on_roll": date(2026, 9, 3), "year_group": 1}
    assert quality(marks={WEEK: "T T"}, pupil=pupil)["mobile_child_attended"] == attended
