"""Small numbers of a week are hidden, with as few others as keep them from being reckoned."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rollbook.tables import codes
from rollbook_feed import example, regular_problems
from rollbook_feed.regular.sessions import CODES
from rollbook_feed.regular.suppress import suppress
from rollbook_feed.regular.week import COUNTED


def row(group: str | int, pupils: int) -> dict[str, Any]:
    name = "cohort" if isinstance(group, str) else "year_group"
    return {name: group, "pupils": pupils, "possible": 10 * pupils, "attended": 9 * pupils} | {
        "authorised": pupils,
        "unauthorised": 0,
    }


def shown(*groups: tuple[str | int, int], least: int = 5) -> list[str | int]:
    """The groups whose figures are sent."""
    sent = suppress([row(group, pupils) for group, pupils in groups], least)
    return [one.get("cohort", one.get("year_group")) for one in sent if not one["suppressed"]]


@pytest.mark.parametrize(
    ("groups", "left"),
    [
        ([("all", 40), (3, 20), (4, 20)], ["all", 3, 4]),
        ([("all", 40), (3, 18), (4, 18), (5, 4)], ["all", 4]),  # the smallest of the others goes with it
        ([("all", 40), (3, 19), (4, 18), (5, 2), (6, 1)], ["all", 3]),  # three pupils together are too few
        ([("all", 40), (3, 34), (4, 3), (5, 3)], ["all", 3]),  # six together are enough
        (
            [("all", 40), (3, 20), (4, 17)],
            ["all"],
        ),  # three are in no year group: one year hidden beside them is not enough
        ([("all", 40), ("fsm", 38), ("ehcp", 4), ("eal", 40)], ["all", "eal"]),
        ([("all", 4), (3, 4)], []),
        ([("all", 40), (3, 3)], ["all"]),
    ],
)
def test_what_is_still_shown(groups: list[Any], left: list[Any]) -> None:
    assert shown(*groups) == left


def test_a_year_group_that_would_be_hidden_alone_is_left_out() -> None:
    assert suppress([row("all", 40), row(3, 3)]) == [row("all", 40) | {"suppressed": False}]


@pytest.mark.parametrize(
    ("groups", "least"),
    [([(3, 20)], 5), ([("all", 20), (3, 21)], 5), ([("all", 20), (3, 11), (4, 10)], 5), ([("all", 20)], 4)],
)
def test_rows_that_cannot_be_are_refused(groups: list[Any], least: int) -> None:
    with pytest.raises(ValueError, match="pupils"):
        shown(*groups, least=least)


@settings(max_examples=300, deadline=None)
@given(
    years=st.lists(st.integers(0, 12), max_size=6),
    without=st.integers(0, 8),
    cohorts=st.lists(st.integers(0, 60), max_size=3),
    least=st.integers(5, 9),
)
def test_whatever_the_numbers_what_is_sent_is_taken(
    years: list[int], without: int, cohorts: list[int], least: int
) -> None:
    every = sum(years) + without
    rows = [row("all", every), *(row(number, pupils) for number, pupils in enumerate(years))]
    rows += [row(name, min(pupils, every)) for name, pupils in zip(("fsm", "ehcp", "eal"), cohorts, strict=False)]
    sent = suppress(rows, least)
    assert regular_problems("week", example("week") | {"least": least, "rows": sent}) == []
    if every >= least and without == 0 and all(least <= pupils for pupils in years):
        assert not any(one["suppressed"] for one in sent if "year_group" in one)


def test_codes_count_in_a_week_as_the_table_of_codes_has_them() -> None:
    on = date(2026, 11, 20)
    kinds = {code.code: code.category for code in codes.by_id().values() if code.first <= on <= code.last}
    figures = {"present": "attended", "approved_activity": "attended"}
    figures |= {"authorised": "authorised", "unauthorised": "unauthorised"}
    told = {code: figure for figure, listed in COUNTED.items() for code in listed}
    assert told == {code: figures.get(kind, "not possible") for code, kind in kinds.items()}
    assert set(told) == set(CODES)
