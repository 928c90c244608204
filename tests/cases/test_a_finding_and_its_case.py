"""A finding opens, changes, continues, closes or withdraws a case: one case for one absence, whatever is corrected."""

from __future__ import annotations

import json

import pytest

from rollbook.cases.case import State
from support.cases import after, finding, kept, matched, span, what
from support.registers import day

FORTNIGHT = ("2026-09-14", "2026-09-25")  # ten school days
NEXT_TWO_WEEKS = ("2026-10-05", "2026-10-16")


def test_a_finding_opens_a_case() -> None:
    [opened] = matched([], finding(*FORTNIGHT), as_at="2026-09-25")
    assert what([opened]) == [("opened", 1)]
    assert opened.amends
    assert opened.case.state is State.OPEN
    assert opened.case.number is None
    assert opened.case.opened_on == day("2026-09-25")
    assert opened.case.reached == day("2026-09-25")
    assert opened.reason == "An absence that began on 14 September 2026 met the rule on 25 September 2026."


def test_the_same_finding_again_says_nothing() -> None:
    assert matched(after([finding(*FORTNIGHT)]), finding(*FORTNIGHT)) == []


def test_a_longer_absence_continues_its_case_and_amends_nothing() -> None:
    [change] = matched(after([finding(*FORTNIGHT)]), finding("2026-09-14", "2026-09-28"))
    assert what([change]) == [("continued", 1)]
    assert not change.amends
    assert change.case.last == day("2026-09-28")
    assert change.case.figures == {"run_days": 11}


@pytest.mark.parametrize(
    ("workers", "authorities", "change"),
    [
        (["social worker", "youth justice worker"], ["802", "802"], ("changed", True)),
        (["social worker", "social worker"], ["802", "803"], ("changed", True)),
        (["social worker"], ["803"], ("changed", True)),
        (["social worker"], [None], ("continued", False)),
        ([], [], ("continued", False)),
    ],
    ids=["one more", "at one more authority", "elsewhere", "not known where", "nobody"],
)
def test_a_worker_who_was_not_known_amends_a_case(
    workers: list[str], authorities: list[str | None], change: tuple[str, bool]
) -> None:
    told, now = (
        finding(*FORTNIGHT) | {"figures": json.dumps({"workers": who, "authorities": at})}
        for who, at in ((["social worker"], ["802"]), (workers, authorities))
    )
    [made] = matched(after([told]), now)
    assert (what([made])[0][0], made.amends) == change


def test_an_absence_that_ended_closes_its_case() -> None:
    [change] = matched(after([finding(*FORTNIGHT)]), finding(*FORTNIGHT, ended=True))
    assert what([change]) == [("closed", 1)]
    assert not change.amends
    assert change.reason == "The absence has ended: the last day that counts is 25 September 2026."


def test_an_absence_that_grew_and_ended_closes_its_case_once() -> None:
    changes = matched(after([finding(*FORTNIGHT)]), finding("2026-09-14", "2026-09-30", ended=True))
    assert what(changes) == [("closed", 1)]
    assert changes[0].case.last == day("2026-09-30")


def test_an_absence_that_began_and_ended_between_two_syncs_opens_and_closes_a_case() -> None:
    changes = matched([], finding(*FORTNIGHT, ended=True))
    assert what(changes) == [("opened", 1), ("closed", 1)]


def test_what_ended_before_the_first_judged_day_opens_no_case() -> None:
    assert matched([], finding(*FORTNIGHT, ended=True), first_judged="2026-09-28") == []


@pytest.mark.parametrize(("due_by", "opens"), [("2026-09-30", True), ("2026-09-27", False), (None, False)])
def test_what_had_ended_and_is_still_due_on_the_first_judged_day_opens_a_case(due_by: str | None, opens: bool) -> None:
    run = finding(*FORTNIGHT, ended=True) | {"figures": json.dumps({"due_by": due_by})}
    assert bool(matched([], run, first_judged="2026-09-28")) is opens


def test_what_stands_on_a_first_judged_day_without_school_opens_a_case() -> None:
    assert what(matched([], finding(*FORTNIGHT), as_at="2026-09-26", first_judged="2026-09-26")) == [("opened", 1)]


def test_who_joined_before_the_first_judged_day_opens_no_case() -> None:
    entry = finding("2026-09-03", "2026-09-18") | {"rule": "new_pupil_return", "last": day("2026-09-03")}
    assert matched([], entry, first_judged="2026-09-26") == []


def test_what_still_went_on_at_the_first_judged_day_opens_a_case() -> None:
    assert what(matched([], finding(*FORTNIGHT), first_judged="2026-09-25")) == [("opened", 1)]


def test_an_ended_absence_that_comes_to_light_late_opens_a_case() -> None:
    cases = after([finding(*NEXT_TWO_WEEKS)])
    changes = matched(cases, finding(*FORTNIGHT, ended=True), finding(*NEXT_TWO_WEEKS))
    assert what(changes) == [("opened", 2), ("closed", 2)]


def test_a_corrected_first_day_changes_the_case_and_opens_no_second() -> None:
    cases = after([finding("2026-09-21", "2026-10-02")])
    [change] = matched(cases, finding("2026-09-14", "2026-10-02"))
    assert what([change]) == [("changed", 1)]
    assert change.amends
    assert change.reason == (
        "The first day is now 14 September 2026, not 21 September 2026 and the rule was met on 25 September 2026, "
        "not 2 October 2026: 10 sessions now count that did not."
    )


def test_a_later_first_day_says_how_many_sessions_no_longer_count() -> None:
    cases = after([finding("2026-09-14", "2026-10-02")])
    [change] = matched(cases, finding("2026-09-15", "2026-10-02"))
    assert change.reason.endswith(": 2 sessions no longer count.")


def test_another_code_in_the_evidence_changes_the_case() -> None:
    [change] = matched(after([finding(*FORTNIGHT)]), finding(*FORTNIGHT, code="N"))
    assert what([change]) == [("changed", 1)]
    assert change.reason == "What the register shows of these days was corrected: 20 sessions have another code."


def test_a_correction_of_a_closed_case_changes_it_and_leaves_it_closed() -> None:
    cases = after([finding(*FORTNIGHT, ended=True)])
    [change] = matched(cases, finding(*FORTNIGHT, ended=True, code="N"))
    assert what([change]) == [("changed", 1)]
    assert change.case.state is State.CLOSED


def test_a_closed_case_whose_absence_goes_on_after_all_is_open_again() -> None:
    cases = after([finding(*FORTNIGHT, ended=True)])
    [change] = matched(cases, finding("2026-09-14", "2026-10-02"))
    assert what([change]) == [("continued", 1)]
    assert change.case.state is State.OPEN
    assert not change.amends


def test_a_case_that_the_register_no_longer_bears_is_withdrawn() -> None:
    for ended in (False, True):
        [change] = matched(after([finding(*FORTNIGHT, ended=ended)]))
        assert what([change]) == [("withdrawn", 1)]
        assert change.amends
        assert change.reason == "The register was corrected: it no longer shows this absence."


def test_a_withdrawn_case_stays_withdrawn_without_a_word() -> None:
    assert matched(after([finding(*FORTNIGHT)], [])) == []


def test_a_withdrawn_case_found_again_is_reopened() -> None:
    [change] = matched(after([finding(*FORTNIGHT)], []), finding(*FORTNIGHT))
    assert what([change]) == [("reopened", 1)]
    assert change.amends
    assert change.case.state is State.OPEN


def test_a_withdrawn_case_found_again_and_over_is_reopened_and_closed() -> None:
    changes = matched(after([finding(*FORTNIGHT)], []), finding(*FORTNIGHT, ended=True))
    assert what(changes) == [("reopened", 1), ("closed", 1)]


def test_a_second_absence_is_a_second_episode() -> None:
    cases = after([finding(*FORTNIGHT, ended=True)])
    changes = matched(cases, finding(*FORTNIGHT, ended=True), finding(*NEXT_TWO_WEEKS))
    assert what(changes) == [("opened", 2)]


def test_an_episodes_number_is_never_used_again() -> None:
    cases = after([finding(*FORTNIGHT)], [])
    assert what(matched(cases, finding("2026-11-02", "2026-11-13"))) == [("opened", 2)]


def test_the_next_school_day_after_a_holiday_touches() -> None:
    cases = after([finding("2026-10-12", "2026-10-23")])
    [change] = matched(cases, finding("2026-11-02", "2026-11-13"))
    assert what([change]) == [("changed", 1)]


def test_a_school_day_between_does_not_touch() -> None:
    cases = after([finding("2026-10-12", "2026-10-23")])
    assert what(matched(cases, finding("2026-11-03", "2026-11-16"))) == [("withdrawn", 1), ("opened", 2)]


def test_two_cases_joined_by_one_finding_leave_the_one_that_shares_most_days() -> None:
    cases = after([finding("2026-09-07", "2026-09-18", ended=True), finding("2026-09-28", "2026-10-16")])
    changes = matched(cases, finding("2026-09-07", "2026-10-16"))
    assert what(changes) == [("joined", 1), ("changed", 2)]
    assert "followed up as that other" in changes[0].reason
    assert changes[0].case.state is State.WITHDRAWN
    assert matched(kept(cases, changes), finding("2026-09-07", "2026-10-16")) == []


def test_a_split_leaves_the_case_with_the_part_that_shares_most_days() -> None:
    cases = after([finding("2026-09-07", "2026-10-16")])
    changes = matched(cases, finding("2026-09-07", "2026-09-18", ended=True), finding("2026-09-28", "2026-10-16"))
    assert what(changes) == [("opened", 2), ("closed", 2), ("changed", 1)]
    assert [span(c.case) for c in changes if c.case.episode == 1] == [(day("2026-09-28"), day("2026-10-16"))]


def test_a_joining_undone_brings_the_second_case_back() -> None:
    apart = (finding("2026-09-07", "2026-09-18", ended=True), finding("2026-09-28", "2026-10-09", ended=True))
    cases = after(apart, [finding("2026-09-07", "2026-10-09", ended=True)])
    assert [case.state for case in cases] == [State.CLOSED, State.WITHDRAWN]
    changes = matched(cases, *apart)
    assert what(changes) == [("continued", 1), ("reopened", 2), ("closed", 2)]
    assert "the last day that counts is now 18 September 2026" in changes[0].reason


def test_a_withdrawn_case_that_shares_days_goes_before_a_live_one_that_only_touches() -> None:
    cases = after([finding(*FORTNIGHT, ended=True)], [], [finding("2026-09-29", "2026-10-12", ended=True)])
    changes = matched(cases, finding("2026-09-14", "2026-09-28", ended=True))
    assert what(changes) == [("withdrawn", 2), ("reopened", 1), ("closed", 1)]


def test_the_cases_of_other_pupils_are_apart() -> None:
    cases = after([finding(*FORTNIGHT, pupil=1)])
    changes = matched(cases, finding(*FORTNIGHT, pupil=1), finding(*FORTNIGHT, pupil=2))
    assert [(c.what.value, c.case.pupil) for c in changes] == [("opened", 2)]


def test_findings_of_another_school_are_passed_over() -> None:
    assert matched([], finding(*FORTNIGHT) | {"school": 100_002}) == []


@pytest.mark.parametrize("horizon", ["2026-09-15", "2026-11-01"])
def test_a_case_whose_beginning_is_not_in_the_data_is_left_alone(horizon: str) -> None:
    assert matched(after([finding(*FORTNIGHT)]), horizon=horizon) == []


def test_a_case_that_began_before_the_data_keeps_its_beginning_and_goes_on() -> None:
    cases = after([finding("2026-09-14", "2026-09-30")])
    [change] = matched(cases, finding("2026-09-16", "2026-10-01"), horizon="2026-09-16")
    assert what([change]) == [("continued", 1)]
    assert span(change.case) == (day("2026-09-14"), day("2026-10-01"))
    assert not change.amends


def test_cases_of_a_rule_that_was_not_judged_are_left_alone() -> None:
    assert matched(after([finding(*FORTNIGHT)]), judged={"irregular"}) == []


def test_cases_of_a_pupil_who_could_not_be_judged_are_left_alone() -> None:
    assert matched(after([finding(*FORTNIGHT)]), unjudged_pupils={1}) == []


def test_looking_at_an_earlier_day_withdraws_nothing_that_came_after_it() -> None:
    assert matched(after([finding(*FORTNIGHT)]), as_at="2026-09-24") == []


def test_no_reason_names_a_pupil() -> None:
    cases = after([finding(*FORTNIGHT, pupil=734_215)])
    for rows in ([], [finding(*FORTNIGHT, pupil=734_215, code="N")], [finding(*FORTNIGHT, pupil=734_215, ended=True)]):
        assert all("734215" not in change.reason for change in matched(cases, *rows))
