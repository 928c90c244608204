"""Twenty school days of absence, and ten after leave: when a review of the ground for deletion is possible."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from support.rules_years import answer, findings

# Twenty school days from Tuesday 8 September to Monday 5 October 2026.
TWENTY = {"2026-09-08..2026-10-05": "O O"}
TWENTIETH = date(2026, 10, 5)
# Leave to Friday 18 September; the ten school days after it end on Friday 2 October.
LEAVE = [{"from": date(2026, 9, 14), "to": date(2026, 9, 18)}]
AWAY = {"2026-09-14..2026-09-18": "C C", "2026-09-21..2026-10-02": "O G"}
TENTH = date(2026, 10, 2)


def review(as_at: date, **case: Any) -> tuple[date | None, date | None]:
    said = answer("ground_review", as_at, **case)
    assert said["review_possible"] is any((said["continuous_absence"], said["leave_overrun"]))
    return said["continuous_absence"], said["leave_overrun"]


def test_the_twentieth_day_reaches_it_and_it_stands_while_the_absence_goes_on() -> None:
    assert review(date(2026, 10, 4), marks=TWENTY) == (None, None)
    assert review(TWENTIETH, marks=TWENTY) == (TWENTIETH, None)
    assert review(date(2026, 10, 9), marks=TWENTY | {"2026-10-06..2026-10-09": "N N"}) == (TWENTIETH, None)


@pytest.mark.parametrize("mark", ["I I", "O U", "Y6 Y6", "D D", "C C", "E E", "O \\"])
def test_one_other_mark_inside_the_twenty_defeats_it(mark: str) -> None:
    assert review(TWENTIETH, marks=TWENTY | {"2026-09-23": mark})[0] is None


def test_it_no_longer_stands_when_the_pupil_comes_back() -> None:
    assert review(date(2026, 10, 6), marks=TWENTY) == (None, None)


def test_it_no_longer_stands_when_the_pupil_has_left() -> None:
    left = {"off_roll": TWENTIETH}
    assert review(TWENTIETH, marks=TWENTY, pupil=left) == (TWENTIETH, None)
    assert review(date(2026, 10, 6), marks=TWENTY, pupil=left) == (None, None)


def test_the_tenth_day_after_leave_reaches_it() -> None:
    assert review(date(2026, 10, 1), marks=AWAY, leave=LEAVE) == (None, None)
    assert review(TENTH, marks=AWAY, leave=LEAVE) == (None, TENTH)


@pytest.mark.parametrize(
    ("day", "mark", "reached"),
    [
        ("2026-09-21", "/ \\", None),  # back for the first day
        ("2026-09-30", "I I", None),
        ("2026-10-02", "O \\", None),
        ("2026-09-30", "O U", None),
        ("2026-09-30", "# #", None),  # passes, so that there are nine
        ("2026-09-30", "- -", None),
        ("2026-09-30", "O #", TENTH),
    ],
)
def test_what_one_day_after_leave_does_to_it(day: str, mark: str, reached: date | None) -> None:
    assert review(TENTH, marks=AWAY | {day: mark}, leave=LEAVE)[1] == reached


def test_a_day_that_passes_is_made_up_for_by_the_next() -> None:
    marks = AWAY | {"2026-09-21": "# #", "2026-10-05": "O O"}
    assert review(date(2026, 10, 5), marks=marks, leave=LEAVE)[1] == date(2026, 10, 5)


def test_it_no_longer_stands_once_any_day_has_broken_it() -> None:
    assert review(date(2026, 10, 5), marks=AWAY, leave=LEAVE) == (None, None)


def test_days_before_the_end_of_the_leave_are_not_those_after_it() -> None:
    marked_absent = AWAY | {"2026-09-14..2026-09-18": "G G"}
    assert review(date(2026, 10, 1), marks=marked_absent, leave=LEAVE)[1] is None
    assert review(TENTH, marks=marked_absent, leave=LEAVE)[1] == TENTH


def test_leave_that_ends_in_the_holiday_counts_from_the_first_school_day() -> None:
    over_the_summer = [{"from": date(2026, 7, 13), "to": date(2026, 8, 10)}]
    marks = {"2026-09-03..2026-09-16": "O O"}
    assert review(date(2026, 9, 16), marks=marks, leave=over_the_summer)[1] == date(2026, 9, 16)


def test_leave_that_has_not_ended_has_no_days_after_it() -> None:
    assert review(date(2026, 9, 17), marks=AWAY, leave=LEAVE) == (None, None)


def test_leave_before_the_pupil_joined_is_broken_by_days_off_the_roll() -> None:
    joined = {"on_roll": date(2026, 9, 22)}
    marks = {"2026-09-22..2026-10-05": "O O"}
    assert review(date(2026, 10, 5), marks=marks, leave=LEAVE, pupil=joined)[1] is None


def test_below_compulsory_school_age_neither_is_reached() -> None:
    young = {"dob": date(2021, 9, 20), "year_group": 0}
    assert review(TWENTIETH, marks=TWENTY, leave=LEAVE, pupil=young) == (None, None)


def test_the_finding_names_the_ground_and_what_is_still_to_be_found_out() -> None:
    [one] = findings("ground_review", TWENTIETH, marks=TWENTY)
    assert (one["first"], one["reached"], one["ended"]) == (date(2026, 9, 8), TWENTIETH, False)
    assert len(one["evidence"]) == 40
    figures = one["figures"]
    assert (figures["ground"], figures["school_days"]) == ("continuous_absence", 20)
    assert figures["last_attended"] == "2026-09-07"
    assert len(figures["to_establish"]) == 2
    assert figures["outstanding"] is None  # no log of contacts was given


def test_with_a_log_of_contacts_the_ways_not_yet_tried_are_outstanding() -> None:
    log = [{"date": date(2026, 9, 9), "type": "call", "outcome": "no_answer"}]
    [one] = findings("ground_review", TWENTIETH, marks=TWENTY, contact_log=log)
    assert (one["figures"]["attempts"], one["figures"]["outstanding"]) == (1, ["letter or message", "home visit"])


def test_an_overrun_that_ended_is_still_a_finding() -> None:
    [one] = findings("ground_review", date(2026, 10, 5), marks=AWAY, leave=LEAVE)
    assert (one["first"], one["last"], one["reached"], one["ended"]) == (date(2026, 9, 21), TENTH, TENTH, True)
    assert one["figures"]["ground"] == "leave_overrun"
    assert one["figures"]["leave_to"] == "2026-09-18"
    assert len(one["evidence"]) == 20


def test_both_may_stand_at_once() -> None:
    longer = AWAY | {"2026-10-05..2026-10-16": "O O"}
    assert review(date(2026, 10, 16), marks=longer, leave=LEAVE) == (date(2026, 10, 16), TENTH)
    assert len(findings("ground_review", date(2026, 10, 16), marks=longer, leave=LEAVE)) == 2


def test_attempts_after_the_pupil_came_back_are_not_of_that_absence() -> None:
    log = [
        {"date": date(2026, 9, 22), "type": "call", "outcome": "no reply"},
        {"date": date(2026, 10, 8), "type": "visit", "outcome": "no reply"},
    ]
    [one] = findings("ground_review", date(2026, 10, 9), marks=TWENTY, contact_log=log)
    assert (one["ended"], one["figures"]["attempts"], one["figures"]["last_attempt"]) == (True, 1, "2026-09-22")
    going_on = TWENTY | {"2026-10-06..2026-10-09": "O O"}
    [one] = findings("ground_review", date(2026, 10, 9), marks=going_on, contact_log=log)
    assert (one["ended"], one["figures"]["attempts"]) == (False, 2)
