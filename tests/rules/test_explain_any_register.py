"""Of any made-up pupil, any rule can be explained, and the explanation is the rule's own answer."""

from __future__ import annotations

import json
from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rollbook.rules import catalogue
from rollbook.rules.evaluate import evaluate
from rollbook.rules.explain.lenses import LENSES
from rollbook.rules.explain.plain_text import lines_of
from rollbook.rules.explain.whole import Asked, explain
from rollbook.rules.finding import SESSION_NAMES
from rollbook.rules.thresholds import LocalSettings
from support import oracle
from support.random_registers import RandomRegister, registers

LOCAL = LocalSettings(authorities={"801": {"irregular_sessions": 12, "not_seen_school_days": 8}})


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(registers(), st.sampled_from(sorted(LENSES)), st.data())
def test_an_explanation_is_whole_and_says_what_the_rule_says(
    register: RandomRegister, rule: str, data: st.DataObject
) -> None:
    school, pupil = data.draw(st.sampled_from(sorted(register.pupils)))
    as_at = max(register.as_at, oracle.REGULATIONS)
    tables = register.tables()
    said = evaluate(tables, as_at, local=LOCAL, rules=[rule])
    findings = said.findings.filter(school=school, pupil=pupil)
    spans: list[tuple[date, date] | None] = [None, *findings.select("first", "last").iter_rows()]
    about = data.draw(st.sampled_from(spans))
    told = explain(tables, as_at, Asked(rule, school, pupil, about), local=LOCAL)
    row = said.answers[rule].filter(school=school, pupil=pupil).row(0, named=True)
    due = catalogue.rule(rule).due
    ended = {(first, last): over for first, last, over in findings.select("first", "last", "ended").iter_rows()}
    if (
        about is not None and ended[about]
    ):  # what has ended is explained by its own days, and today's answer is said apart
        assert not told.due
    else:
        assert told.due == (None if due is None or row[due] is None else bool(row[due]))
    counted = {(one.date, one.session) for one in told.counted}
    assert len(counted) == len(told.counted)
    if told.due and about is None and rule != "ground_review":  # of which two may stand at once
        evidence = said.evidence[rule].filter(school=school, pupil=pupil).select("date", "session")
        assert counted == {(day, SESSION_NAMES[session]) for day, session in evidence.iter_rows()}
    assert not counted & {(one.date, one.session) for one in told.not_counted}
    assert all(told.first is not None and told.last is not None for _ in counted)
    assert all(one.date <= as_at for one in (*told.counted, *told.not_counted))
    json.dumps([one.value for one in told.figures])
    assert "\n".join(lines_of(told))
