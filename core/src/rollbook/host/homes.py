"""Where a school's pupils live: the authority, as the source says it, or as a person stated it for one case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from rollbook.cases.case import Case
from rollbook.host.store.dated import as_known
from rollbook.host.store.followup import cases, fills
from rollbook.host.store.people import pupils

HOME = "pupil.home_la"
"""The field by which a person states it."""


@dataclass(frozen=True)
class _Stated:
    authority: str
    then: str | None  # what the source said when the person did


class Homes:
    """Of the pupils of one school; `case`: of the pupil of that case alone.

    A person's word for a case goes before the source's, for they know the case; until the source, which was another
    then, says something else: it is the newer word.
    """

    def __init__(self, conn: sa.Connection, school: int, case: Case | None = None) -> None:
        self._now = _said(conn, school, case.pupil if case else None)
        self._stated = _stated(conn, school, case)

    def of(self, case: Case) -> str | None:
        """The number of the authority in whose area the pupil lives, or None where nobody says it."""
        stated = self._stated.get(case.number)
        return stated.authority if stated and not self.overtaken(case) else self._now.get(case.pupil)

    def overtaken(self, case: Case) -> bool:
        """Whether a person stated it for this case, and the source said something else since."""
        stated, now = self._stated.get(case.number), self._now.get(case.pupil)
        return stated is not None and now is not None and now != stated.then

    def every(self) -> set[str]:
        """All the authorities that somebody says."""
        return {*self._now.values(), *(stated.authority for stated in self._stated.values())}


def _said(conn: sa.Connection, school: int, pupil: int | None, known: datetime | None = None) -> dict[int, str]:
    """What the source says of each pupil, or of one; now, or at the moment `known`."""
    query = sa.select(pupils.c.pupil, pupils.c.home_la).where(pupils.c.school == school, *as_known(pupils, known))
    query = query.where(pupils.c.home_la.is_not(None))
    query = query.where(pupils.c.pupil == pupil) if pupil is not None else query
    return {row.pupil: row.home_la.strip() for row in conn.execute(query) if row.home_la.strip()}


def _stated(conn: sa.Connection, school: int, case: Case | None) -> dict[int | None, _Stated]:
    """The newest word on each case, or on one."""
    query = sa.select(fills.c.case, fills.c.value, fills.c.at, cases.c.pupil)
    query = query.join(cases, cases.c.id == fills.c.case).order_by(fills.c.id)
    query = query.where(cases.c.school == school, fills.c.field == HOME)
    query = query.where(cases.c.id == case.number) if case else query
    newest = {row.case: row for row in conn.execute(query)}
    return {
        number: _Stated(row.value, _said(conn, school, row.pupil, row.at).get(row.pupil))
        for number, row in newest.items()
    }
