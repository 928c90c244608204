"""For each check of reports and news, a destination that is broken in exactly the way that it looks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rollbook.contract import NewsPage, Problem, Receipt, Regular, Report
from support.kit_broken import Broken
from support.kit_destination import Letterbox, LetterboxSimulator


class WantsAll(Letterbox):
    def wanted(self, school: int) -> frozenset[Regular]:
        return frozenset(Regular)


class AlwaysRevisionOne(Letterbox):
    def report(self, reports: Sequence[Report]) -> Iterator[Receipt]:
        yield from super().report([Report(**{**vars(report), "revision": 1}) for report in reports])


class HidesTheSmallAlone(Letterbox):
    def hidden(self, row: dict[str, Any]) -> dict[str, Any]:
        return row if row["pupils"] >= 5 else super().hidden(row)


class FirstPageOfNews(Letterbox):
    def news(self, school: int, after: int) -> NewsPage:
        return super().news(school, 0) if after == 0 else NewsPage((), after)


class NoNewsWhenAway(Letterbox):
    def news(self, school: int, after: int) -> NewsPage:
        try:
            return super().news(school, after)
        except Problem:
            return NewsPage((), after)


def broken(cls: type[Letterbox], says: str) -> Broken:
    return Broken(cls, LetterboxSimulator, says=says)


BROKEN = {
    "D29": broken(WantsAll, "it is asked for day, and wanted() says day, sessions, week"),
    "D30": broken(AlwaysRevisionOne, "revision 2 was sent last, and 1 is held"),
    "D31": broken(HidesTheSmallAlone, "{'year_group': 4} shows pupils"),
    "D32": broken(FirstPageOfNews, "told are the numbers 1, 2, 3, 4, 5, and news() gives 1, 2"),
    "D33": broken(NoNewsWhenAway, "it is no answer, and not no news"),
}
