"""Why a total, a rate or a window of sessions is what it is, and how many more or fewer would change the answer."""

from __future__ import annotations

from datetime import date

import pytest

from support.explained import change, counted, explained, why_not

TEN = {"2026-09-07..2026-09-18": "O O"}
FRIDAY = date(2026, 9, 18)


def test_ten_sessions_in_the_window_would_be_undone_by_any_one_and_lapse_with_the_oldest() -> None:
    told = explained("penalty_notice", FRIDAY, marks={"2026-09-07..2026-09-11": "G O"})
    assert (told.due, told.first, counted(told)) == (True, date(2026, 8, 31), {"G": 5, "O": 5})
    assert change(told, "undo").number == 1
    # The week of 7 September is left behind ten school weeks on; half term is none.
    assert change(told, "lapse").by == date(2026, 11, 23)


def test_beyond_the_threshold_as_many_marks_as_are_too_many_would_have_to_be_others() -> None:
    told = explained("penalty_notice", FRIDAY, marks=TEN)
    assert change(told, "undo").number == 11


def test_a_provisional_threshold_says_how_many_n_marks_it_rests_on() -> None:
    told = explained("penalty_notice", FRIDAY, marks={"2026-09-07..2026-09-11": "N N"})
    assert told.summary[0] == "The threshold is met, provisionally."
    assert [one.number for one in told.changes if one.what == "undo"] == [1, 1]


def test_below_the_threshold_it_says_how_many_more_by_which_week() -> None:
    told = explained("penalty_notice", FRIDAY, marks={"2026-09-07..2026-09-08": "O O"})
    assert counted(told) == {"O": 4}
    steps = [(one.number, one.by) for one in told.changes if one.what == "reach"]
    assert steps == [(6, date(2026, 11, 20)), (10, date(2026, 12, 4))]


def test_sessions_that_do_not_count_to_the_threshold_say_why() -> None:
    local = {"authority": {"penalty_counts_unexplained": False}}
    told = explained("penalty_notice", FRIDAY, marks={"2026-09-07": "N O", "2026-09-08": "I /"}, local=local)
    assert counted(told) == {"O": 1}
    assert why_not(told, date(2026, 9, 7)) == [
        ("N", "the authority does not count a mark of N to this threshold", "not counted")
    ]
    assert [why for _, why, _ in why_not(told, date(2026, 9, 8))] == [
        "authorised absence: illness",
        "attended: present in the morning",
    ]


def test_another_schools_register_that_shows_the_pupil_there_is_the_reason() -> None:
    there = [{"school": "B", "calendar": "a", "on_roll": date(2026, 9, 3), "marks": {"2026-09-08": "O O"}}]
    told = explained("penalty_notice", FRIDAY, marks={"2026-09-07..2026-09-08": "O O"}, also_at=there)
    assert [one.date for one in told.counted] == [date(2026, 9, 8)] * 2
    assert why_not(told, date(2026, 9, 7))[0][1] == "another school's register shows the pupil attending then"


def test_an_independent_school_has_no_threshold() -> None:
    told = explained("penalty_notice", FRIDAY, marks=TEN, school={"type": "independent"})
    assert (told.summary[0], told.first, told.changes) == ("The threshold does not apply.", None, ())


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ({"2026-09-07": "O \\"}, [("reach", 2, date(2026, 9, 21))]),  # 1 of 24: 3 of 26 is persistent
        ({"2026-09-07..2026-09-08": "O O"}, [("undo", 17, date(2026, 10, 1)), ("reach", 16, date(2026, 9, 30))]),
        (TEN, [("undo", 17, date(2026, 10, 1)), ("note", None, None)]),
    ],
)
def test_absence_says_what_would_reach_the_next_rate_or_lead_below_this_one(
    marks: dict[str, str], expected: list[tuple[str, int | None, date | None]]
) -> None:
    told = explained("absence", FRIDAY, marks=marks)
    assert [(one.what, one.number, one.by) for one in told.changes] == expected


def test_absence_tells_absent_sessions_of_the_year_and_why_the_others_are_none() -> None:
    told = explained("absence", FRIDAY, marks={"2026-09-07": "O I", "2026-09-08": "D D"})
    assert (told.first, counted(told)) == (date(2026, 8, 1), {"O": 1, "I": 1})
    assert told.due is None
    assert told.summary[0].startswith("Absent for 2 of 22 possible sessions")
    assert why_not(told, date(2026, 9, 9))[0][1] == "attended: present in the morning; possible, and no absence"
    assert why_not(told, date(2026, 9, 8))[0][1].startswith("counted by the other school")


def test_nothing_possible_is_no_rate() -> None:
    told = explained("absence", FRIDAY, marks={"2026-09-03..2026-09-18": "D D"})
    assert told.summary == ("No session of this school year counts as possible: there is no rate.",)
    assert told.changes == ()


def test_statistics_count_the_same_sessions() -> None:
    told = explained("statistics", FRIDAY, marks=TEN)
    assert counted(told) == {"O": 20}
    assert "severe absence" in told.summary[1]


def test_an_irregular_pupil_is_counted_to_the_authoritys_own_number() -> None:
    told = explained("irregular", FRIDAY, marks=TEN, local={"authority": {"irregular_sessions": 18}})
    assert (told.due, change(told, "undo").number) == (True, 3)
    below = explained("irregular", FRIDAY, marks=TEN, local={"authority": {"irregular_sessions": 25}})
    assert (below.due, change(below, "reach").number, change(below, "reach").by) == (False, 5, date(2026, 9, 23))


def test_without_a_number_nothing_in_a_register_makes_it_due() -> None:
    told = explained("irregular", FRIDAY, marks=TEN)
    assert (told.due, counted(told)) == (None, {"O": 20})
    assert "Only a number set by the authority" in change(told, "note").text


def test_the_sickness_prompt_says_how_many_more_sessions_of_i() -> None:
    told = explained("sickness_return", FRIDAY, marks={"2026-09-07..2026-09-11": "I I"})
    assert (told.due, counted(told)) == (False, {"I": 10})
    assert (change(told, "reach").number, change(told, "reach").by) == (20, date(2026, 10, 2))
    assert "only a person can tell" in told.summary[-1]


def test_the_sickness_prompt_would_be_undone_by_the_sessions_over_fifteen_days() -> None:
    told = explained("sickness_return", date(2026, 9, 30), marks={"2026-09-07..2026-09-30": "I I"})
    assert told.summary[0] == "A person is asked whether a return is due."
    assert change(told, "undo").number == 7


def test_each_session_says_against_which_parent_it_was_held_before() -> None:
    notices = [
        {"parent": "Jane Canary", "issued": date(2026, 9, 9), "outcome": "paid"},
        {"parent": "Ann Canary", "issued": date(2026, 9, 8), "outcome": "paid"},
        {"parent": "Jane Canary", "issued": date(2026, 9, 11), "outcome": "withdrawn"},
    ]
    told = explained("penalty_notice", FRIDAY, marks={"2026-09-07..2026-09-11": "G O"}, notices=notices)
    said = {one.date.day: one.why for one in told.counted if one.session == "AM"}
    first, second = (
        f"held against Parent {n} by the notice of {day} September 2026"
        for n, day in ((1, "Tuesday 8"), (2, "Wednesday 9"))
    )
    assert said[8].endswith(f"; {first} and {second}")
    assert said[9].endswith(f"; {second}")
    assert "held" not in said[10]
    assert {one.name: one.value for one in told.figures}["covered_sessions"] == 6
    assert any(line.startswith("6 of them were held against a parent by an earlier notice") for line in told.summary)
    assert "Canary" not in repr(told)


def test_without_a_notice_no_session_is_marked() -> None:
    told = explained("penalty_notice", FRIDAY, marks={"2026-09-07..2026-09-11": "G O"})
    assert not [one for one in told.counted if "held" in one.why]
    assert {one.name: one.value for one in told.figures}["covered_sessions"] == 0


def test_a_support_referral_tells_the_share_of_dfe_and_the_number_of_policy_apart() -> None:
    told = explained("support_referral", FRIDAY_OF_FORTY, marks={"2026-09-07..2026-09-08": "I I", "2026-09-09": "I \\"})
    assert told.summary == (
        "A person is asked whether to refer the pupil for support.",
        "Persistent absence, 10% or more on whole numbers, since Wednesday 30 September 2026: 5 of 40 possible "
        "sessions on that day.",
        "By policy, and by no law, a person is asked from 40 possible sessions on: at 10% (persistent) or 50% (severe) "
        "absent.",
    )
    assert counted(told) == {"I": 5}
    ends = change(told, "undo")
    assert (ends.number, ends.by) == (7, date(2026, 10, 8))


def test_of_a_pupil_of_whom_nobody_is_asked_it_says_how_soon_somebody_would_be() -> None:
    told = explained("support_referral", FRIDAY_OF_FORTY, marks={"2026-09-07": "I I"})
    assert told.summary[0] == "Nobody is asked."
    assert change(told, "reach").number == 3


FRIDAY_OF_FORTY = date(2026, 10, 2)  # 22 school days from 3 September: 44 sessions
