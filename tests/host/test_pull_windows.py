"""Which days a pull asks for, and what becomes of what it stages."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from rollbook.contract import Window
from rollbook.host.config import SchoolConfig
from rollbook.host.pull import pieces, window_of

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
    assert window_of(SCHOOL, as_at, covered) == Window(first, as_at)


@pytest.mark.parametrize(
    ("waits_since", "first"),
    [(None, date(2026, 10, 9)), (date(2026, 9, 14), date(2026, 9, 14)), (date(2026, 11, 2), date(2026, 10, 9))],
)
def test_what_waits_for_the_source_is_asked_again_however_old(waits_since: date | None, first: date) -> None:
    assert window_of(SCHOOL, DAY, DAY - timedelta(days=1), waits_since) == Window(first, DAY)


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
