"""Pages without a total and without a link to the next: read to the end, and then shown to be whole.

A page that comes twice is seen by its ids. One that was left out, or a row that slipped from one page to another while
they were read, is not: so at the end the last row of each page is asked for once more, and the row after the last of
all. Where each is as it was, and nothing comes after, what came is what is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

from rollbook.contract import RetryLater
from rollbook_arbor.answers import NotThere, NotUnderstood

P = TypeVar("P")


class NotWhole(RetryLater):
    """Pages were repeated or left out, or rows came and went while they were read. Nothing of them is kept."""


class Pages(Protocol[P]):
    """Something that is read by the page. `first`: the number of its first page."""

    @property
    def first(self) -> int:
        """0 or 1."""

    def page(self, number: int, size: int) -> P:
        """One page."""

    def ids(self, page: P) -> list[str]:
        """The ids on a page."""

    def rows(self, places: Sequence[int]) -> list[list[str]]:
        """For each place, counted from 0, the id of the row there, if there is one."""


def read_pages(pages: Pages[P], size: int, what: str) -> Iterator[P]:
    """Every page of `size` rows, in order, and at the end NotWhole unless they are all there is, once.

    what: for sentences. Raises also whatever `pages` raises.
    """
    seen: set[str] = set()
    ends: list[tuple[int, str]] = []
    number = pages.first
    while True:
        page = pages.page(number, size)
        found = pages.ids(page)
        if len(set(found)) < len(found) or not seen.isdisjoint(found):
            raise NotWhole(f"{what} came twice: a page was repeated. The next sync reads them again.")
        seen.update(found)
        if found:
            ends.append((len(seen) - 1, found[-1]))
            yield page
        if number == pages.first and 0 < len(found) < size and pages.rows([len(found)]) != [[]]:
            size = len(found)  # the other end gives fewer at once than it was asked for
        if len(found) < size:
            break
        number += 1
    _check(pages, ends, len(seen), what)


def _check(pages: Pages[P], ends: Sequence[tuple[int, str]], rows: int, what: str) -> None:
    places = [place for place, _ in ends]
    *there, after = pages.rows([*places, rows])
    if after or there != [[known] for _, known in ends]:
        raise NotWhole(
            f"{what}: a page was left out, or rows changed while they were read. The next sync reads them again.",
            detail=f"{rows} rows came on {len(ends)} pages",
        )


def first_page(ask: Callable[[int, int], Any], ids: Callable[[Any], list[str]]) -> int | None:
    """Whether pages are counted from 0 or from 1, found by asking for single rows of something that has two or more.

    None when nothing at all is there, which for something that must exist means that it may not be read.
    """

    try:
        zeroth = ids(ask(0, 1))
    except (NotThere, NotUnderstood):  # where pages are counted from 1, this is no page
        zeroth = []
    one = ids(ask(1, 1))
    if not zeroth and not one:
        return None
    return 1 if not zeroth or zeroth == one else 0
