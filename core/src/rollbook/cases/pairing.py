"""Which finding belongs to which case: the one that shares most school days with it, or else touches it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rollbook.cases.case import Case, State


@dataclass(frozen=True)
class Paired:
    """findings: for each finding, in their order, the place of its case in the list of cases, or None.

    shares: for each case, whether some finding shares school days with it.
    """

    findings: Sequence[int | None]
    shares: Sequence[bool]


def pair(spans: Sequence[tuple[date, date]], cases: Sequence[Case], school_days: Sequence[date]) -> Paired:
    """Pair the first and last days of findings with cases, all of one kind and pupil. `school_days` is sorted.

    Each finding gets one case at most, and each case one finding. The pair that shares most school days comes first;
    one that only touches (no school day between) comes after every one that shares a day, and a withdrawn case after a
    live one. Of equals, the earliest finding and the lowest episode.
    """
    ranked = []
    shares = [False] * len(cases)
    for f, (first, last) in enumerate(spans):
        for c, case in enumerate(cases):
            shared = _count(school_days, max(first, case.first), min(last, case.last))
            shares[c] = shares[c] or shared > 0
            if shared or _touch(school_days, first, last, case):
                live = case.state is not State.WITHDRAWN
                ranked.append((shared == 0, not live, -shared, first, case.episode, f, c))
    return Paired(_assign(len(spans), sorted(ranked)), shares)


def _assign(findings: int, ranked: Sequence[tuple[bool, bool, int, date, int, int, int]]) -> list[int | None]:
    given: list[int | None] = [None] * findings
    taken: set[int] = set()
    for *_, f, c in ranked:
        if given[f] is None and c not in taken:
            given[f] = c
            taken.add(c)
    return given


def _count(school_days: Sequence[date], first: date, last: date) -> int:
    return max(0, bisect_right(school_days, last) - bisect_left(school_days, first))


def _touch(school_days: Sequence[date], first: date, last: date, case: Case) -> bool:
    """Whether the two overlap as dates, or no school day lies between them."""
    earlier, later = sorted([(first, last), (case.first, case.last)])
    return bisect_left(school_days, later[0]) <= bisect_right(school_days, earlier[1])
