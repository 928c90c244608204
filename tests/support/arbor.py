"""A made-up school behind the simulator of Arbor, and the source that reads it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from rollbook.contract import Checkpoint, Client, Done, Page, SchoolRef, Window
from rollbook.host.page_checks import whole_pull
from rollbook.host.worker.calls import Spec, resolved
from rollbook.tables.schemas import Table, page_schema
from rollbook.testing.schools import MadeSchool, make_school
from rollbook_arbor.simulator import ArborSimulator
from rollbook_arbor.source import ArborSource

URN = 900001
BEFORE, EVENING = date(2026, 11, 19), date(2026, 11, 20)
WINDOW = Window(date(2026, 11, 16), EVENING)  # a week: by REST, each mark is a request
WEEKS = Window(date(2026, 10, 19), EVENING)
FLAGS = ["looked_after", "child_protection", "sen", "fsm"]
PEOPLE = (Table.SESSIONS, Table.PUPILS, Table.ROLL, Table.CONTACTS, Table.LEAVE, Table.FLAGS)


@cache
def school(pupils: int = 8) -> MadeSchool:
    return make_school("primary", URN, pupils, seed=3, first=date(2026, 9, 1), last=EVENING)


@contextmanager
def arbor(folder: Path, evening: date = EVENING, pupils: int = 8) -> Iterator[ArborSimulator]:
    """The school's Arbor, as it stands that evening."""
    simulator = ArborSimulator(folder, school(pupils))
    try:
        simulator.publish(evening)
        yield simulator
    finally:
        simulator.close()


def source(simulator: ArborSimulator, folder: Path, **settings: Any) -> ArborSource:
    """A source with those settings, which waits for nothing."""
    given = {**simulator.settings, "flags": FLAGS, **settings}
    spec = Spec("oaks", "arbor", "source", given, folder)
    made = ArborSource(resolved(ArborSource, spec), Client(sleep=lambda _: None))
    made.today = lambda: EVENING  # type: ignore[method-assign]
    return made


def pulled(
    arbor_source: Any, table: Table, checkpoint: Checkpoint | None = None, window: Window = WINDOW
) -> tuple[pl.DataFrame, list[Any], Done]:
    """The rows of a table as the host would take them, what was set aside, and the Done."""
    ref = SchoolRef(str(URN), "Oaks", URN)
    items = list(whole_pull(arbor_source.pull(table, ref, window, checkpoint), table, window))
    pages, done = [item for item in items if isinstance(item, Page)], items[-1]
    assert isinstance(done, Done)
    rows = [page.rows for page in pages] or [pl.DataFrame(schema=page_schema(table))]
    return pl.concat(rows, how="diagonal"), [reject for page in pages for reject in page.rejects], done


def in_order(rows: pl.DataFrame) -> pl.DataFrame:
    """The columns and the rows in one order, without what says only where they came from."""
    names = sorted(name for name in rows.columns if name != "line" and rows.get_column(name).null_count() < len(rows))
    return rows.select(names).sort(names, nulls_last=True)


def expected(simulator: ArborSimulator, table: Table, window: Window = WINDOW) -> pl.DataFrame:
    """What is there to be read."""
    rows = simulator.readable()[table]
    return rows.filter(pl.col("date").is_between(window.first, window.last)) if table is Table.MARKS else rows
