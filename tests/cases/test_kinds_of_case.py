"""Each kind of case has its own words: what the register shows, why it opened, whether it goes on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rollbook.cases.case import Case, State
from rollbook.cases.review import review
from rollbook.cases.wording import closed_reason, difference, opened_reason, withdrawn_reason
from rollbook.rules.catalogue import RULES
from support.cases import after, finding, matched, what
from support.registers import day

FORTNIGHT = ("2026-09-14", "2026-09-25")
# Rules that only show or count: nothing of theirs is followed up by itself.
SHOWN_ONLY = {
    *("absence", "absence_by_code", "statistics", "notice_ladder", "unexplained", "marks", "not_seen", "cohorts"),
    *("register_quality", "children_not_in_school", "compulsory_age", "code", "notice_to_improve"),
}
OPENED = [
    ("attendance_return", "An absence that began on 14 September 2026 met the rule on 25 September 2026."),
    ("penalty_notice", "Unauthorised absences since 14 September 2026 reached the threshold on 25 September 2026."),
    ("new_pupil_return", "A name was entered in the admission register on 25 September 2026."),
    ("deletion_return", "The last day on the roll was 25 September 2026."),
    ("rule_of_a_plugin", "What began on 14 September 2026 met the rule on 25 September 2026."),
]


def of(kind: str, **changed: object) -> Case:
    [case] = after([finding(*FORTNIGHT)])
    return replace(case, kind=kind, **changed)  # type: ignore[arg-type]


@pytest.mark.parametrize(("kind", "reason"), OPENED)
def test_why_it_opened(kind: str, reason: str) -> None:
    assert opened_reason(of(kind)) == reason


@pytest.mark.parametrize("kind", sorted(set(RULES) - SHOWN_ONLY))
def test_every_rule_that_is_followed_up_has_words_of_its_own(kind: str) -> None:
    others = {withdrawn_reason(of("rule_of_a_plugin"))}
    assert withdrawn_reason(of(kind)) not in others
    assert "{" not in opened_reason(of(kind)) + closed_reason(of(kind))


@pytest.mark.parametrize("kind", ["new_pupil_return", "deletion_return"])
def test_what_is_of_one_day_says_one_day(kind: str) -> None:
    before, now = of(kind), of(kind, first=day("2026-09-28"), last=day("2026-09-28"), reached=day("2026-09-28"))
    assert difference(before, now) == "The day is now 28 September 2026, not 25 September 2026."
    lines = review(now, title="Return").as_text().splitlines()
    assert "Day: 28 September 2026" in lines
    assert not any(line.startswith("First day") for line in lines)


@pytest.mark.parametrize(
    ("kind", "state", "says"),
    [
        ("sickness_return", State.OPEN, "Open: the spell of illness goes on."),
        ("sickness_return", State.CLOSED, "Closed: the spell of illness has ended."),
        ("penalty_notice", State.CLOSED, "Closed: the threshold is no longer reached."),
        ("missing", State.WITHDRAWN, "Withdrawn: the register no longer shows it."),
    ],
)
def test_a_review_says_how_it_stands(kind: str, state: State, says: str) -> None:
    assert review(of(kind, state=state), title="A rule").as_text().splitlines()[1] == says


def test_a_missing_child_is_called_what_the_authority_calls_it() -> None:
    case = of("missing", figures={"called": "Child missing education"})
    began = "what began on 14 September 2026 met the rule on 25 September 2026."
    assert opened_reason(case) == f"Child missing education: {began}"
    assert withdrawn_reason(case).startswith("The register, or the log of contacts, was corrected")


def test_a_review_leaves_out_what_there_is_none_of() -> None:
    text = review(of("missing", figures={"due_by": None, "days": 20.0, "outstanding": []}), title="A rule").as_text()
    assert "Days: 20" in text.splitlines()
    assert "Due by" not in text
    assert "Outstanding" not in text


def test_a_kind_that_could_not_be_judged_of_a_pupil_withdraws_nothing() -> None:
    cases = after([finding(*FORTNIGHT)])
    assert matched(cases, unjudged={("attendance_return", 1)}) == []
    assert what(matched(cases, unjudged={("missing", 1), ("attendance_return", 2)})) == [("withdrawn", 1)]
