"""Why a run of school days counts or does not, what would undo it, and when it would be reached."""

from __future__ import annotations

from datetime import date

import pytest

from rollbook.rules.explain.plain_text import lines_of
from support.explained import change, counted, explained, why_not

# Ten school days from Monday 7 to Friday 18 September.
TEN = {"2026-09-07..2026-09-18": "O O"}
TENTH, ABOUT = date(2026, 9, 18), (date(2026, 9, 7), date(2026, 9, 18))


def test_ten_days_are_explained_with_every_session_and_the_day_before() -> None:
    told = explained("attendance_return", TENTH, marks=TEN)
    assert (told.due, told.first, told.last) == (True, date(2026, 9, 4), TENTH)
    assert counted(told) == {"O": 20}
    assert [(one.date, one.code, one.effect) for one in told.not_counted] == [
        (date(2026, 9, 4), "/", "breaks"),
        (date(2026, 9, 4), "\\", "breaks"),
    ]
    assert "The rule asks for 10, and that was reached on Friday 18 September 2026." in told.summary


def test_any_mark_of_ten_days_would_undo_it_and_the_return_is_due_at_the_months_end() -> None:
    told = explained("attendance_return", TENTH, marks=TEN)
    assert len(change(told, "undo").sessions) == 20
    assert change(told, "deadline").by == date(2026, 9, 30)


def test_of_a_longer_run_only_marks_of_its_last_ten_days_would() -> None:
    told = explained("attendance_return", date(2026, 9, 25), marks={"2026-09-07..2026-09-25": "O O"})
    undone = {day for day, _ in change(told, "undo").sessions}
    assert (min(undone), max(undone), len(undone)) == (date(2026, 9, 14), date(2026, 9, 25), 10)


def test_eight_days_say_how_many_more_and_when_at_the_earliest() -> None:
    told = explained("attendance_return", date(2026, 9, 16), marks=TEN)
    reach = change(told, "reach")
    assert (told.due, reach.number, reach.by) == (False, 2, TENTH)


def test_half_term_does_not_bring_the_tenth_day_nearer() -> None:
    # Monday 19 to Friday 23 October is five days; half term is the week after.
    reach = change(explained("attendance_return", date(2026, 10, 23), marks={"2026-10-19..2026-10-23": "O O"}), "reach")
    assert (reach.number, reach.by) == (5, date(2026, 11, 6))


def test_where_the_calendar_ends_no_day_is_made_up() -> None:
    told = explained("attendance_return", date(2026, 12, 15), marks={"2026-12-15": "O O"})
    assert change(told, "note").text == "No absence on the days that the calendar still has would make it due."


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ("I I", ("I", "authorised absence: illness", "breaks")),
        ("D D", ("D", "counted by the other school: due at another school where also registered", "breaks")),
        ("Q Q", ("Q", "unable to attend, which is no absence: ", "breaks")),
        ("V V", ("V", "attended, at an approved activity: ", "breaks")),
        ("- -", ("-", "no mark was recorded, which is never taken for an absence", "passes")),
        ("# #", ("#", "not required to attend: planned closure", "passes")),
        ("X X", ("X", "the mark is no code that could be used for this pupil on that day", "passes")),
        ("Y Y", ("lossy", "the mark may be one of several codes, and is not guessed", "passes")),
    ],
)
def test_each_session_that_does_not_count_has_its_reason(marks: str, expected: tuple[str, str, str]) -> None:
    told = explained("attendance_return", TENTH, marks=TEN | {"2026-09-11": marks})
    [code, *_], reasons = [one[0] for one in why_not(told, date(2026, 9, 11))], why_not(told, date(2026, 9, 11))
    assert (code, reasons[0][1].startswith(expected[1]), reasons[0][2]) == (expected[0], True, expected[2])


def test_a_half_day_of_absence_is_told_by_what_is_beside_it() -> None:
    broken = explained("attendance_return", TENTH, marks=TEN | {"2026-09-11": "O I"})
    assert why_not(broken, date(2026, 9, 11))[0] == (
        "O",
        "absent, but the other session of the day is not (I)",
        "breaks",
    )
    passed = explained("attendance_return", TENTH, marks=TEN | {"2026-09-11": "O -"})
    assert why_not(passed, date(2026, 9, 11))[0][2] == "passes"


def test_a_closed_day_and_a_day_off_the_roll_are_told() -> None:
    closed = explained("attendance_return", date(2026, 11, 4), marks={"2026-10-19..2026-11-04": "O O"})
    assert why_not(closed, date(2026, 10, 27)) == [(None, "the school had no session", "passes")] * 2
    joined = {"on_roll": date(2026, 9, 10)}
    told = explained("attendance_return", date(2026, 9, 11), marks=TEN, pupil=joined, about=ABOUT)
    assert why_not(told, date(2026, 9, 9)) == [(None, "the pupil was not on the roll of this school", "breaks")] * 2


def test_below_compulsory_age_is_said_and_no_birthday_told() -> None:
    young = {"dob": date(2021, 9, 10), "year_group": 0}
    told = explained("attendance_return", TENTH, marks=TEN, pupil=young)
    assert {why for _, why, _ in why_not(told, TENTH)} == {"the pupil was not of compulsory school age"}
    assert "2021" not in "\n".join(lines_of(told))


def test_a_run_that_has_ended_says_on_which_day() -> None:
    told = explained("attendance_return", date(2026, 9, 22), marks=TEN, about=ABOUT)
    assert told.due is False
    assert "The run has ended: it was broken on Monday 21 September 2026." in told.summary
    assert counted(told) == {"O": 20}


def test_a_case_that_the_register_no_longer_bears_is_explained_by_its_days() -> None:
    told = explained("attendance_return", TENTH, marks=TEN | {"2026-09-10": "I I"}, about=ABOUT)
    assert (told.first, told.last, counted(told)) == (*ABOUT, {"O": 12})
    assert any("those days no longer bear it" in line for line in told.summary)
    ill = explained("attendance_return", TENTH, marks={"2026-09-07..2026-09-18": "I I"}, about=ABOUT)
    assert (counted(ill), len(ill.not_counted)) == ({}, 20)


def test_the_ground_says_that_u_does_not_count_and_that_nothing_is_deleted() -> None:
    marks = {"2026-09-07..2026-10-02": "O O", "2026-09-10": "U U"}
    told = explained("ground_review", date(2026, 10, 2), marks=marks)
    assert told.summary[0] == "No review is possible."
    reason = "unauthorised absence that this rule does not count: arrived after the register closed"
    assert why_not(told, date(2026, 9, 10))[0] == ("U", reason, "breaks")
    assert change(told, "reach").by == date(2026, 10, 8)
    assert "Nothing is deleted by this" in told.summary[-1]


def test_an_overrun_of_leave_is_explained_from_its_last_day() -> None:
    marks = {"2026-09-07..2026-09-18": "C C", "2026-09-21..2026-10-02": "O O"}
    leave = [{"from": date(2026, 9, 7), "to": TENTH}]
    told = explained("ground_review", date(2026, 10, 2), marks=marks, leave=leave)
    assert (told.due, told.first, counted(told)) == (True, TENTH, {"O": 20})
    assert "Leave of absence ended on Friday 18 September 2026" in told.summary[1]


def test_values_say_who_set_them_where_they_stand_and_how_sure_that_is() -> None:
    local = {"authority": {"attendance_return_due_days": 3}}
    told = explained("attendance_return", TENTH, marks=TEN, local=local)
    values = {one.name: one for one in told.values}
    law, own = values["attendance_return_school_days"], values["attendance_return_due_days"]
    assert (law.value, law.set_by, law.first) == (10, "law", date(2024, 8, 19))
    assert law.confidence == "from a reliable third party, not read in the source itself"
    assert (own.value, own.set_by, own.confidence) == (3, "authority", "")
    assert change(told, "deadline").by == date(2026, 9, 21)
