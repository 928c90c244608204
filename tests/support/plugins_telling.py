"""A destination that takes reports and gives news, well or in one way wrong: `does` of its settings says how."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from rollbook.contract import (
    Action,
    Destination,
    News,
    NewsPage,
    Outcome,
    Receipt,
    Regular,
    Report,
    RetryLater,
    hookimpl,
)
from support.plugins_odd import CANARY, OddDestination, OddSettings

AT = datetime(2026, 11, 9, 6, 0, tzinfo=UTC)
FIRST = News(4, "pupil_flags", 100001, "flags-7", 1, Action.SEND, AT, {"note": "Zoë"})
WRONG: dict[str, Any] = {
    "another school": replace(FIRST, school=100002),
    "asked for before": replace(FIRST, number=3),
    "no moment": replace(FIRST, at=AT.replace(tzinfo=None)),
    "no action": replace(FIRST, action="shout"),  # type: ignore[arg-type]
    "no kind": replace(FIRST, kind="Pupil flags"),
    "no id": replace(FIRST, id="../flags"),
    "no revision": replace(FIRST, revision=0),
    "no json": replace(FIRST, content={"note": AT}),
    "too long": replace(FIRST, content={"note": "x" * 300_000}),
    "no news": {"number": 4},
}


class Telling(OddDestination):
    name = "telling"
    Settings = OddSettings
    regular = frozenset({Regular.DAY, Regular.WEEK})
    tells = True

    def wanted(self, school: int) -> frozenset[Regular]:
        if self.settings["does"] == "asks for letters":
            return frozenset({"letters"})  # type: ignore[arg-type]
        return frozenset({Regular.WEEK, Regular.SESSIONS}) if school == 100001 else frozenset()

    def report(self, reports: Sequence[Report]) -> Iterator[Receipt]:
        for report in reports:
            yield Receipt(Outcome.ACCEPTED, f"{report.kind} {report.day} {report.content['as_of']}", AT, revision=1)
            if self.settings["does"] == "busy":
                raise RetryLater("busy", after=7)
            if self.settings["does"] == "crash":
                raise KeyError(CANARY)

    def news(self, school: int, after: int) -> NewsPage:
        does = self.settings["does"]
        if does == "crash":
            raise KeyError(CANARY)
        if does in WRONG:
            return NewsPage([WRONG[does]], 4)
        if does == "an earlier next":
            return NewsPage([FIRST], 3)
        if after >= FIRST.number:
            return NewsPage([], after)
        return NewsPage([replace(FIRST, at=AT.astimezone(timezone(timedelta(hours=1))))], FIRST.number)


@hookimpl
def rollbook_destinations() -> list[type[Destination]]:
    return [Telling]
