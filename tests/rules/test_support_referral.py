"""Support for persistent and severe absence: shares of DfE, a least number of sessions by policy, one case a year."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from rollbook.rules.evaluate import evaluate
from rollbook.rules.thresholds import LocalSettings
from support import oracle
from support.judged import judged_on
from support.oracle_referrals import support_referral
from support.random_registers import RandomRegister, registers
from support.rules_cases import answer, looked_at

FRIDAY = date(2026, 10, 2)  # 22 school days from 3 September: 44 sessions
LEAST = 12


def said(marks: dict[str, str], as_at: date = FRIDAY, **case: Any) -> dict[str, Any]:
    return answer("support_referral", as_at, marks=marks, **case)


@pytest.mark.parametrize(
    ("marks", "type_"),
    [
        ({}, None),
        ({"2026-09-07..2026-09-08": "I I"}, None),  # 4 of 44
        ({"2026-09-07..2026-09-08": "I I", "2026-09-09": "I \\"}, "persistent"),  # 5 of 44
        ({"2026-09-03..2026-09-17": "I O"}, "severe"),  # 22 of 44 is half exactly
        ({"2026-09-03..2026-09-16": "I O", "2026-09-17": "/ O"}, "persistent"),  # 21 of 44
    ],
)
def test_ten_and_fifty_per_cent_on_whole_numbers(marks: dict[str, str], type_: str | None) -> None:
    assert (said(marks)["due"], said(marks)["type"]) == (type_ is not None, type_)


def test_nothing_is_due_before_so_many_sessions_were_possible() -> None:
    marks = {"2026-09-03..2026-10-02": "I I"}
    assert said(marks, date(2026, 9, 29))["due"] is False  # 38 sessions
    assert said(marks, date(2026, 9, 30)) == {"due": True, "type": "severe", "reached_on": date(2026, 9, 30)}


def test_a_session_that_was_not_possible_is_not_one_of_the_number() -> None:
    """support_referral_sessions: 39 of 40."""
    marks = {"2026-09-03": "Y1 I", "2026-09-04..2026-10-02": "I I"}
    assert said(marks, date(2026, 9, 30))["due"] is False
    assert said(marks, date(2026, 10, 1))["reached_on"] == date(2026, 10, 1)


def test_the_number_is_the_schools_to_set() -> None:
    local = {"school": {"support_referral_sessions": 2}}
    assert said({"2026-09-03": "I I"}, date(2026, 9, 3), local=local)["type"] == "severe"


def test_the_counts_are_those_of_the_day_on_which_it_was_reached() -> None:
    found = looked_at(date(2026, 10, 9), rules=["support_referral"], marks={"2026-09-07..2026-10-09": "O O"}).findings
    row = found.row(0, named=True)
    figures = json.loads(row["figures"])
    assert (row["reached"], figures["type"], figures["possible"], figures["attended"]) == (
        date(2026, 9, 30),
        "severe",
        40,
        4,
    )
    assert figures["first_day"] == "2026-09-03"


def test_a_new_school_year_begins_with_nothing_and_the_case_of_the_old_one_has_ended() -> None:
    days = {"terms": ["2026-04-13..2026-07-17", "2026-09-03..2026-12-18"], "closed": []}
    pupil = {"on_roll": date(2026, 4, 13)}
    marks = {"2026-04-13..2026-07-17": "O O"}
    told = looked_at(FRIDAY, rules=["support_referral"], days=days, pupil=pupil, marks=marks)
    assert told.answers["support_referral"].row(0, named=True)["due"] is False
    assert told.findings["ended"].to_list() == [True]


@judged_on(registers(), few=15, full=50)
def test_it_agrees_with_a_plain_judge(register: RandomRegister) -> None:
    as_at = max(register.as_at, oracle.REGULATIONS)
    local = LocalSettings(trust={"support_referral_sessions": LEAST})
    told = evaluate(register.tables(), as_at, rules=["support_referral"], local=local)
    found = {(row.pop("school"), row.pop("pupil")): row for row in told.answers["support_referral"].to_dicts()}
    expected = {
        (urn, number): support_referral(register.schools[urn], pupil, as_at, LEAST)
        for (urn, number), pupil in register.pupils.items()
    }
    early = oracle.REGULATIONS
    same = {key: row for key, row in expected.items() if row["reached_on"] is None or row["reached_on"] >= early}
    assert {key: found[key] for key in same} == same
