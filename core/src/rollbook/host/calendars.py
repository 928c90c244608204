"""A school's calendar: the source's where it gives one, else the terms of the configuration. Never read off marks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import polars as pl
import sqlalchemy as sa

from rollbook.contract.errors import FixSettings
from rollbook.host.config import SchoolConfig
from rollbook.host.store import dated
from rollbook.host.store.people import sessions as kept_sessions
from rollbook.register.terms import differences, school_year, sessions_from_terms
from rollbook.tables.schemas import SESSION, SESSIONS, conform

_SHOWN = 3


@dataclass(frozen=True)
class Calendar:
    """sessions: `SESSIONS`, sorted. changed: how many rows began or ended. notes: what differs, for people.
    reaches_back: whether it begins earlier than the one known before, whose marks of these days were passed over.
    """

    sessions: pl.DataFrame
    changed: int
    notes: tuple[str, ...]
    reaches_back: bool = False

    @property
    def first(self) -> date:
        """The first day that the calendar knows."""
        found = self.sessions["date"].min()
        assert isinstance(found, date)
        return found

    @property
    def last(self) -> date:
        """The last day that the calendar knows."""
        found = self.sessions["date"].max()
        assert isinstance(found, date)
        return found

    def open_days(self, first: date, last: date) -> list[date]:
        """The days with an open session, from `first` to `last`, both included."""
        found = self.sessions.filter("open", pl.col("date").is_between(first, last))
        return found["date"].unique().sort().to_list()


def bring_calendar(conn: sa.Connection, school: SchoolConfig, given: pl.DataFrame | None, moment: datetime) -> Calendar:
    """Settle and keep the calendar. `given`: the source's page table of sessions, None where it has none.

    Raises FixSettings when neither the source nor the configuration says when the school is open.
    """
    urn = school.urn
    configured = None
    if school.terms:
        configured = sessions_from_terms(urn, school.terms, school.closed, school.half_days)
    source = canonical(urn, given) if given is not None and given.height else None
    fresh = configured if source is None else source
    if fresh is None or not fresh["open"].any():
        raise FixSettings(
            f"Nothing says when {school.name} ({urn}) is open: the connection {school.connection} gives no calendar, "
            f"and the configuration has no terms for the school. Add its terms."
        )
    # This year alone may be given: the school years before it stand as they were known.
    begins = Calendar(fresh, 0, ()).first
    known = kept_calendar(conn, urn)
    before = known.sessions.filter(pl.col("date") < date(school_year(begins), 8, 1))
    whole = pl.concat([before, fresh]).sort("date", "session")
    began, closed = dated.replace(conn, kept_sessions, urn, whole.drop("school"), moment)
    notes = _notes(source, configured) if source is not None and configured is not None else ()
    reaches_back = not known.sessions.is_empty() and begins < known.first
    return Calendar(whole, began + closed, notes, reaches_back)


def kept_calendar(conn: sa.Connection, school: int) -> Calendar:
    """The calendar as it is kept; empty before the first pull."""
    return Calendar(dated.frame(conn, kept_sessions, school, SESSIONS, None).sort("date", "session"), 0, ())


def canonical(school: int, given: pl.DataFrame) -> pl.DataFrame:
    """A page table of sessions as `SESSIONS`. A row without a day, session or answer is left out; of two rows for one
    session the one that says open counts.
    """
    number = pl.col("session").replace_strict({"AM": 0, "PM": 1}, default=None, return_dtype=SESSION)
    rows = given.select("date", number.alias("session"), "open").drop_nulls()
    rows = rows.group_by("date", "session").agg(pl.col("open").any()).with_columns(pl.lit(school).alias("school"))
    return conform(rows, SESSIONS).sort("date", "session")


def _notes(source: pl.DataFrame, configured: pl.DataFrame) -> tuple[str, ...]:
    unlike = differences(source, configured)
    if unlike.is_empty():
        return ()
    days = unlike["date"].unique().sort().to_list()
    shown = ", ".join(day.isoformat() for day in days[:_SHOWN]) + (" ..." if len(days) > _SHOWN else "")
    return (
        f"The source's calendar and the configuration's terms differ on {len(days)} days ({shown}): the source's was "
        f"used. Correct the one that is wrong.",
    )
