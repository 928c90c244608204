"""Which days a pull asks for, and what becomes of what it stages."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from rollbook.contract import SchoolRef, Window
from rollbook.host.config import SchoolConfig
from rollbook.host.pull import asked_of, pieces, window_of
from rollbook.register.terms import sessions_from_terms

DAY = date(2026, 11, 9)
SCHOOL = SchoolConfig(100001, "Oakfield", "801", "academy", "oakfield", overlap_days=30)


@pytest.mark.parametrize(
    ("story", "as_at", "covered", "first"),
    [
        ("the first pull", DAY, None, date(2025, 8, 1)),
        ("the first pull, on the last day of a school year", date(2026, 7, 31), None, date(2024, 8, 1)),
        ("the night after", DAY, DAY - timedelta(days=1), date(2026, 10, 9)),
        ("after two months without a pull", DAY, date(2026, 9, 9), date(2026, 8, 10)),
        ("the same day again", DAY, DAY, date(2026, 10, 10)),
    ],
)
def test_a_pull_begins_its_overlap_before_the_last_day_covered(
    story: str, as_at: date, covered: date | None, first: date
) -> None:
    assert window_of(SCHOOL, as_at, covered, []) == Window(first, as_at)


@pytest.mark.parametrize(
    ("waits_since", "first"),
    [(None, date(2026, 10, 9)), (date(2026, 9, 14), date(2026, 9, 14)), (date(2026, 11, 2), date(2026, 10, 9))],
)
def test_what_waits_for_the_source_is_asked_again_however_old(waits_since: date | None, first: date) -> None:
    assert window_of(SCHOOL, DAY, DAY - timedelta(days=1), [], waits_since) == Window(first, DAY)


@pytest.mark.parametrize("days", [1, 7, 31, 400])
def test_the_pieces_of_a_window_are_the_window(days: int) -> None:
    window = Window(date(2025, 8, 1), DAY)
    parts = pieces(window, days)
    assert (parts[0].first, parts[-1].last) == (window.first, window.last)
    assert all((part.last - part.first).days < days for part in parts)
    assert all(b.first - a.last == timedelta(days=1) for a, b in pairwise(parts))


def test_a_source_without_a_longest_window_is_asked_once() -> None:
    window = Window(date(2025, 8, 1), DAY)
    assert pieces(window, None) == [window]


@pytest.mark.parametrize(
    ("story", "covered", "first"),
    [
        ("in September, the marks of July are read again", date(2026, 9, 10), date(2026, 7, 7)),
        ("a week of half term does not use the overlap up", date(2026, 11, 9), date(2026, 10, 3)),
    ],
)
def test_holidays_do_not_use_the_overlap_up(story: str, covered: date, first: date) -> None:
    terms = [(date(2026, 6, 1), date(2026, 7, 21)), (date(2026, 9, 1), date(2026, 12, 18))]
    half_term = (date(2026, 10, 26), date(2026, 10, 30))
    sessions = sessions_from_terms(100001, terms, [half_term])
    opened = sessions.filter("open")["date"].unique().to_list()
    assert window_of(SCHOOL, covered, covered, opened) == Window(first, covered)


class Shows:
    """A source that shows these schools."""

    def __init__(self, *shown: SchoolRef) -> None:
        self.shown = list(shown)

    def schools(self) -> list[SchoolRef]:
        return self.shown


@pytest.mark.parametrize(
    ("configured", "shown", "asked"),
    [
        ("", [SchoolRef("QS-77", urn=900001), SchoolRef("QS-78", urn=900002)], "QS-77"),
        ("QS-99", [SchoolRef("QS-77", urn=900001)], "QS-99"),
        ("", [SchoolRef("QS-78", urn=900002)], "900001"),
        ("", [SchoolRef("QS-77")], "900001"),
    ],
)
def test_a_school_is_asked_for_by_the_key_under_which_its_urn_is_shown(
    configured: str, shown: list[SchoolRef], asked: str
) -> None:
    school = SchoolConfig(900001, "Oaks", "801", "academy", "mis", key=configured)
    assert asked_of(school, Shows(*shown)).key == asked  # type: ignore[arg-type]
