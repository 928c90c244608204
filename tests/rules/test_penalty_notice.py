"""Ten sessions in ten school weeks: what counts, where, and since when."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from rollbook.rules.case_register import PUPIL
from rollbook.rules.registers import RULE_MARKS
from rollbook.tables import codes
from support.rules_years import answer, findings, looked_at

# Five school days, ten sessions: Monday 14 to Friday 18 September 2026.
WEEK = {"2026-09-14..2026-09-18": "O O"}
FRIDAY = date(2026, 9, 18)


def penalty(as_at: date, **case: Any) -> tuple[str, int, date | None]:
    said = answer("penalty_notice", as_at, **case)
    assert said["due"] is (said["status"] in ("met", "provisional"))
    return said["status"], said["sessions"], said["met_on"]


def mornings(*mondays: str) -> dict[str, str]:
    return dict.fromkeys(mondays, "O \\")


def test_the_tenth_session_meets_it() -> None:
    assert penalty(date(2026, 9, 17), marks=WEEK) == ("not_met", 8, None)
    assert penalty(FRIDAY, marks=WEEK) == ("met", 10, FRIDAY)


@pytest.mark.parametrize("mark", ["G G", "U U", "O U", "G O"])
def test_any_mix_of_the_codes_counts(mark: str) -> None:
    assert penalty(FRIDAY, marks=WEEK | {"2026-09-16": mark})[:2] == ("met", 10)


@pytest.mark.parametrize("mark", ["C C", "I I", "- -", "E E", "Y4 Y4", "L L", "J J", "H H"])
def test_nothing_else_does(mark: str) -> None:
    assert penalty(FRIDAY, marks=WEEK | {"2026-09-16": mark}) == ("not_met", 8, None)


def test_with_n_marks_it_is_met_provisionally() -> None:
    assert penalty(FRIDAY, marks=WEEK | {"2026-09-16": "N O"}) == ("provisional", 10, FRIDAY)


def test_it_is_met_as_soon_as_ten_others_stand() -> None:
    marks = WEEK | {"2026-09-16": "N N", "2026-09-21": "O O"}
    assert penalty(date(2026, 9, 21), marks=marks) == ("met", 12, FRIDAY)


def test_an_authority_may_count_no_n_marks() -> None:
    local = {"authority": {"penalty_counts_unexplained": False}}
    marks = WEEK | {"2026-09-16": "N O"}
    assert penalty(FRIDAY, marks=marks, local=local) == ("not_met", 9, None)


def test_an_authority_may_wait_until_no_n_mark_is_needed() -> None:
    """penalty_require_resolved."""
    local = {"authority": {"penalty_require_resolved": True}}
    unsettled, settled = WEEK | {"2026-09-16": "N O"}, WEEK | {"2026-09-16": "N O", "2026-09-21": "O \\"}
    for marks, as_at, due in ((unsettled, FRIDAY, False), (settled, date(2026, 9, 21), True), (WEEK, FRIDAY, True)):
        assert answer("penalty_notice", as_at, marks=marks, local=local)["due"] is due
        assert len(findings("penalty_notice", as_at, marks=marks, local=local)) == due


def test_where_nobody_says_so_a_provisional_threshold_is_due() -> None:
    """penalty_require_resolved."""
    marks = WEEK | {"2026-09-16": "N O"}
    assert answer("penalty_notice", FRIDAY, marks=marks)["due"] is True
    assert len(findings("penalty_notice", FRIDAY, marks=marks)) == 1


def test_the_window_moves_on_the_monday_of_the_eleventh_school_week() -> None:
    # The tenth school week from that of 14 September ends on 27 November, for half term has none.
    sunday, monday = date(2026, 11, 29), date(2026, 11, 30)
    assert penalty(sunday, marks=WEEK) == ("met", 10, FRIDAY)
    assert penalty(monday, marks=WEEK) == ("not_met", 0, None)


def test_a_school_week_lost_to_an_unexpected_closure_is_one_of_the_ten() -> None:
    marks = WEEK | {"2026-10-05..2026-10-09": "Y4 Y4"}
    assert penalty(date(2026, 11, 30), marks=marks)[0] == "not_met"


def test_a_week_with_no_session_of_the_school_is_not() -> None:
    # Nine school weeks of autumn 2026 and the last of the summer term, seven weeks before.
    marks = {"2026-07-20..2026-07-21": "O O"} | mornings(
        "2026-09-07", "2026-09-14", "2026-09-21", "2026-09-28", "2026-10-05", "2026-10-12"
    )
    assert penalty(date(2026, 10, 12), marks=marks) == ("met", 10, date(2026, 10, 12))
    assert penalty(date(2026, 11, 1), marks=marks)[0] == "met"
    assert (
        penalty(date(2026, 11, 3), marks=marks)[0] == "met"
    )  # the tenth: 20 July, 31 August to 19 October, 2 November
    assert penalty(date(2026, 11, 9), marks=marks) == ("not_met", 6, None)


def test_when_it_lapses_and_is_met_again_it_is_met_since_then() -> None:
    later = WEEK | {"2026-11-26..2026-11-27": "O O", "2026-11-30..2026-12-02": "O O"}
    assert penalty(date(2026, 11, 27), marks=later) == ("met", 14, FRIDAY)
    assert penalty(date(2026, 12, 1), marks=later) == ("not_met", 8, None)
    assert penalty(date(2026, 12, 2), marks=later) == ("met", 10, date(2026, 12, 2))


def test_without_a_day_between_on_which_it_was_not_met_there_is_no_break() -> None:
    # On the Monday on which the window leaves the first week behind, that day's session makes up for it.
    marks = {"2026-09-14": "O \\", "2026-11-24..2026-11-27": "O O", "2026-11-23": "\\ O", "2026-11-30": "O \\"}
    assert penalty(date(2026, 11, 27), marks=marks) == ("met", 10, date(2026, 11, 27))
    assert penalty(date(2026, 11, 30), marks=marks) == ("met", 10, date(2026, 11, 27))


def test_sessions_before_the_regulations_do_not_count() -> None:
    case: dict[str, Any] = {"calendar": "c", "pupil": {"on_roll": date(2024, 6, 3)}}
    marks = {"2024-07-15..2024-07-19": "O O", "2024-09-03": "O O"}
    assert penalty(date(2024, 9, 3), marks=marks, **case) == ("not_met", 2, None)


def test_nor_those_below_compulsory_school_age() -> None:
    # Five on 20 July 2026: of compulsory school age from 31 August.
    young = {"dob": date(2021, 7, 20), "year_group": 0}
    marks = {"2026-07-15..2026-07-21": "O O", "2026-09-03": "O O"}
    assert penalty(date(2026, 9, 3), marks=marks, pupil=young) == ("not_met", 2, None)


def test_it_goes_on_after_the_pupil_has_left() -> None:
    assert penalty(date(2026, 10, 5), marks=WEEK, pupil={"off_roll": FRIDAY}) == ("met", 10, FRIDAY)


@pytest.mark.parametrize(
    ("school", "said"),
    [
        ("independent", ("not_applicable", 0, None)),
        ("special", ("met", 10, FRIDAY)),
        ("academy", ("met", 10, FRIDAY)),
        ("maintained", ("met", 10, FRIDAY)),
    ],
)
def test_independent_schools_alone_are_outside_it(school: str, said: tuple[str, int, date | None]) -> None:
    """penalty_not_at."""
    assert penalty(FRIDAY, marks=WEEK, school={"type": school}) == said


HALF = {"2026-09-14..2026-09-16": "O O"}  # six sessions


@pytest.mark.parametrize(
    ("theirs", "said"),
    [
        ({"2026-09-17..2026-09-18": "O O"}, ("met", 10, FRIDAY)),
        ({"2026-09-14..2026-09-16": "O O"}, ("not_met", 6, None)),  # the same half days
        ({"2026-09-14": "/ \\", "2026-09-17..2026-09-18": "O O"}, ("not_met", 8, None)),  # attended there
        ({"2026-09-14": "V B", "2026-09-17..2026-09-18": "O O"}, ("not_met", 8, None)),
        ({"2026-09-14": "I I", "2026-09-17..2026-09-18": "O O"}, ("met", 10, FRIDAY)),  # that is no attendance
        ({"2026-09-14": "N N", "2026-09-17..2026-09-18": "O O"}, ("met", 10, FRIDAY)),  # O here
        ({"2026-09-17..2026-09-18": "N O"}, ("provisional", 10, FRIDAY)),
    ],
)
def test_what_another_register_says_of_the_same_half_days(
    theirs: dict[str, str], said: tuple[str, int, date | None]
) -> None:
    unlisted = {"2026-09-03..2026-12-18": "D D"}
    other = {"school": "B", "calendar": "a", "on_roll": date(2026, 9, 3), "marks": unlisted | theirs}
    marks = HALF | {"2026-09-17..2026-09-18": "D D"}
    assert penalty(FRIDAY, marks=marks, also_at=[other]) == said


def test_two_registers_that_both_have_n_make_one_n() -> None:
    other = {"school": "B", "calendar": "a", "on_roll": date(2026, 9, 3), "marks": {"2026-09-14..2026-09-18": "N N"}}
    marks = {"2026-09-14..2026-09-18": "N N"}
    assert penalty(FRIDAY, marks=marks, also_at=[other]) == ("provisional", 10, FRIDAY)


def test_who_left_one_school_and_joined_another_takes_the_sessions_along() -> None:
    before = {
        "school": "B",
        "calendar": "a",
        "on_roll": date(2025, 9, 3),
        "off_roll": date(2026, 9, 16),
        "marks": {"2026-09-14..2026-09-16": "O O"},
    }
    joined = {"on_roll": date(2026, 9, 17)}
    marks = {"2026-09-17..2026-09-18": "O O"}
    assert penalty(FRIDAY, marks=marks, pupil=joined, also_at=[before]) == ("met", 10, FRIDAY)


def test_an_authority_may_count_each_school_by_itself() -> None:
    other = {"school": "B", "calendar": "a", "on_roll": date(2026, 9, 3), "marks": {"2026-09-17..2026-09-18": "O O"}}
    local = {"authority": {"penalty_across_schools": False}}
    assert penalty(FRIDAY, marks=HALF, also_at=[other], local=local) == ("not_met", 6, None)


def at_a_school_that_is_not_here(*marks: tuple[date, int, str]) -> pl.DataFrame:
    rows = [(100777, PUPIL, day, session, codes.ids(code)[0]) for day, session, code in marks]
    return pl.DataFrame(rows, schema=RULE_MARKS, orient="row")


def test_marks_of_a_school_that_is_not_here_count_too() -> None:
    # Saturday: no session of this school, and one of that.
    days = [date(2026, 9, day) for day in (17, 18)]
    away = at_a_school_that_is_not_here(*((day, half, "G") for day in days for half in (0, 1)))
    marks = HALF | {"2026-09-17..2026-09-18": "D D"}
    assert penalty(FRIDAY, marks=marks, elsewhere=away) == ("met", 10, FRIDAY)
    assert penalty(date(2026, 9, 17), marks=marks, elsewhere=away) == ("not_met", 8, None)


def test_a_half_day_attended_at_a_school_that_is_not_here_does_not_count() -> None:
    away = at_a_school_that_is_not_here((date(2026, 9, 14), 0, "/"))
    assert penalty(FRIDAY, marks=WEEK, elsewhere=away) == ("not_met", 9, None)


def test_sessions_elsewhere_in_a_week_in_which_this_school_was_closed_count() -> None:
    # Half term here is the week of 26 October; on the day itself, and in a window that reaches back over it.
    days = [date(2026, 10, day) for day in (26, 27, 28, 29, 30)]
    away = at_a_school_that_is_not_here(*((day, half, "O") for day in days for half in (0, 1)))
    assert penalty(date(2026, 10, 30), elsewhere=away) == ("met", 10, date(2026, 10, 30))
    assert penalty(date(2026, 12, 18), elsewhere=away)[0] == "met"


def test_sessions_before_the_first_school_week_that_is_known_are_in_no_window() -> None:
    days = [date(2026, 8, day) for day in (24, 25, 26, 27, 28)]
    away = at_a_school_that_is_not_here(*((day, half, "O") for day in days for half in (0, 1)))
    joined = {"on_roll": date(2026, 9, 3)}
    assert penalty(date(2026, 9, 3), calendar="b", pupil=joined, elsewhere=away) == ("not_met", 0, None)


def test_the_finding_has_the_sessions_that_met_it() -> None:
    marks = WEEK | {"2026-09-21": "O N"}
    [one] = findings("penalty_notice", date(2026, 9, 25), marks=marks)
    days = (one["first"], one["last"], one["reached"], one["ended"])
    assert days == (date(2026, 9, 14), date(2026, 9, 21), FRIDAY, False)
    assert len(one["evidence"]) == 10
    assert one["figures"] == {
        "status": "met",
        "sessions": 12,
        "window_from": "2026-06-15",
        "last_notice": None,
        "covered_sessions": 0,
        "met_on": "2026-09-18",
        "unexplained": 1,
        "due_by": None,
    }


def test_each_stretch_is_a_finding_of_its_own() -> None:
    later = WEEK | {"2026-11-26..2026-11-27": "O O", "2026-11-30..2026-12-02": "O O"}
    first, second = findings("penalty_notice", date(2026, 12, 2), marks=later)
    assert (first["reached"], first["last"], first["ended"]) == (FRIDAY, date(2026, 11, 27), True)
    assert (second["first"], second["reached"], second["ended"]) == (date(2026, 11, 26), date(2026, 12, 2), False)
    assert first["figures"]["sessions"] == 14


def test_what_happens_after_a_pupil_left_is_no_finding_of_the_old_school() -> None:
    other = {"school": "B", "calendar": "a", "on_roll": date(2026, 9, 17), "marks": {"2026-09-17..2026-09-18": "O O"}}
    left: dict[str, Any] = {"marks": HALF, "pupil": {"off_roll": date(2026, 9, 16)}, "also_at": [other]}
    assert penalty(FRIDAY, **left)[0] == "met"
    assert findings("penalty_notice", FRIDAY, **left) == []


def test_sessions_up_to_an_earlier_notice_are_counted_and_named() -> None:
    notice = [{"parent": "mother", "issued": date(2026, 9, 15), "outcome": "paid"}]
    assert penalty(FRIDAY, marks=WEEK, notices=notice)[:2] == ("met", 10)
    [one] = findings("penalty_notice", FRIDAY, marks=WEEK, notices=notice)
    assert (one["figures"]["last_notice"], one["figures"]["covered_sessions"]) == ("2026-09-15", 4)
    assert answer("penalty_notice", FRIDAY, marks=WEEK, notices=notice)["covered_sessions"] == 4
    assert answer("penalty_notice", FRIDAY, marks=HALF, notices=notice)["covered_sessions"] is None


def test_the_evidence_of_the_answer_is_what_the_window_holds_on_the_day() -> None:
    evidence = looked_at(date(2026, 9, 21), "penalty_notice", marks=WEEK | {"2026-09-21": "O \\"}).evidence
    assert len(evidence["penalty_notice"]) == 11
