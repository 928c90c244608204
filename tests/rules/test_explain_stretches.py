"""A month of an absence that goes on, and days on which nobody knew where the pupil was: what counts, and to when."""

from __future__ import annotations

from datetime import date

from support.explained import change, counted, explained, why_not

TEN = {"2026-09-07..2026-09-18": "N O"}
TENTH = date(2026, 9, 18)


def reached(day: int) -> list[dict[str, object]]:
    """The log of an attempt in September by which someone was reached."""
    return [{"date": date(2026, 9, day), "type": "call", "outcome": "reached"}]


def test_every_day_of_a_missing_pupil_counts_those_after_the_tenth_too() -> None:
    told = explained("missing", date(2026, 9, 23), marks={"2026-09-07..2026-09-23": "O O"}, contact_log=[])
    assert (told.due, counted(told)) == (True, {"O": 26})
    assert told.summary[1].startswith("13 school days on which every session is N or O: Monday 7 to Wednesday 23")
    assert not [one for one in told.not_counted if one.code == "O"]


def test_only_marks_that_leave_no_ten_days_on_either_side_would_undo_it() -> None:
    told = explained("missing", date(2026, 9, 23), marks={"2026-09-07..2026-09-23": "O O"}, contact_log=[])
    days = {day for day, _ in change(told, "undo").sessions}
    assert (min(days), max(days)) == (date(2026, 9, 10), date(2026, 9, 23))


def test_without_a_log_it_says_that_it_rests_on_the_marks_alone() -> None:
    told = explained("missing", TENTH, marks=TEN)
    assert told.due
    assert any(line.startswith("It rests on the marks alone") for line in told.summary)
    logged = explained("missing", TENTH, marks=TEN, contact_log=[])
    assert logged.summary[-1] == "The log has no attempt by which anyone was reached."


def test_before_the_number_is_reached_it_says_how_many_more_days_by_when() -> None:
    told = explained("missing", date(2026, 9, 16), marks=TEN, contact_log=[])
    assert (told.due, counted(told)) == (False, {"N": 8, "O": 8})
    assert (change(told, "reach").number, change(told, "reach").by) == (2, TENTH)


def test_the_contact_that_ended_the_count_is_told() -> None:
    told = explained("missing", date(2026, 9, 16), marks=TEN, contact_log=reached(10))
    assert counted(told) == {"N": 4, "O": 4}
    ended = "someone was reached on Thursday 10 September 2026, which ended the count"
    assert why_not(told, date(2026, 9, 8)) == [("N", ended, "not counted"), ("O", ended, "not counted")]
    assert (change(told, "reach").number, change(told, "reach").by) == (6, date(2026, 9, 24))
    today = explained("missing", date(2026, 9, 16), marks=TEN, contact_log=reached(16))
    assert (today.counted, change(today, "reach").number) == ((), 10)


def test_one_who_never_came_is_held_against_the_number_for_those() -> None:
    marks = {"2026-09-03..2026-09-18": "O O"}
    local = {"authority": {"failed_to_start_days": 15}}
    told = explained("missing", TENTH, marks=marks, contact_log=[], local=local)
    assert (told.due, change(told, "reach").number) == (False, 3)
    assert any("from 15 school days on" in line for line in told.summary)


def test_a_leaver_has_no_sessions() -> None:
    left = {"off_roll": date(2026, 9, 11), "destination": "unknown"}
    told = explained("missing", TENTH, pupil=left, contact_log=[])
    assert (told.due, told.first, told.counted) == (True, None, ())
    assert "Only the roll would" in change(told, "note").text


def test_a_follow_up_counts_the_whole_of_its_month() -> None:
    local = {"authority": {"attendance_return_followup": True}}
    told = explained("attendance_followup", date(2026, 10, 9), marks={"2026-09-07..2026-10-09": "O O"}, local=local)
    assert (told.due, counted(told)) == (True, {"O": 14})
    assert (told.first, change(told, "deadline").by) == (date(2026, 10, 1), date(2026, 10, 31))


def test_a_follow_up_that_the_authority_does_not_ask_for_says_so() -> None:
    told = explained("attendance_followup", date(2026, 10, 9), marks={"2026-09-07..2026-10-09": "O O"})
    assert told.summary[0].startswith("The authority asks for no follow-up")
    assert (told.counted, [one.what for one in told.changes]) == ((), ["note"])
