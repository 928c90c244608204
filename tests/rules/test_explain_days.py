"""Rules of deadlines, of the roll and of notices, and rules that have no counterfactual of their own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from rollbook.rules import catalogue
from rollbook.rules.case_register import MAIN_SCHOOL, PUPIL
from rollbook.rules.explain.plain_text import lines_of
from rollbook.rules.explain.whole import Asked, explain
from rollbook.rules.pairs import COUNTS, look_up, run_roles, said, sessions
from rollbook.rules.problems import NoSuchRule, NotInForce, RegisterProblem
from rollbook.rules.rule import SESSION_LIST, Field, Judged, Reading, Rule
from rollbook.tables import codes
from support.explained import change, counted, explained, why_not
from support.rules_cases import looked_at, small

FRIDAY = date(2026, 9, 18)
TEN = {"2026-09-07..2026-09-18": "O O"}


def test_n_marks_are_told_with_their_deadlines() -> None:
    told = explained("unexplained", FRIDAY, marks={"2026-09-07": "N N", "2026-09-16": "N \\"})
    assert (told.due, counted(told)) == (True, {"N": 2})
    assert [(one.date, one.why) for one in told.not_counted] == [
        (date(2026, 9, 16), "it is to be settled by the end of Wednesday 23 September 2026")
    ]
    assert change(told, "undo").number == 2


def test_an_n_mark_in_time_has_a_deadline_and_nothing_to_undo() -> None:
    told = explained("unexplained", FRIDAY, marks={"2026-09-16": "N \\"})
    assert (told.due, change(told, "deadline").by) == (False, date(2026, 9, 23))


def test_days_unseen_are_counted_whatever_the_codes_say() -> None:
    marks = {"2026-09-07..2026-09-18": "I I", "2026-09-09": "D D"}
    local = {"authority": {"not_seen_school_days": 15}}
    told = explained("not_seen", FRIDAY, marks=marks, local=local)
    assert (told.first, counted(told)) == (date(2026, 9, 4), {"I": 18})
    assert why_not(told, date(2026, 9, 4))[0] == ("/", "seen on this day", "not counted")
    assert (change(told, "reach").number, change(told, "reach").by) == (6, date(2026, 9, 28))


def test_a_session_that_the_rule_passes_over_is_not_counted_for_the_other_of_its_day() -> None:
    marks = {"2026-09-07..2026-09-18": "I I", "2026-09-09": "I D", "2026-09-10": "# I"}
    told = explained("not_seen", FRIDAY, marks=marks, local={"authority": {"not_seen_school_days": 5}})
    assert (told.due, counted(told)) == (True, {"I": 18})


def test_without_the_authoritys_number_days_unseen_are_only_shown() -> None:
    told = explained("not_seen", FRIDAY, marks=TEN)
    assert told.due is None
    assert "The authority sets no number" in told.summary[-1]


def test_a_new_pupil_return_says_its_last_day_and_that_only_the_roll_changes_it() -> None:
    told = explained("new_pupil_return", date(2026, 9, 5))
    assert (told.due, change(told, "deadline").by) == (True, date(2026, 9, 8))
    assert (told.first, told.counted) == (None, ())
    exempt = explained("new_pupil_return", date(2026, 9, 5), school={"lowest_year": 7})
    assert (exempt.due, [one.what for one in exempt.changes]) == (False, ["note"])


def test_a_return_whose_day_has_passed_is_not_said_to_be_done_with() -> None:
    told = explained("new_pupil_return", FRIDAY)
    assert told.summary[0] == (
        "It is due: its last day has passed, and no register shows whether the authority was told."
    )


def test_a_deletion_return_says_its_day() -> None:
    left = {"off_roll": date(2026, 9, 24)}
    told = explained("deletion_return", date(2026, 9, 25), pupil=left)
    assert (told.due, change(told, "deadline").by) == (True, date(2026, 9, 24))


def test_the_ladder_names_no_parent_and_says_when_a_notice_is_too_old() -> None:
    notices = [
        {"parent": "Jane Canary", "issued": date(2025, 2, 10), "outcome": "paid"},
        {"parent": "Jane Canary", "issued": date(2026, 2, 10), "outcome": "unpaid"},
    ]
    told = explained("notice_ladder", FRIDAY, notices=notices)
    assert "a notice today would be barred" in told.summary[0]
    assert change(told, "lapse").by == date(2028, 2, 10)
    assert "Canary" not in "\n".join(lines_of(told)) + repr(told)


@pytest.mark.parametrize(
    "rule", [one.id for one in catalogue.RULES.values() if one.judge is not None and not one.starts]
)
@pytest.mark.parametrize("marks", [TEN, {"2026-09-10": "- N", "2026-09-11": "X L", "2026-09-14..2026-09-18": "I U"}])
def test_every_rule_is_explained_with_its_figures_its_values_and_its_law(rule: str, marks: dict[str, str]) -> None:
    told = explained(rule, FRIDAY, marks=marks, contacts=[], flags=[], contact_log=[])
    entry = catalogue.RULES[rule]
    assert {one.name for one in entry.answer} <= {one.name for one in told.figures}
    assert [one.name for one in told.values] == list(entry.settings)
    assert told.law == entry.law
    assert told.summary
    text = "\n".join(lines_of(told))
    assert "2014" not in text  # the year of birth
    assert not {(one.date, one.session) for one in told.counted} & {(one.date, one.session) for one in told.not_counted}


@pytest.mark.parametrize("rule", ["attendance_return", "penalty_notice", "unexplained", "irregular", "not_seen"])
def test_what_is_counted_is_the_rules_own_evidence_where_it_is_due(rule: str) -> None:
    marks = {"2026-09-07..2026-09-18": "O N"}
    local = {"authority": {"irregular_sessions": 20, "not_seen_school_days": 5}}
    told = explained(rule, FRIDAY, marks=marks, local=local)
    evidence = looked_at(FRIDAY, rules=[rule], marks=marks, local=local).evidence[rule]
    assert told.due
    assert [(one.date, one.code) for one in told.counted] == [
        (day, codes.letter(code)) for day, code in evidence.select("date", "code").iter_rows()
    ]


def _judge(reading: Reading) -> Judged:
    """Three days of G, as another's rule might have it."""
    days = reading.days.dated(reading.days.days.filter(look_up(run_roles(codes.ids("G"))) == COUNTS))
    each = days.group_by("e").agg(days=pl.len().cast(pl.UInt32))
    answer = reading.spread(each).select(pl.col("days").fill_null(0), due=pl.col("days").fill_null(0) >= 3)
    listed = days.with_columns(session=pl.lit(0, pl.UInt8), code=pl.lit(codes.ids("G")[0], pl.UInt8))
    return Judged(answer.select("days", "due"), evidence=reading.days.keyed(listed).select(*SESSION_LIST))


THEIRS = Rule(
    id="acme_holidays",
    title="Three days of holiday",
    says="Three days of G in all.",
    law=("Acme Trust, attendance policy, 4.2",),
    first_day=None,
    settings=("persistent_percent",),
    answer=(Field("days", pl.UInt32, "days of G"), Field("due", pl.Boolean, "three or more")),
    due="due",
    judge=_judge,
)


def asked(name: str, as_at: date = FRIDAY, pupil: int = PUPIL, *, rule: Rule = THEIRS, **case: Any) -> Any:
    known = catalogue.RULES | {rule.id: rule}
    return explain(small(as_at, **case), as_at, Asked(name, MAIN_SCHOOL, pupil), known=known)


def test_a_rule_of_a_third_party_is_explained_by_its_own_evidence() -> None:
    told = asked(THEIRS.id, marks={"2026-09-07..2026-09-10": "G G"})
    assert (told.due, counted(told), told.law) == (True, {"G": 4}, THEIRS.law)
    assert change(told, "undo").number == 2
    assert told.values[0].name == "persistent_percent"


def _both_days(reading: Reading) -> Judged:
    """Due by a G in any session of the ninth's afternoon or the tenth, though every G is shown."""
    days = reading.days.dated(reading.days.days.filter(look_up(said(codes.ids("G")))))
    late = sessions(days, codes.ids("G"))
    late = late.filter(
        (pl.col("date") > date(2026, 9, 9)) | ((pl.col("date") == date(2026, 9, 9)) & (pl.col("session") == 1))
    )
    each = late.group_by("e").agg(due=pl.lit(True))
    answer = reading.spread(each).select(days=pl.lit(0, pl.UInt32), due=pl.col("due").fill_null(False))
    return Judged(answer, evidence=reading.days.keyed(sessions(days, codes.ids("G"))).select(*SESSION_LIST))


def test_where_not_any_so_many_marks_would_do_it_says_which() -> None:
    rule = replace(THEIRS, judge=_both_days)
    told = asked(rule.id, rule=rule, marks={"2026-09-07..2026-09-10": "G G"})
    undo = change(told, "undo")
    assert undo.sessions == ((date(2026, 9, 9), "PM"), (date(2026, 9, 10), "AM"), (date(2026, 9, 10), "PM"))
    assert "in all of these sessions" in undo.text


def test_a_code_that_counts_is_never_called_one_that_does_not() -> None:
    told = asked(THEIRS.id, marks={"2026-09-07..2026-09-10": "G G"})
    reason = "the rule counts that code, but this session is not among those that it found"
    assert why_not(told, date(2026, 9, 8)) == [("G", reason, "not counted")]


def test_what_cannot_be_explained_is_refused() -> None:
    with pytest.raises(NoSuchRule, match="there is no rule 'nothing'"):
        asked("nothing")
    with pytest.raises(NoSuchRule, match="asked of a single mark"):
        asked("code")
    with pytest.raises(NotInForce, match="2024-08-19"):
        asked("unexplained", date(2024, 8, 16))
    with pytest.raises(RegisterProblem, match="has no pupil number 2"):
        asked("absence", pupil=2)
