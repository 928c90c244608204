"""Which penalty notice the next would be, of each parent and child."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from rollbook.rules.answers import json_lines
from rollbook.rules.notice_ladder import years_before
from support.rules_years import answer, looked_at

TODAY = date(2027, 11, 16)


def notice(issued: date, outcome: str | None = "paid", parent: str = "mother") -> dict[str, Any]:
    return {"parent": parent, "issued": issued, "outcome": outcome}


def ladder(as_at: date, *notices: dict[str, Any], **case: Any) -> dict[str, str]:
    rows = answer("notice_ladder", as_at, notices=list(notices), **case)["parents"]
    return {row["parent"]: row["notice"] for row in rows}


def test_without_a_notice_no_parent_is_named() -> None:
    assert ladder(TODAY) == {}


def test_each_parent_has_a_ladder() -> None:
    said = ladder(
        TODAY,
        notice(date(2025, 2, 10)),
        notice(date(2026, 2, 10)),
        notice(date(2026, 2, 10), parent="father"),
    )
    assert said == {"father": "second", "mother": "barred"}


@pytest.mark.parametrize(
    ("issued", "said"),
    [
        (date(2024, 11, 15), "first"),
        (date(2024, 11, 16), "first"),  # the anniversary itself
        (date(2024, 11, 17), "second"),
        (TODAY, "second"),
    ],
)
def test_the_three_years_end_with_the_day_of_issue(issued: date, said: str) -> None:
    assert ladder(TODAY, notice(issued)) == {"mother": said}


def test_a_notice_to_come_is_not_known_yet() -> None:
    assert ladder(TODAY, notice(date(2027, 11, 17))) == {}


def test_on_the_anniversary_a_person_is_asked_to_look() -> None:
    [row] = answer("notice_ladder", TODAY, notices=[notice(date(2024, 11, 16))])["parents"]
    assert row == {"parent": "mother", "notice": "first", "counted": 0, "anniversary": True}


def test_an_authority_may_need_nobody_to_look_on_the_anniversary() -> None:
    """notice_anniversary_reviewed."""
    local = {"authority": {"notice_anniversary_reviewed": False}}
    [row] = answer("notice_ladder", TODAY, notices=[notice(date(2024, 11, 16))], local=local)["parents"]
    assert (row["notice"], row["anniversary"]) == ("first", False)


@pytest.mark.parametrize("outcome", ["withdrawn", "Withdrawn "])
def test_a_withdrawn_notice_does_not_count(outcome: str) -> None:
    assert ladder(TODAY, notice(date(2027, 2, 10), outcome)) == {"mother": "first"}


@pytest.mark.parametrize("outcome", ["paid", "unpaid", "prosecuted", None])
def test_every_other_does(outcome: str | None) -> None:
    assert ladder(TODAY, notice(date(2027, 2, 10), outcome)) == {"mother": "second"}


def test_a_notice_before_the_national_framework_does_not_count_unless_the_authority_says_so() -> None:
    early = notice(date(2024, 8, 18))
    counts = {"authority": {"notices_before_framework": True}}
    assert ladder(date(2026, 11, 16), early) == {"mother": "first"}
    assert ladder(date(2026, 11, 16), early, local=counts) == {"mother": "second"}
    assert ladder(date(2026, 11, 16), notice(date(2024, 8, 19))) == {"mother": "second"}


@pytest.mark.parametrize(
    ("day", "before"),
    [(date(2027, 11, 16), date(2024, 11, 16)), (date(2028, 2, 29), date(2025, 2, 28))],
)
def test_three_years_before(day: date, before: date) -> None:
    assert years_before(day, 3) == before


def test_in_a_line_of_json_each_parent_is_a_key() -> None:
    said = looked_at(TODAY, "notice_ladder", notices=[notice(date(2026, 2, 10))])
    [line] = [json.loads(line) for line in json_lines(said)]
    assert (line["rule"], line["mother"]) == ("notice_ladder", "second")


def test_a_parent_called_as_a_key_of_the_line_does_not_hide_it() -> None:
    said = looked_at(TODAY, "notice_ladder", notices=[notice(date(2026, 2, 10), parent="rule")])
    [line] = [json.loads(line) for line in json_lines(said)]
    assert (line["rule"], line["parents"][0]["notice"]) == ("notice_ladder", "second")
