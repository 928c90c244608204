"""A case is explained by its own days: one that has ended never speaks of what came later, but to say so apart."""

from __future__ import annotations

from datetime import date

from rollbook.rules.explain.explanation import Explanation
from rollbook.rules.explain.plain_text import lines_of
from support.explained import counted, explained

# Two absences of ten school days: from 7 September, over on the 21st; and from 2 November.
TWICE = {"2026-09-07..2026-09-18": "O O", "2026-11-02..2026-11-13": "G G"}
FIRST, LATER = (date(2026, 9, 7), date(2026, 9, 18)), date(2026, 11, 13)
NOT_NOW = "On Friday 13 November 2026 the rule's own answer is: it is not due."
ANOTHER = "On Friday 13 November 2026 the rule's own answer is: it is due, by another stretch of days than this case's."


def figures(told: Explanation) -> dict[str, object]:
    return {one.name: one.value for one in told.figures}


def test_an_absence_that_ended_is_told_by_its_own_days_while_another_is_due() -> None:
    told = explained("attendance_return", LATER, marks=TWICE, about=FIRST)
    assert (told.due, counted(told)) == (False, {"O": 20})
    assert told.summary[0] == "It was met, and has ended: its last day was Friday 18 September 2026."
    assert told.summary[-1] == ANOTHER
    assert "It is due." not in "\n".join(lines_of(told))


def test_its_figures_and_what_would_have_undone_it_are_its_own() -> None:
    told = explained("attendance_return", LATER, marks=TWICE, about=FIRST)
    assert (figures(told)["run_days"], figures(told)["reached_on"]) == (10, "2026-09-18")
    assert "due" not in figures(told)
    [undo] = told.changes
    assert (undo.what, {day.month for day, _ in undo.sessions}) == ("undo", {9})
    assert undo.text.endswith("it would not have been met on Friday 18 September 2026.")


def test_a_mark_after_the_day_on_which_it_was_met_would_have_undone_nothing() -> None:
    marks = {"2026-09-07..2026-09-22": "O O"}
    told = explained("attendance_return", LATER, marks=marks, about=(date(2026, 9, 7), date(2026, 9, 22)))
    days = {day for day, _ in told.changes[0].sessions}
    assert (counted(told), max(days)) == ({"O": 24}, date(2026, 9, 18))


def test_a_month_of_a_follow_up_that_is_over_has_its_own_days() -> None:
    marks = {"2026-09-07..2026-11-13": "O O"}
    local = {"authority": {"attendance_return_followup": True}}
    october = (date(2026, 10, 1), date(2026, 10, 23))
    told = explained("attendance_followup", LATER, marks=marks, local=local, about=october)
    assert (told.first, told.last) == october
    assert {one.date.month for one in told.counted} == {10}
    assert figures(told)["since"] == "2026-10-01"
    assert told.summary[-1] == ANOTHER


def test_a_threshold_that_lapsed_says_what_it_was_in_its_own_window() -> None:
    marks = {"2026-09-07..2026-09-11": "G O"}
    told = explained("penalty_notice", date(2026, 12, 4), marks=marks, about=(date(2026, 9, 7), date(2026, 9, 11)))
    assert (told.due, counted(told), figures(told)["sessions"]) == (False, {"G": 5, "O": 5}, 10)
    assert (told.first, told.last) == (date(2026, 8, 31), date(2026, 9, 11))
    assert any(line.startswith("10 sessions of unauthorised absence") for line in told.summary)


def test_a_total_that_still_stands_is_no_other_stretch_of_days() -> None:
    told = explained(
        "sickness_return", LATER, marks={"2026-09-07..2026-09-25": "I I"}, about=(FIRST[0], date(2026, 9, 25))
    )
    assert (told.due, counted(told)) == (False, {"I": 30})
    assert told.summary[-1].endswith("it is due, though these days are over.")


def test_a_case_that_is_gone_does_not_borrow_another_absence() -> None:
    told = explained("attendance_return", LATER, marks=TWICE | {"2026-09-07..2026-09-18": "I I"}, about=FIRST)
    assert (told.due, told.counted, told.changes) == (False, (), ())
    assert "those days no longer bear it" in told.summary[0]
    assert told.summary[-1] == ANOTHER


def test_a_pupil_who_was_reached_on_the_last_day_is_told_by_the_finding_itself() -> None:
    marks = {"2026-09-07..2026-09-18": "N N"}
    log = [{"date": date(2026, 9, 18), "type": "call", "outcome": "reached"}]
    told = explained("missing", LATER, marks=marks, contact_log=log, about=FIRST)
    assert (told.due, counted(told)) == (False, {"N": 20})
    assert told.summary[-1] == NOT_NOW
