"""How a worked case is read and compared."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from rollbook.rules.case_register import days_of
from rollbook.rules.problems import CaseMalformed
from rollbook.rules.worked import Outcome, Result, run_case
from support.rules_cases import CALENDAR

FRIDAY = date(2026, 9, 11)


def run(expect: dict[str, Any], as_at: date = FRIDAY, **case: Any) -> Result:
    whole = {"id": "it", "calendar": "a", "checks": [{"as_at": as_at, "expect": expect}]} | case
    [result] = run_case(whole, {"a": CALENDAR})
    return result


def test_only_the_figures_that_are_named_are_compared() -> None:
    assert run({"absence": {"unauthorised": 0}}).outcome is Outcome.PASSED


def test_a_difference_says_what_was_expected_and_what_was_found() -> None:
    result = run({"absence": {"unauthorised": 3, "attended": 14}}, pupil={"on_roll": date(2026, 9, 3)})
    assert (result.outcome, result.expected, result.found) == (
        Outcome.DIFFERS,
        {"unauthorised": 3},
        {"unauthorised": 0},
    )


def test_true_is_not_one() -> None:
    assert run({"marks": {"not_recorded": False}}).outcome is Outcome.DIFFERS


def test_a_field_that_the_rule_does_not_have_differs() -> None:
    assert "no figure for colour" in run({"absence": {"colour": 3}}).reason


def test_a_rule_that_there_is_not_is_not_run() -> None:
    result = run({"astrology": {"due": True}})
    assert (result.outcome, result.reason) == (Outcome.NOT_RUN, "no such rule yet")


def test_a_day_before_a_rule_was_in_force_differs_and_names_rule_and_day() -> None:
    result = run({"attendance_return": {"due": False}}, as_at=date(2024, 8, 18))
    assert result.outcome is Outcome.DIFFERS
    assert "attendance_return" in result.reason
    assert "2024-08-18" in result.reason


def test_a_later_line_of_marks_wins() -> None:
    marks = {"2026-09-07..2026-09-11": "O O", date(2026, 9, 9): "I I"}
    assert run({"absence": {"unauthorised": 8, "authorised": 2}}, marks=marks).outcome is Outcome.PASSED


def test_a_change_counts_from_the_day_it_was_made() -> None:
    changed = [{"date": date(2026, 9, 11), "marks": {"2026-09-07": "I I"}}]
    marks = {"2026-09-07": "O O"}
    before = run({"absence": {"unauthorised": 2}}, as_at=date(2026, 9, 10), marks=marks, amended=changed)
    after = run({"absence": {"unauthorised": 0}}, marks=marks, amended=changed)
    assert (before.outcome, after.outcome) == (Outcome.PASSED, Outcome.PASSED)


@pytest.mark.parametrize("backwards", [False, True])
def test_changes_count_in_the_order_in_which_they_were_made_however_they_are_listed(backwards: bool) -> None:
    changed = [
        {"date": date(2026, 9, 9), "marks": {"2026-09-07": "I I"}},
        {"date": date(2026, 9, 10), "marks": {"2026-09-07": "M M"}},
        {"date": date(2026, 9, 11), "marks": {"2026-09-07": "N N"}},
    ]
    said = {day: {"absence": {"unauthorised": n}} for day, n in ((9, 0), (10, 0), (11, 2))}
    listed = changed[::-1] if backwards else changed
    for day, expect in said.items():
        found = run(expect, as_at=date(2026, 9, day), marks={"2026-09-07": "O O"}, amended=listed)
        assert found.outcome is Outcome.PASSED, day


def test_a_vendor_whose_marks_are_not_to_hand_is_said_and_not_guessed() -> None:
    mark = {"raw": "7", "date": FRIDAY, "vendor": "someone"}
    assert "'someone'" in run({"code": {"code": "I"}}, code=mark).reason


def test_a_vendors_own_mark_is_read_by_its_table() -> None:
    mark = {"raw": "7", "date": FRIDAY, "vendor": "someone"}
    case = {"id": "it", "code": mark, "checks": [{"as_at": FRIDAY, "expect": {"code": {"code": "I"}}}]}
    [result] = run_case(case, {}, {"someone": {"7": "I"}})
    assert result.outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"marks": {"2026-09-07": "O"}}, "morning"),
        ({"marks": {"next week": "O O"}}, "range of days"),
        ({"marks": {"2026-09-11..2026-09-07": "O O"}}, "ends before it begins"),
        ({"calendar": "zz"}, "no calendar"),
        ({"unlisted": "absent"}, "unlisted"),
        ({"colour": "blue"}, "colour"),
    ],
)
def test_a_malformed_case_is_refused_with_the_reason(change: dict[str, Any], why: str) -> None:
    with pytest.raises(CaseMalformed, match=why):
        run({"absence": {"possible": 1}}, **change)


def test_a_range_of_days_has_both_its_ends() -> None:
    assert days_of("2026-09-03..2026-09-05") == [date(2026, 9, 3), date(2026, 9, 4), date(2026, 9, 5)]
