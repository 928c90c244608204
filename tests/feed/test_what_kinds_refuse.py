"""What a kind refuses beyond the form of its fields: dates out of order, figures that do not agree, small numbers."""

from __future__ import annotations

from typing import Any

import pytest

from rollbook_feed import example, news_problems, problems, regular_problems
from support.feed_forms import with_value

MESSAGES = [
    (
        "attendance_followup",
        "content.absence.sessions.1.date",
        "2026-11-03",
        "sessions",
        "a session is not of first_day",
    ),
    ("irregular_attendance_return", "content.absence.reached_on", "2026-09-01", "reached_on", "before first_day"),
    ("sickness_return", "content.sickness.school_days", 7.25, "school_days", "not a number of halves"),
    ("sickness_return", "content.sickness.school_days", float("nan"), "school_days", "not from 0 to 200"),
    (
        "sickness_return",
        "content.sickness.expected_days",
        ...,
        "expected_days",
        "required where reached_on is not there",
    ),
    ("sickness_return", "content.sickness.diagnosis", "flu", "diagnosis", "the feed has no such field"),
    (
        "deletion_return",
        "content.deletion.ground",
        "p",
        "ground",
        "not one of a, b, c, d, e, f, g, h, i, j, k, l, m, n, o",
    ),
    (
        "deletion_return",
        "content.deletion.goes_to.place",
        "abroad",
        "school",
        "there where place is school, and only then",
    ),
    (
        "missing_pupil_report",
        "content.missing.sessions",
        ...,
        "sessions",
        "there of a pupil on the roll, and only then",
    ),
    ("missing_pupil_report", "content.missing.sessions.0.code", "G", "code", "not one of N, O"),
    (
        "missing_pupil_report",
        "content.missing.sessions.0.date",
        "2026-10-01",
        "sessions",
        "a session is not from first_day to reached_on",
    ),
    (
        "support_referral",
        "content.attendance.attended",
        35,
        "possible",
        "not the sum of attended, authorised and unauthorised",
    ),
    ("penalty_notice_request", "content.absence.sessions.0.code", "N", "code", "not one of G, O, U"),
    ("penalty_notice_request", "content.absence.unauthorised", 11, "unauthorised", "not as many as there are sessions"),
    ("penalty_notice_request", "content.parents", [], "parents", "not from 1 to 20 of them"),
    ("worker_notice", "content.pupil.address", "14 Marrowbone Crescent", "address", "the feed has no such field"),
    ("worker_notice", "content.parents", [], "parents", "the feed has no such field"),
]


@pytest.mark.parametrize(("kind", "path", "value", "at", "words"), MESSAGES)
def test_a_message(kind: str, path: str, value: Any, at: str, words: str) -> None:
    [found] = problems(with_value(example(kind), path.split("."), value))
    assert (found["pointer"].rpartition("/")[2], found["problem"]) == (at, words)


@pytest.mark.parametrize(
    ("attended", "kind", "refused"),
    [(36, "severe", False), (37, "severe", True), (64, "persistent", False), (65, "persistent", True)],
)
def test_the_figures_of_a_referral_bear_out_its_type_before_rounding(attended: int, kind: str, refused: bool) -> None:
    said = example("support_referral")
    said["content"]["referral"]["type"] = kind
    said["content"]["attendance"] |= {"attended": attended, "authorised": 72 - attended, "unauthorised": 0}
    assert [row["problem"] for row in problems(said)] == (["the figures do not bear it out"] if refused else [])


NEWS = [
    ("notice_outcome", "content.notice.outcome_on", ..., "there where outcome is another than issued, and only then"),
    ("notice_outcome", "content.notice.outcome_on", "2026-10-25", "before issued"),
    ("notice_outcome", "content.notice.ends", "2026-12-01", "only of a notice to improve"),
    ("pupil_flags", "content.held.last_day", "2026-10-27", "before first_day"),
    ("pupil_flags", "content.held.flag", "child_protection", "not one of looked_after, social_worker, youth_justice"),
    ("named_contacts", "id", "Zebulon Quillfeather", "not 1 to 64 letters, digits, dots, dashes and underscores"),
    ("named_contacts", "at", "2026-11-02T09:30:00+00:00", "not a moment as 2026-10-05T08:31:00Z"),
    ("named_contacts", "at", "2026-11-31T09:30:00Z", "not a moment that exists"),
]


@pytest.mark.parametrize(("kind", "path", "value", "words"), NEWS)
def test_a_piece_of_news(kind: str, path: str, value: Any, words: str) -> None:
    assert [row["problem"] for row in news_problems(with_value(example(kind), path.split("."), value))] == [words]


REGULAR = [
    ("day", "registers.0.recorded", 212, "more than expected"),
    ("day", "registers.1.session", "AM", "the same session is told twice"),
    ("sessions", "marks.1.session", "AM", "the same session is told twice"),
    ("week", "week", "2026-11-17", "not a Monday"),
    ("week", "least", 4, "not from 5 to 100"),
    ("week", "rows.1.year_group", 4, "the same group is told twice"),
    ("week", "rows.0.cohort", "ehcp", "no row of all pupils"),
    ("week", "rows.1.cohort", "eal", "of one of year_group and cohort, and not of both"),
    ("week", "rows.1.attended", 250, "not the sum of attended, authorised and unauthorised"),
    ("week", "rows.1.attended", ..., "there where the row is not suppressed, and only then"),
    ("week", "rows.4.pupils", 5, "there where the row is not suppressed, and only then"),
]


@pytest.mark.parametrize(("kind", "path", "value", "words"), REGULAR)
def test_a_body_of_the_regular_feed(kind: str, path: str, value: Any, words: str) -> None:
    assert [row["problem"] for row in regular_problems(kind, with_value(example(kind), path.split("."), value))] == [
        words
    ]


def week(*rows: tuple[str | int, int | None], least: int = 5) -> list[str]:
    """What is said of a week whose rows are (group, pupils; None is suppressed)."""
    made = []
    for group, pupils in rows:
        row: dict[str, Any] = {
            "cohort" if isinstance(group, str) else "year_group": group,
            "suppressed": pupils is None,
        }
        if pupils is not None:
            row |= {"pupils": pupils, "possible": 0, "attended": 0, "authorised": 0, "unauthorised": 0}
        made.append(row)
    return [row["problem"] for row in regular_problems("week", example("week") | {"least": least, "rows": made})]


RECKONED = "a number of pupils smaller than least can be reckoned from the rows"


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("all", 40), (3, 20), (4, 20)], []),
        ([("all", None)], []),
        ([("all", None), (3, None), (4, None)], []),
        ([("all", 40), (3, 20), (4, None), (5, None)], []),
        ([("all", 40), ("fsm", 35)], []),
        ([("all", 40), ("fsm", 40)], []),
        ([("all", 40), ("fsm", None)], []),
        ([("all", 40), (3, 36), (4, None)], [RECKONED]),  # the one hidden year is what is left
        ([("all", 40), (3, 20), (4, None)], [RECKONED]),  # however many are left
        ([("all", 40), (3, 37), (4, None), (5, None)], [RECKONED]),  # two hidden years of three pupils together
        ([("all", 40), (3, 20), (4, 16)], [RECKONED]),  # four who are in no year group
        ([("all", 40), ("fsm", 38)], [RECKONED]),  # two who have no free meals
        ([("all", None), (3, 5)], ["all pupils are too few, and a part of them is shown"]),
    ],
)
def test_no_small_number_can_be_reckoned_from_the_rows_of_a_week(rows: list[Any], words: list[str]) -> None:
    assert week(*rows) == words


def test_an_authority_may_want_more_hidden_and_never_less() -> None:
    assert week(("all", 40), (3, 9), (4, 31), least=10) == ["a row of fewer pupils than least is not suppressed"]
    assert week(("all", 40), (3, 4), (4, 36)) == ["not from 5 to 20000"]
