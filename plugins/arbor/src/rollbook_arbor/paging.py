"""Pages without a total and without a link to the next: read to the end, and then shown to be whole.

A page that comes twice is seen by its ids. One that was left out, or a row that slipped from one page to another while
they were read, is not: so at the end the last row of each page is asked for once more, and the row after the last of
all. Where each is as it was, and nothing comes after, what came is what is there.

How pages are counted is not documented: it is probed with the school's table of marks, which always has some, and kept.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar

from rollbook.contract import RetryLater
from rollbook_arbor.answers import NotThere, NotUnderstood
from rollbook_arbor.api import Arbor
from rollbook_arbor.entities import ATTENDANCE_MARK, Entity
from rollbook_arbor.permission import may_not_read
from rollbook_arbor.reading import Filter

P = TypeVar("P")


class NotWhole(RetryLater):
    """Pages were repeated or left out, or rows came and went while they were read. Nothing of them is kept."""


class PagedRoute(ABC, Generic[P]):
    """A route that gives an entity by pages of at most `size`. first: the number of the first page, 0 or 1; None to
    find it out. pinned: the same as far as it is known by now.
    """

    def __init__(self, arbor: Arbor, size: int, first: int | None) -> None:
        self._arbor, self._size, self.pinned = arbor, size, first

    @abstractmethod
    def page(self, entity: Entity, only: Filter | None, number: int, size: int) -> P:
        """One page. Raises Problem kinds."""

    @abstractmethod
    def ids(self, page: P) -> list[str]:
        """The ids on a page, or the addresses."""

    @abstractmethod
    def rows(self, entity: Entity, only: Filter | None, places: Sequence[int]) -> list[list[str]]:
        """For each place, counted from 0, the id of the row there, if there is one."""

    @property
    def first(self) -> int:
        """The number of the first page. Raises NeedsCredentials where even the table of marks is empty."""
        if self.pinned is None:
            self.pinned = self._first_page()
        return self.pinned

    def pages(self, entity: Entity, only: Filter | None = None) -> Iterator[P]:
        """Every page, in order, and at the end NotWhole unless they are all there is, once.

        Raises also whatever `page` and `rows` raise.
        """
        size, number = self._size, self.first
        seen: set[str] = set()
        ends: list[tuple[int, str]] = []
        while True:
            page = self.page(entity, only, number, size)
            found = self.ids(page)
            if len(set(found)) < len(found) or not seen.isdisjoint(found):
                raise NotWhole(f"{entity.name} came twice: a page was repeated. The next sync reads them again.")
            seen.update(found)
            if found:
                ends.append((len(seen) - 1, found[-1]))
                yield page
            if number == self.first and 0 < len(found) < size and self.rows(entity, only, [len(found)]) != [[]]:
                size = len(found)  # the other end gives fewer at once than it was asked for
            if len(found) < size:
                break
            number += 1
        self._check(entity, only, ends, len(seen))

    def some(self, entity: Entity, number: int, only: Filter | None = None) -> list[str]:
        """The ids, or addresses, of the first records of an entity, among those of `only`."""
        return self.ids(self.page(Entity(entity.name, ()), only, self.first, number))

    def any(self, entity: Entity, only: Filter | None = None) -> bool:
        """Whether there is a record of an entity, among those of `only`; REST adds a day to it at each end."""
        return bool(self.some(entity, 1, only))

    def _check(self, entity: Entity, only: Filter | None, ends: Sequence[tuple[int, str]], rows: int) -> None:
        places = [place for place, _ in ends]
        *there, after = self.rows(entity, only, [*places, rows])
        if after or there != [[known] for _, known in ends]:
            raise NotWhole(
                f"{entity.name}: a page was left out, or rows changed while they were read. The next sync reads them "
                f"again.",
                detail=f"{rows} rows came on {len(ends)} pages",
            )

    def _first_page(self) -> int:
        """Whether pages are counted from 0 or from 1, found by asking for single rows of what has two or more. Where
        none is there of what must exist, it may not be read.
        """
        marks = Entity(ATTENDANCE_MARK.name, ())
        try:
            zeroth = self.ids(self.page(marks, None, 0, 1))
        except (NotThere, NotUnderstood):  # where pages are counted from 1, this is no page
            zeroth = []
        one = self.ids(self.page(marks, None, 1, 1))
        if not zeroth and not one:
            raise may_not_read(marks.name, self._arbor.host)
        return 1 if not zeroth or zeroth == one else 0
