"""The invented authority's regular feed and news: what its destination and its simulator have beside messages.

GET  /v1/asks/900001               ["day", "week", "sessions"]
PUT  /v1/reports/900001/day/2026-10-05    200 {"revision": 1}
GET  /v1/news/900001/AFTER         [{"number": 1, ...}], two at most
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from rollbook.contract import (
    Action,
    DeliveryUnknown,
    News,
    NewsPage,
    Outcome,
    Receipt,
    Regular,
    Report,
    VendorMustAct,
)
from rollbook.testing.kit.reports import FIGURES
from rollbook.testing.web import Answer, Incoming, as_json

NOW = datetime(2026, 11, 2, 7, 30, tzinfo=UTC)
SHOWN = {"cohort": "all"}


class Piece(msgspec.Struct):
    """A piece of news, as it goes over the wire."""

    number: int
    id: str
    content: dict[str, Any]
    kind: str = "named_contacts"
    school: int = 900001
    revision: int = 1

    @property
    def news(self) -> News:
        return News(self.number, self.kind, self.school, self.id, self.revision, Action.SEND, NOW, self.content)


class WithReports:
    """A part of the destination."""

    regular = frozenset(Regular)
    tells = True

    def wanted(self, school: int) -> frozenset[Regular]:
        with self.open() as api:
            return frozenset(self.read(api.get(f"v1/asks/{school}", label="asks"), list[Regular]))

    def report(self, reports: Sequence[Report]) -> Iterator[Receipt]:
        with self.open() as api:
            for report in reports:
                yield self.put(api, report)

    def put(self, api: Any, report: Report) -> Receipt:
        """What came of one report."""
        content = dict(report.content)
        if report.kind is Regular.WEEK:
            content["rows"] = [self.hidden(row) for row in content["rows"]]
        where = f"v1/reports/{report.school}/{report.kind}/{report.day}"
        body = {"revision": report.revision, **content}
        answer = api.request("PUT", where, label="report", json=body, repeatable=True)
        try:
            held = msgspec.json.decode(answer.content, type=dict[str, int])["revision"]
        except (msgspec.DecodeError, KeyError):
            raise DeliveryUnknown("The authority does not say whether it took a report.") from None
        return Receipt(Outcome.ACCEPTED, str(report.day), NOW, revision=held)

    def hidden(self, row: dict[str, Any]) -> dict[str, Any]:
        """A row as it may be sent: figures of all pupils alone, which is the plainest that hides enough."""
        group = {name: value for name, value in row.items() if name not in FIGURES}
        return row if group == SHOWN else group

    def news(self, school: int, after: int) -> NewsPage:
        with self.open() as api:
            pieces = self.read(api.get(f"v1/news/{school}/{after}", label="news"), list[Piece])
        return NewsPage([piece.news for piece in pieces], pieces[-1].number if pieces else after)

    def read(self, answer: Any, form: Any) -> Any:
        """An answer of that form."""
        self.signed_in(answer)
        try:
            return msgspec.json.decode(answer.content, type=form)
        except msgspec.DecodeError:
            raise VendorMustAct("The authority's answer is none.") from None


class SimulatedReports:
    """A part of the simulator."""

    def __init__(self) -> None:
        self.asks: list[str] = []
        self.put_there: dict[tuple[str, str], dict[str, Any]] = {}
        self.told: list[Piece] = []

    def asks_for(self, kinds: Collection[Regular]) -> None:
        """From now on it asks for these."""
        self.asks = sorted(kinds)

    def reported(self) -> list[Report]:
        """The newest revision of each."""
        return [
            Report(Regular(kind), 900001, date.fromisoformat(day), body["revision"], body)
            for (kind, day), body in self.put_there.items()
        ]

    def tell(self, count: int) -> list[News]:
        """So many pieces more."""
        first = len(self.told) + 1
        for number in range(first, first + count):
            self.told.append(Piece(number, f"thing-{number}", {"contacts": [{"name": f"Officer {number}"}]}))
        return [piece.news for piece in self.told[-count:]]

    def of_reports(self, asked: Incoming) -> Answer | None:
        """The answer, where it is about these."""
        parts = asked.target.split("/")[2:]
        if parts[0] == "asks":
            return as_json(self.asks)
        if parts[0] == "news":
            return as_json([piece for piece in self.told if piece.number > int(parts[2])][:2])
        if parts[0] != "reports":
            return None
        body = msgspec.json.decode(asked.body)
        before = self.put_there.get((parts[2], parts[3]), {"revision": 0})
        newest = max(before, body, key=lambda one: one["revision"])
        self.put_there[parts[2], parts[3]] = newest
        return as_json({"revision": newest["revision"]})
