"""News of one destination's authority, asked for once a sync for each school that it serves.

What came is kept in one transaction with the number to ask after, which is that of the last piece: a sync that is ended
at any moment asks again for what it did not keep, and keeps nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from rollbook.contract.errors import Problem
from rollbook.contract.news import NewsPage
from rollbook.host import kept_news
from rollbook.host.clock import Clock
from rollbook.host.config import SchoolConfig
from rollbook.host.logs import event as log_event
from rollbook.host.reporting import Patience
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
    """One destination's part, once. `progress` is told how many schools are done, and of how many."""

    def __init__(
        self,
        database: Database,
        destination: str,
        worker: Teller,
        *,
        now: Clock,
        progress: Callable[[int, int], None],
    ) -> None:
        self.database, self.destination, self.worker = database, destination, worker
        self.now, self.progress = now, progress
        self.result = Asked()

    def run(self, schools: Sequence[SchoolConfig]) -> Asked:
        """Ask for each school what is new. Ends early where the destination is away."""
        patience = Patience()
        for number, school in enumerate(schools, start=1):
            self.progress(number, len(schools))
            try:
                self._school(school.urn)
            except Problem as problem:
                if problem.sentence not in self.result.sentences:
                    self.result.sentences.append(problem.sentence)
                if patience.ends(problem):
                    break
            else:
                patience.renew()
        self._note(schools)
        return self.result

    def _school(self, urn: int) -> None:
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
