"""Who set a value that a message rests on: the authority is told what the school's own people are shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from rollbook.cases.review import review
from rollbook.outbox.content import grounds
from rollbook.rules import catalogue
from rollbook.rules.thresholds import LocalSettings, Settings, laws, policies
from support.outbox import case, subject

SCHOOLS = pl.DataFrame({"school": [100001], "la": ["801"]}, schema={"school": pl.Int32, "la": pl.String})
TODAY = date(2026, 11, 20)
SET = LocalSettings(authorities={"801": {"irregular_sessions": 20, "missing_registered_pupil_days": 5}})
NAMES = sorted({name for rule in catalogue.RULES.values() for name in rule.settings})


def whose(name: str) -> str:
    """By the page of rules: the law, Rollbook, the authority that set two of them, or nobody."""
    if name in laws():
        return "Rollbook" if laws()[name][-1].reference.startswith("none") else "law"
    return "authority" if name in SET.authorities["801"] else "default"


@pytest.mark.parametrize("rule", sorted(catalogue.RULES))
def test_a_message_says_who_set_each_value_as_the_case_shows_it(rule: str) -> None:
    cited = Settings(TODAY, SCHOOLS, SET).cited(100001, catalogue.RULES[rule].settings)
    of = replace(case(), settings=cited)
    told = [f"{row['name']}: set by {row['set_by']}" for row in grounds(of, subject())["settings"]]
    lines = review(of, title="A case").settings
    assert told == [f"{line.partition(' = ')[0]}: {line.rpartition('(')[2].removesuffix(')')}" for line in lines]
    assert told == [f"{name}: set by {whose(name)}" for name in catalogue.RULES[rule].settings]


def test_among_them_are_values_of_each() -> None:
    assert {whose(name) for name in NAMES} == {"law", "Rollbook", "authority", "default"}
    assert set(NAMES) <= set(laws()) | set(policies())
