"""The source: one school's Arbor, by GraphQL and REST."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from rollbook.contract import (
    Checkpoint,
    Client,
    Done,
    NeedsCredentials,
    Page,
    Remark,
    SchoolRef,
    Settings,
    Source,
    Window,
)
from rollbook.tables.schemas import Table
from rollbook_arbor import asked, marks, mixing
from rollbook_arbor.api import opened
from rollbook_arbor.cache import Details
from rollbook_arbor.entities import INSTITUTION
from rollbook_arbor.graphql import GraphQL
from rollbook_arbor.one_school import OneSchool
from rollbook_arbor.reading import Reader, Record
from rollbook_arbor.rest import Rest
from rollbook_arbor.settings import ArborSettings
from rollbook_arbor.shapes import plain

_ASK_AGAIN = timedelta(days=7)  # after which GraphQL is asked again for what it refused


class ArborSource(Source):
    """One school's Arbor. Pupils, roll, calendar, contacts, leave and flags come whole; marks by their days.

    One connection is one school: its host, and a user that the school has approved. What is read of people is read once
    for all tables of a sync. The checkpoint holds how pages are counted, and what GraphQL refused and since when.
    """

    name: ClassVar[str] = "arbor"
    Settings: ClassVar[type[Settings]] = ArborSettings
    tables: ClassVar[frozenset[Table]] = frozenset(asked.TABLES) | {Table.MARKS}
    window_days: ClassVar[int | None] = 31
    simulator: ClassVar[str | None] = "rollbook_arbor.simulator:ArborSimulator"

    def __init__(self, settings: Mapping[str, Any], client: Client) -> None:
        super().__init__(settings, client)
        self._read: dict[str, list[Record]] = {}
        self._given: set[Table] = set()
        self._joined = False  # ids of both routes were found to be the same
        self._memory: Details | None = None
        self._school = OneSchool(self.settings["host"])

    @staticmethod
    def today() -> date:
        """The day in England."""
        return datetime.now(ZoneInfo("Europe/London")).date()

    def check(self) -> Iterator[Remark]:
        """Who answers, by which route each entity comes, what is not given, and the newest day that has marks."""
        from rollbook_arbor.checking import remarks

        with self._reader(None, self.today()) as read:
            yield from remarks(read, self.settings, self.today())

    def schools(self) -> list[SchoolRef]:
        """The one school of this host; its URN where Arbor knows of no other school."""
        with self._reader(None, self.today()) as read:
            known = [(name, urn) for name, urn in _institutions(read) if urn is not None]
        name, urn = known[0] if len(known) == 1 else ("", None)
        return [SchoolRef(self.settings["host"], name, urn)]

    def pull(
        self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None
    ) -> Iterator[Page | Done]:
        """As `Source.pull`. Marks are whole for their window unless one of them could not be read."""
        self._school.check(school)
        if not asked.is_wanted(table, self.settings):
            yield Done()  # not known, which is not the same as none
            return
        if table in self._given:
            self._read.clear()
            self._given.clear()
            self._joined = False
        with self._reader(checkpoint, window.last) as read:
            if table is Table.MARKS:
                self._compare(read, school)
                yield from self._marks(read, window, checkpoint)
                return
            self._given.add(table)
            read.read_all(asked.all_entities(self.settings))
            self._check_routes(read)
            self._compare(read, school)
            yield from self._page(table, read, window)
            yield Done(self._checkpoint(read, checkpoint, window.last))

    def _page(self, table: Table, read: Reader, window: Window) -> Iterator[Page]:
        """The whole of a table; none of one that the school can do without and does not give: it is not known."""
        try:
            page = asked.page_of(table, read, window, self.settings)
        except NeedsCredentials:
            if table not in asked.OPTIONAL:
                raise
            return
        yield page

    def _marks(self, read: Reader, window: Window, checkpoint: Checkpoint | None) -> Iterator[Page | Done]:
        lost = False
        for page in marks.pages(read, window, self.settings["host"]):
            lost = lost or bool(page.rejects)
            yield page
        self._check_routes(read)  # only now is it known by which route they came
        yield Done(self._checkpoint(read, checkpoint, window.last), covers=None if lost else window)

    def _check_routes(self, read: Reader) -> None:
        """Once for all tables of a sync. Raises VendorMustAct where records of the two routes cannot be joined."""
        if read.by_rest and not self._joined:
            mixing.check(read, self.settings["host"])
            self._joined = True

    def _compare(self, read: Reader, school: SchoolRef) -> None:
        self._school.compare(school, {urn for _, urn in _institutions(read) if urn is not None})

    @contextmanager
    def _reader(self, checkpoint: Checkpoint | None, day: date) -> Iterator[Reader]:
        kept = checkpoint or {}
        first = {"graphql": self.settings["first_page"], "rest": self.settings["first_page"]}
        pinned = kept.get("first_page")
        first |= pinned if isinstance(pinned, Mapping) and self.settings["first_page"] is None else {}
        size, route = self.settings["page_size"], self.settings["route"]
        with opened(self.settings, self.client) as arbor, self._details() as details:
            graphql = GraphQL(arbor, size, first.get("graphql")) if route != "rest" else None
            by_rest = Rest(arbor, size, first.get("rest"), self.settings["at_once"], details)
            rest = by_rest if route != "graphql" else None
            yield Reader(graphql, rest, arbor.host, _refused(kept, day), self._read)

    @contextmanager
    def _details(self) -> Iterator[Details]:
        """In the folder that the settings name; or in memory, for as long as this process lives."""
        if self.settings["cache"] is None:
            self._memory = self._memory or Details(None, self.settings["host"])
            yield self._memory
            return
        details = Details(self.settings["cache"], self.settings["host"])
        try:
            yield details
        finally:
            details.close()

    def _checkpoint(self, read: Reader, before: Checkpoint | None, day: date) -> dict[str, Any]:
        refused = _refused(before or {}, day)
        routes = {"graphql": read.graphql, "rest": read.rest}
        pins = {name: route.pinned for name, route in routes.items() if route is not None and route.pinned is not None}
        return {
            "first_page": pins,
            "rest": {name: refused.get(name, day.isoformat()) for name in sorted(read.by_rest)},
        }


def _refused(checkpoint: Checkpoint, day: date) -> dict[str, str]:
    """What GraphQL refused in the last days, and when: entity's name -> ISO day."""
    kept = checkpoint.get("rest")
    if not isinstance(kept, Mapping):
        return {}
    since = (day - _ASK_AGAIN).isoformat()
    return {str(name): str(when) for name, when in kept.items() if str(when) > since}


def _institutions(read: Reader) -> list[tuple[str, int | None]]:
    """Name and URN of the schools that this Arbor knows, its own among them."""
    found = []
    for record in read(INSTITUTION):
        urn = str(plain(record.get("urn")) or "")
        name = str(plain(record.get("educationalInstitutionName")) or "")
        found.append((name, int(urn) if urn.isascii() and urn.isdecimal() else None))
    return found
