"""Pull one school: every table that its source gives, whole, before anything is kept.

What a pull yields is staged in memory until its last `Done`. If any part of it fails, nothing of it is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Protocol, TypeAlias

import polars as pl

from rollbook.contract.errors import VendorMustAct
from rollbook.contract.source import Checkpoint, Done, Page, Reject, SchoolRef, Window
from rollbook.host.config import SchoolConfig
from rollbook.register.terms import school_year
from rollbook.tables.schemas import Table, page_schema

Progress: TypeAlias = Callable[[str, str, int, int | None], None]
"""Called with a school's or destination's name, the stage, how far it is, and of how much (None: not known)."""

# The order in which tables are pulled: who the marks belong to must be known before them.
ORDER = (
    Table.SESSIONS,
    Table.PUPILS,
    Table.ROLL,
    Table.CONTACTS,
    Table.LEAVE,
    Table.NOTICES,
    Table.FLAGS,
    Table.CONTACT_LOG,
    Table.ELSEWHERE,
    Table.MARKS,
)
_FURTHEST = 366  # days that an overlap may reach back
_NEEDED = (Table.PUPILS, Table.ROLL, Table.MARKS)
_REMOVED = {name: page_schema(Table.MARKS)[name] for name in ("pupil", "date", "session")}


class Puller(Protocol):
    """What of a worker a pull needs."""

    def schools(self) -> list[SchoolRef]:
        """The schools that the credential can see."""

    def pull(self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None) -> Any:
        """Checked pages, then `Done`."""


@dataclass
class Staged:
    """All that one school's source gave. `tables` in the form of their pages, with `origin` beside each row of marks.

    `covers`: the days for which the pull of marks was whole. `newest`: the day of the newest mark.
    """

    window: Window
    tables: dict[Table, pl.DataFrame] = field(default_factory=dict)
    removed: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_REMOVED))
    covers: list[Window] = field(default_factory=list)
    checkpoints: dict[Table, Mapping[str, Any]] = field(default_factory=dict)
    rejects: list[tuple[Table, Reject]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @cached_property
    def newest(self) -> date | None:
        """The day of the newest mark that was written. For a pull that is whole: it is looked for once."""
        last = self.tables[Table.MARKS].group_by("code").agg(pl.col("date").max())
        written = pl.col("code").fill_null("").str.strip_chars().is_in(["", "-"]).not_()
        found = last.filter(written)["date"].max()
        return found if isinstance(found, date) else None

    @cached_property
    def days(self) -> set[date]:
        """The days of which the pull of marks brought anything of anybody: a row, or one that was removed."""
        rows = [self.tables[Table.MARKS]["date"], self.removed["date"]]
        return set(pl.concat(rows).drop_nulls().unique().to_list())


def first_window(as_at: date) -> Window:
    """The days of a first pull: from the previous school year's start."""
    return Window(date(school_year(as_at) - 1, 8, 1), as_at)


def window_of(
    school: SchoolConfig,
    as_at: date,
    covered_to: date | None,
    open_days: Collection[date],
    waits_since: date | None = None,
) -> Window:
    """The days to pull: from the overlap before the last covered day; at first those of `first_window`.

    Marks change for weeks after their day: the overlap is read again at each pull. open_days: the days on which the
    school was open: in September, the marks of July are still read. waits_since: the first day of what was set aside
    and only the source can mend; it is read again however long ago that day is.
    """
    if covered_to is None:
        return first_window(as_at)
    first = overlap_from(min(covered_to, as_at), school.overlap_days, open_days)
    return Window(min(first, waits_since or first), as_at)


def overlap_from(last: date, days: int, open_days: Collection[date]) -> date:
    """The day that lies `days` days of term before `last`: a week without a session does not use the overlap up.

    A year back at most; where no calendar is known, every day counts.
    """
    weeks = {_monday(day) for day in open_days}
    first, left = last, days
    while left and first > last - timedelta(days=_FURTHEST):
        first -= timedelta(days=1)
        left -= not weeks or _monday(first) in weeks
    return first


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def pieces(window: Window, days: int | None) -> list[Window]:
    """`window` cut into parts of at most `days` days, the earliest first."""
    if days is None:
        return [window]
    found, first = [], window.first
    while first <= window.last:
        last = min(first + timedelta(days=days - 1), window.last)
        found.append(Window(first, last))
        first = last + timedelta(days=1)
    return found


def pull_school(
    worker: Puller,
    school: SchoolConfig,
    window: Window,
    *,
    tables: frozenset[Table],
    window_days: int | None,
    checkpoints: Mapping[Table, Checkpoint],
    progress: Progress,
) -> Staged:
    """Everything that the source gives of one school, or the Problem that stopped it, with nothing kept.

    Raises: RetryLater, NeedsCredentials, FixSettings, VendorMustAct.
    """
    staged = Staged(window)
    ref = asked_of(school, worker)
    for table in (table for table in ORDER if table in tables):
        parts = pieces(window, window_days) if table is Table.MARKS else [window]
        pages: list[pl.DataFrame] = []
        checkpoint = checkpoints.get(table)
        for number, part in enumerate(parts):
            progress(school.name, table.value, number, len(parts))
            done = _pull_part(worker, table, ref, part, checkpoint, staged, pages)
            checkpoint = done.checkpoint
        staged.checkpoints[table] = dict(checkpoint or {})
        if pages or table in _NEEDED:  # no page at all is not an empty table: the source has none at this school
            staged.tables[table] = _joined(table, pages)
        progress(school.name, table.value, len(parts), len(parts))
    return staged


def asked_of(school: SchoolConfig, worker: Puller) -> SchoolRef:
    """How a source is asked for a school: by the key of the configuration, else by that under which it shows the URN,
    else by the URN. Raises as `pull_school`.
    """
    shown = {ref.urn: ref.key for ref in worker.schools() if ref.urn} if not school.key else {}
    return SchoolRef(school.key or shown.get(school.urn, str(school.urn)), school.name, school.urn)


def _pull_part(
    worker: Puller,
    table: Table,
    school: SchoolRef,
    part: Window,
    checkpoint: Checkpoint | None,
    staged: Staged,
    pages: list[pl.DataFrame],
) -> Done:
    """One call of the plugin's `pull`. The worker has checked that it is whole and has the rows it stated."""
    for item in worker.pull(table, school, part, checkpoint):
        if isinstance(item, Done):
            if table is Table.MARKS and item.covers is not None:
                staged.covers.append(item.covers)
            staged.notes += [one for one in item.notes if one not in staged.notes]
            return item
        pages.append(_with_origin(item) if table is Table.MARKS else item.rows)
        staged.rejects += [(table, reject) for reject in item.rejects]
        if item.removed is not None and table is Table.MARKS:
            staged.removed = pl.concat([staged.removed, item.removed.select(*_REMOVED)])
    raise VendorMustAct(f"The pull of {table.value} of {school.name} ({school.urn}) ended early: nothing was kept.")


def _with_origin(page: Page) -> pl.DataFrame:
    return page.rows.with_columns(pl.lit(page.origin).alias("origin"))


def _joined(table: Table, pages: list[pl.DataFrame]) -> pl.DataFrame:
    schema = page_schema(table) | ({"origin": pl.String} if table is Table.MARKS else {})
    return pl.concat([pl.DataFrame(schema=schema), *pages], how="diagonal_relaxed").select(*schema)
