"""Pages without a total and without a link to the next: read to the end, and then shown to be whole.

A page that comes twice is seen by its ids. One that was left out is not, so at the end the row after the last is asked
for: where there is one, rows were left out; where the last itself is not there, there were fewer than came.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from rollbook.contract import RetryLater
from rollbook_arbor.answers import NotThere

P = TypeVar("P")


class NotWhole(RetryLater):
    """Pages were repeated or left out, or rows came and went while they were read. Nothing of them is kept."""


def read_pages(
    ask: Callable[[int, int], P], ids: Callable[[P], list[str]], *, size: int, first: int, what: str
) -> Iterator[P]:
    """Every page, in order, when they are whole.

    ask: page number and page size -> a page. ids: the ids on a page. first: the number of the first page. what: for
    sentences. Raises NotWhole, and whatever `ask` raises.
    """
    seen: set[str] = set()
    number = first
    while True:
        page = ask(number, size)
        found = ids(page)
        fresh = set(found)
        if len(fresh) < len(found) or fresh & seen:
            raise NotWhole(f"{what} came twice: a page was repeated. The next sync reads them again.")
        seen |= fresh
        if found:
            yield page
        if number == first and 0 < len(found) < size and _row(ask, ids, first + len(found)):
            size = len(found)  # the other end gives fewer at once than it was asked for
        if len(found) < size:
            break
        number += 1
    _check_end(ask, ids, len(seen), first, what)


def _check_end(ask: Callable[[int, int], P], ids: Callable[[P], list[str]], rows: int, first: int, what: str) -> None:
    after = _row(ask, ids, first + rows)
    last = _row(ask, ids, first + rows - 1) if rows and not after else ["the last"]
    if after or not last:
        raise NotWhole(
            f"{what}: {'more' if after else 'fewer'} rows are there than came; a page was left out, or rows changed "
            f"meanwhile. The next sync reads them again.",
            detail=f"{rows} rows came",
        )


def _row(ask: Callable[[int, int], P], ids: Callable[[P], list[str]], number: int) -> list[str]:
    try:
        return ids(ask(number, 1))
    except NotThere:
        return []


def first_page(ask: Callable[[int, int], Any], ids: Callable[[Any], list[str]]) -> int | None:
    """Whether pages are counted from 0 or from 1, found by asking for single rows of something that has two or more.

    None when nothing at all is there, which for something that must exist means that it may not be read.
    """
    zeroth, one = _row(ask, ids, 0), _row(ask, ids, 1)
    if not zeroth and not one:
        return None
    return 1 if not zeroth or zeroth == one else 0
