"""News of one destination's authority, asked for once a sync for each school whose pupils may concern it.

What came is kept in one transaction with the number to ask after, which is that of the last piece: a sync that is ended
at any moment asks again for what it did not keep, and keeps nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from rollbook.contract.errors import FixSettings
from rollbook.contract.news import NewsPage
from rollbook.host import kept_news
from rollbook.host.clock import Clock
from rollbook.host.config import DestinationConfig, SchoolConfig
from rollbook.host.logs import event as log_event
from rollbook.host.rounds import Round
from rollbook.host.store.database import Database

PAGES = 1000  # of one school in one sync: the rest comes with the next


class Teller(Protocol):
    """What of a worker this needs."""

    def news(self, school: int, after: int) -> NewsPage:
        """A page of news."""


@dataclass
class Asked:
    """came: how many pieces were kept. `sentences`: what went wrong. `notes`: what waits to be looked at."""

    came: int = 0
    sentences: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class Asking:
    """One destination's part, once."""

    def __init__(
        self,
        database: Database,
        there: DestinationConfig,
        worker: Teller,
        *,
        now: Clock,
        progress: Callable[[int, int], None],
    ) -> None:
        self.database, self.there, self.worker, self.now = database, there, worker, now
        self.destination = there.name
        self.result = Asked()
        self.round = Round(now, progress, self.result.sentences)

    def run(self, schools: Sequence[SchoolConfig]) -> Asked:
        """Ask for each school what is new. Ends early where the destination is away."""
        self.round.run(schools, self._school)
        self._note(schools)
        return self.result

    def _school(self, school: SchoolConfig) -> None:
        """An authority of which no school is, as where a pupil lives, may have no news for it: that is no trouble."""
        try:
            self._pages(school.urn)
        except FixSettings:
            if school.la in self.there.authorities:
                raise

    def _pages(self, urn: int) -> None:
        with self.database.read() as conn:
            after = kept_news.newest_number(conn, self.destination, urn)
        for _ in range(PAGES):
            page = self.worker.news(urn, after)
            if not page.items:
                return
            with self.database.write() as conn:
                kept_news.keep(conn, self.destination, page.items, self.now())
            self.result.came += len(page.items)
            log_event("news_came", destination=self.destination, school=urn, count=len(page.items))
            after = page.next

    def _note(self, schools: Sequence[SchoolConfig]) -> None:
        with self.database.read() as conn:
            counts = [kept_news.unseen(conn, school.urn, self.destination) for school in schools]
        if number := sum(counts):
            pieces = "1 piece of news waits" if number == 1 else f"{number} pieces of news wait"
            of = sum(count > 0 for count in counts)
            self.result.notes.append(
                f"{pieces} to be looked at, for {of} school{'' if of == 1 else 's'}: `rollbook news list`."
            )
