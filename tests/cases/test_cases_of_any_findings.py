"""What holds whatever the findings of each night are."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from rollbook.cases.case import Case, State
from support.cases import finding, kept, matched, span
from support.registers import day, school_days

ALL_DAYS = [d for d in school_days() if d <= day("2026-12-04")]


@st.composite
def runs(draw: st.DrawFn) -> list[dict[str, object]]:
    """Runs of ten days or more, each with at least one school day between it and the next."""
    rows, start = [], 0
    for _ in range(draw(st.integers(0, 4))):
        start += draw(st.integers(0, 8))
        length = draw(st.integers(10, 16))
        if start + length > len(ALL_DAYS):
            break
        code = draw(st.sampled_from(["O", "N"]))
        first, last = str(ALL_DAYS[start]), str(ALL_DAYS[start + length - 1])
        rows.append(finding(first, last, ended=draw(st.booleans()), code=code))
        start += length + 1
    return rows


@settings(max_examples=60, deadline=None)
@given(nights=st.lists(runs(), min_size=1, max_size=5))
def test_after_each_night_the_live_cases_are_the_findings(nights: list[list[dict[str, object]]]) -> None:
    cases: list[Case] = []
    for rows in nights:
        changes = matched(cases, *rows)
        cases = kept(cases, changes)
        live = [case for case in cases if case.state is not State.WITHDRAWN]
        assert sorted(span(case) for case in live) == [(row["first"], row["last"]) for row in rows]
        assert {span(case): case.state is State.CLOSED for case in live} == {
            (row["first"], row["last"]): row["ended"] for row in rows
        }
        assert matched(cases, *rows) == []


@settings(max_examples=60, deadline=None)
@given(before=runs(), now=runs())
def test_a_case_amends_exactly_when_what_it_rests_on_is_different(
    before: list[dict[str, object]], now: list[dict[str, object]]
) -> None:
    cases = kept([], matched([], *before))
    was = {case.key: (case.digest, case.state is State.WITHDRAWN) for case in cases}
    changes = matched(cases, *now)
    after = {case.key: (case.digest, case.state is State.WITHDRAWN) for case in kept(cases, changes)}
    assert {c.case.key for c in changes if c.amends} == {key for key in after if was.get(key) != after[key]}
