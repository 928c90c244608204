"""The reports that a school's register makes now, each with a digest that tells whether it was said before."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import sqlalchemy as sa

from rollbook.contract.regular import Regular
from rollbook.host import given
from rollbook.host.manifests import entry, read_marks
from rollbook.host.registers import RegisterFiles
from rollbook.host.report_status import last_ok
from rollbook.host.store import dated, people
from rollbook.host.store.columns import dumps
from rollbook.outbox import regular
from rollbook.register.terms import school_year
from rollbook.tables.schemas import FLAGS, PUPILS, ROLL, SESSIONS, Table

BACK = timedelta(days=28)  # how far the first reports of days go back


@dataclass(frozen=True)
class Body:
    """What a report of a day or a week would say. `rows` are made when it is to be said: of a day's marks there are
    thousands.
    """

    day: date
    digest: str
    rows: Any

    def content(self, kind: Regular, moment: datetime, read: datetime | None) -> Mapping[str, Any]:
        """As the contract has it. moment: when it is reckoned. read: when the register was last read whole."""
        found: dict[str, Any] = {"as_of": _iso(moment)}
        if kind is Regular.DAY:
            found |= {"last_sync_ok": _iso(read)} if read else {}
            return found | {"registers": self.rows}
        if kind is Regular.WEEK:
            return found | {"rows": self.rows}
        return found | {"marks": regular.said(self.rows)}


class Bodies:
    """Of one school, as its register stands at the end of `as_at`, in the school year of that day."""

    def __init__(self, conn: sa.Connection, files: RegisterFiles, school: int, as_at: date) -> None:
        self.school, self.as_at = school, as_at
        self.read = last_ok(conn, school)
        year = school_year(as_at)
        there = Table.FLAGS in given.tables_given(conn, school, None)
        self.register = regular.Register(
            sessions=dated.frame(conn, people.sessions, school, SESSIONS, None),
            roll=dated.frame(conn, people.roll, school, ROLL, None),
            marks=read_marks(files, entry(conn, school, year)),
            pupils=dated.frame(conn, people.pupils, school, PUPILS, None),
            flags=dated.frame(conn, people.flags, school, FLAGS, None) if there else None,
            first=date(year, 8, 1),
            last=as_at,
        )

    @property
    def empty(self) -> bool:
        """Whether the school was never read: then nothing can be said of it."""
        return self.register.sessions.is_empty()

    def of(self, kind: Regular, before: Collection[date]) -> Iterator[Body]:
        """Those of a kind, by day. before: the days of which something was said already, however long ago.

        All weeks of the school year (what was said of one that the calendar no longer has, stands); days of the last
        four weeks and those said before, today closed or not.
        """
        if kind is Regular.WEEK:
            found: Mapping[date, Any] = regular.weeks(self.register)
            wanted = set(found)
        else:
            found = regular.days(self.register) if kind is Regular.DAY else regular.marks(self.register)
            wanted = {day for day in {*found, *before} if day > self.as_at - BACK or day in before}
            wanted = {day for day in wanted if self.register.first <= day <= self.as_at}
            wanted |= {self.as_at} if kind is Regular.DAY else set()
        for day in sorted(wanted):
            yield self._body(kind, day, found.get(day))

    def _body(self, kind: Regular, day: date, rows: Any) -> Body:
        if kind is not Regular.SESSIONS:
            return Body(day, hashlib.sha256(dumps(rows or []).encode()).hexdigest(), rows or [])
        rows = _NO_MARKS if rows is None else rows
        buffer = io.BytesIO()
        rows.rechunk().write_ipc(buffer, compression="uncompressed")
        return Body(day, hashlib.sha256(buffer.getvalue()).hexdigest(), rows)


_NO_MARKS = pl.DataFrame(schema=dict.fromkeys(("pupil", "upn", "session", "code"), pl.String))


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
