"""A source and a destination in this process: what schools hold and what the authority got can be looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar

import polars as pl
from marshmallow import fields

from rollbook.contract import (
    Checkpoint,
    Destination,
    Done,
    Key,
    Kind,
    Message,
    Outcome,
    Page,
    Receipt,
    Reject,
    Remark,
    SchoolRef,
    Settings,
    Source,
    Window,
    hookimpl,
)
from rollbook.tables.schemas import PAGES, Table

AT = datetime(2026, 11, 9, 6, 0, tzinfo=UTC)


@dataclass
class Mis:
    """What a school's MIS holds. Everybody is present unless `marked` says otherwise; `blank` pupils have no marks."""

    pupils: list[dict[str, Any]]
    open_days: list[date]
    marked: dict[tuple[str, date, str], str | None] = field(default_factory=dict)
    left: dict[str, date] = field(default_factory=dict)
    began: dict[str, date] = field(default_factory=dict)  # on the roll; the first open day of those not in it
    calendar: bool = True
    last: date | None = None
    rejects: list[Reject] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # of each pull
    problem: Callable[[Table], None] = lambda table: None
    extra: dict[Table, list[dict[str, Any]]] = field(default_factory=dict)
    pulls: list[tuple[Table, Window]] = field(default_factory=list)
    unmarked: set[str] = field(default_factory=set)  # pupils of whom the export has no row of marks
    skipped: set[tuple[str, date]] = field(default_factory=set)  # pupils and days without a row
    also_on_closed_days: bool = False

    def mark(self, pupil: str, first: date, last: date, am: str | None, pm: str | None = "same") -> None:
        """Give a pupil these marks on the open days from `first` to `last`."""
        for day in self.open_days:
            if first <= day <= last:
                self.marked[pupil, day, "AM"] = am
                self.marked[pupil, day, "PM"] = am if pm == "same" else pm

    def rows(self, table: Table, window: Window) -> list[dict[str, Any]]:
        """The rows of a page."""
        if table is Table.PUPILS:
            return self.pupils
        if table is Table.ROLL:
            start = self.open_days[0]
            spells = [(p, self.began.get(p, start), self.left.get(p)) for p in (row["pupil"] for row in self.pupils)]
            return [{"pupil": p, "from": first, "to": last, "year_group": 7} for p, first, last in spells]
        if table is Table.SESSIONS:
            return [{"date": d, "session": s, "open": True} for d in self.open_days for s in ("AM", "PM")]
        if table is Table.MARKS:
            return list(self._marks(window))
        return self.extra.get(table, [])

    def _marks(self, window: Window) -> Iterator[dict[str, Any]]:
        last = min(window.last, self.last or window.last)
        days = [day for day in self.open_days if window.first <= day <= last]
        if self.also_on_closed_days:
            days = [window.first + timedelta(days=n) for n in range((last - window.first).days + 1)]
        for pupil in (row["pupil"] for row in self.pupils if row["pupil"] not in self.unmarked):
            for day in (day for day in days if (pupil, day) not in self.skipped):
                for session, present in (("AM", "/"), ("PM", "\\")):
                    code = self.marked.get((pupil, day, session), present)
                    if day <= self.left.get(pupil, day):
                        yield {"pupil": pupil, "date": day, "session": session, "code": code}


@dataclass
class Portal:
    """What an authority's end got: the revisions under each key, as they came. `before` and `after` may raise."""

    held: dict[str, list[Message]] = field(default_factory=dict)
    repeated: int = 0
    order: list[tuple[str, int]] = field(default_factory=list)
    before: Callable[[Message], None] = lambda message: None
    after: Callable[[Message], None] = lambda message: None
    answers: Outcome = Outcome.ACCEPTED
    judged: Outcome | None = None
    reasons: tuple[str, ...] = ()
    asked: int = 0
    can_look_up: bool = True

    def take(self, message: Message) -> Receipt:
        """Once for each idempotency key."""
        self.before(message)
        revisions = self.held.setdefault(str(message.key), [])
        if any(old.idempotency_key == message.idempotency_key for old in revisions):
            self.repeated += 1
        else:
            revisions.append(message)
            self.order.append((str(message.key), message.revision))
        self.after(message)
        return Receipt(self.answers, f"{message.key}#{message.revision}", AT, revision=message.revision)

    def contents(self) -> dict[str, list[tuple[int, str, Mapping[str, Any]]]]:
        """All that is there, to compare."""
        return {key: [(m.revision, m.action.value, m.content) for m in held] for key, held in self.held.items()}


SCHOOLS: dict[str, Mis] = {}
PORTALS: dict[str, Portal] = {}


class FakeMis(Source):
    name: ClassVar[str] = "fakemis"
    tables: ClassVar[frozenset[Table]] = frozenset(set(PAGES))
    window_days: ClassVar[int | None] = 200

    class Settings(Settings):
        mistake = fields.String()

    def check(self) -> Iterator[Remark]:
        yield Remark(True, "signed in")

    def schools(self) -> list[SchoolRef]:
        return [SchoolRef(key) for key in SCHOOLS]

    def pull(
        self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None
    ) -> Iterator[Page | Done]:
        mis = SCHOOLS[school.key]
        mis.pulls.append((table, window))
        mis.problem(table)
        rows = mis.rows(table, window) if table is not Table.SESSIONS or mis.calendar else []
        schema = {name: column.dtype for name, column in PAGES[table].items() if column.required or name in _SOME}
        rejects = mis.rejects if table is Table.MARKS else []
        yield Page(pl.DataFrame(rows, schema=schema), rejects=rejects, origin=f"{table.value}.csv")
        yield Done({"n": 1}, covers=window, notes=mis.notes)


_SOME = {
    "authority",
    "home_la",
    "dob",
    "upn",
    "former_upn",
    "surname",
    "forename",
    "to",
    "year_group",
    "code",
    "address",
    "postcode",
    "outcome",
}


class FakePortal(Destination):
    name: ClassVar[str] = "fakeportal"
    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.ATTENDANCE_RETURN, Kind.TRANSFER_FILE})
    repeat_is_safe: ClassVar[bool] = True
    required: ClassVar[Mapping[Kind, frozenset[str]]] = {Kind.ATTENDANCE_RETURN: frozenset({"pupil.address"})}

    class Settings(Settings):
        pass

    def check(self) -> Iterator[Remark]:
        yield Remark(True, "reached")

    def deliver(self, messages: Sequence[Message]) -> Iterator[Receipt]:
        for message in messages:
            yield PORTALS["portal"].take(message)

    def lookup(self, key: Key) -> Receipt | None:
        portal = PORTALS["portal"]
        portal.asked += 1
        if not portal.can_look_up:
            raise NotImplementedError
        held = portal.held.get(str(key))
        if not held:
            return None
        newest = held[-1].revision
        return Receipt(portal.judged or portal.answers, f"{key}#{newest}", AT, portal.reasons, newest)


class OncePortal(FakePortal):
    """A destination where the same message sent twice makes two records."""

    name: ClassVar[str] = "onceportal"
    repeat_is_safe: ClassVar[bool] = False

    def deliver(self, messages: Sequence[Message]) -> Iterator[Receipt]:
        for message in messages:
            assert not any(m.revision == message.revision for m in PORTALS["portal"].held.get(str(message.key), []))
            yield PORTALS["portal"].take(message)


class AllPortal(FakePortal):
    """A destination that takes every kind of message."""

    name: ClassVar[str] = "allportal"
    kinds: ClassVar[frozenset[Kind]] = frozenset(Kind)


@hookimpl
def rollbook_sources() -> list[type[Source]]:
    return [FakeMis]


@hookimpl
def rollbook_destinations() -> list[type[Destination]]:
    return [FakePortal, OncePortal, AllPortal]


def weekdays(first: date, last: date, *, without: Sequence[tuple[date, date]] = ()) -> list[date]:
    """Mondays to Fridays, both days included, but for the spells left out."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [d for d in days if d.weekday() < 5 and not any(a <= d <= b for a, b in without)]
