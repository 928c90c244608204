"""Clause 5: how a pull ends. What it leaves for the next is in `of_done`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from rollbook.contract import Done, Page
from rollbook.tables.schemas import Table
from rollbook.testing.kit.check import must, required
from rollbook.testing.kit.damage import damaged, files_of, half
from rollbook.testing.kit.line import Fault
from rollbook.testing.kit.source_stage import HOLIDAY, WEEK, SourceStage, unlike
from rollbook.testing.kit.trial import fault, positions, requests_of

_STOPS = 4


@required("S19", "5.1")
def done_comes_last(stage: SourceStage) -> None:
    """Each pull yields pages, then one Done, and nothing after it."""
    source = stage.made()
    for table in stage.tables:
        items = list(stage.items(table, WEEK, source=source))
        kinds = [type(item).__name__ for item in items]
        must(set(kinds) <= {"Page", "Done"}, f"{table.value}: it yields {set(kinds) - {'Page', 'Done'}}")
        ends = kinds.count("Done")
        must(ends == 1, f"{table.value}: {len(items)} items, {ends} of them Done: yield one Done, last")
        must(isinstance(items[-1], Done), f"{table.value}: {kinds[-1]} comes after its Done")


@required("S20", "5.2")
def half_a_pull_has_no_done(stage: SourceStage) -> None:
    """A pull that is cut short, at whatever request or in the middle of a file, ends in a Problem and in no Done."""
    for where, spared in _cuts(stage) if stage.line else _half_files(stage):
        source = stage.made(**stage.small_pages)
        items: list[Page | Done] = []
        problem = stage.problem_of(partial(_take, stage.items(Table.MARKS, WEEK, source=source), items))
        if stage.line and len(stage.line.requests) <= spared:
            continue  # this time it needed fewer requests, and was whole before the cut
        must(problem is not None, f"{where}: it ends with {len(items)} items and no Problem")
        must(not any(isinstance(item, Done) for item in items), f"{where}: it yields a Done, and then {problem}")


def _take(items: Iterator[Page | Done], into: list[Page | Done]) -> None:
    into.extend(items)


def _cuts(stage: SourceStage) -> Iterator[tuple[str, int]]:
    """The line is dead from one request of the pull on: the first, one in the middle, the last. With those spared."""
    requests = requests_of(stage, Table.MARKS, pulls=2)
    for after in positions(requests):
        with fault(stage, Fault.CLOSED, after=after):
            yield f"nobody answers from request {after + 1} of {requests} on", after


def _half_files(stage: SourceStage) -> Iterator[tuple[str, int]]:
    """Every file ends in the middle of a line."""
    with damaged(files_of(stage), half):
        yield "every file is cut off in the middle of a line", 0


@required("S21", "5.3")
def two_pulls_agree(stage: SourceStage) -> None:
    """Two pulls of the same, by one instance or by two, give the same rows."""
    one, two = stage.made(), stage.made()
    for table in stage.tables:
        first, again, other = (stage.pull(table, WEEK, source=source).rows for source in (one, one, two))
        for who, rows in (("the same instance", again), ("another instance", other)):
            must(rows.columns == first.columns, f"{table.value}, by {who}: other columns than at first")
            difference = unlike(table, rows, first, {})
            must(not difference, f"pulled again by {who}: {difference}")


@required("S25", "5.7")
def stopped_anywhere(stage: SourceStage) -> None:
    """Stopped after any page, and pulled again, by the same instance or by another, it gives the same rows."""
    pages = sum(isinstance(item, Page) for item in stage.items(Table.MARKS, WEEK, source=_small(stage)))
    for stop in range(0, pages, max(1, -(-pages // _STOPS))):
        source = _small(stage)
        items = stage.items(Table.MARKS, WEEK, source=source)
        for _ in range(stop + 1):
            next(items, None)
        items.close()  # type: ignore[attr-defined]
        other = stage.unlike(Table.MARKS, stage.pull(Table.MARKS, WEEK, source=source).rows, WEEK)
        must(not other, f"stopped after page {stop + 1} and pulled again: {other}")
    other = stage.unlike(Table.MARKS, stage.pull(Table.MARKS, WEEK, source=_small(stage)).rows, WEEK)
    must(not other, f"stopped, and pulled again by another instance: {other}")


def _small(stage: SourceStage) -> Any:
    return stage.made(**stage.small_pages)


@required("S26", "5.8")
def a_holiday_is_whole(stage: SourceStage) -> None:
    """A window in which the school had no session is a whole pull without marks, and no Problem."""
    pulled, problem = stage.try_pull(Table.MARKS, HOLIDAY)
    must(problem is None, f"two weeks of August end in {type(problem).__name__}: {problem and problem.sentence}")
    other = stage.unlike(Table.MARKS, pulled.rows, HOLIDAY) if pulled else ""
    must(not other, f"two weeks of August: {other}")
