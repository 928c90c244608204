"""Who is told of a case: at which authorities, and by which destinations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import sqlalchemy as sa

from rollbook.cases.case import Case, State
from rollbook.contract.destination import Kind
from rollbook.host.config import Config, SchoolConfig
from rollbook.host.store.followup import cases as cases_table
from rollbook.host.store.followup import fills, messages
from rollbook.host.store.people import flags, pupils
from rollbook.outbox.kinds import OF_CASES
from rollbook.outbox.routing import authorities
from rollbook.outbox.state import POSSIBLY_THERE

_HOME = "pupil.home_la"


@dataclass(frozen=True)
class Recipient:
    """A destination as composing needs it for one kind of message: its name, and the fields that it requires."""

    name: str
    required: frozenset[str]


Recipients: TypeAlias = Mapping[Kind, Mapping[str, Recipient]]
"""Who takes each kind of message, for each authority (its number) for which somebody does."""


@dataclass(frozen=True)
class Told:
    """by: who is told of a case, each once. nobody: the authorities that it concerns and for which nobody takes it."""

    by: tuple[Recipient, ...]
    nobody: tuple[str, ...]


class Routes:
    """The routes of one school's cases. `there`: case -> destinations that were told of it, or may have been: they are
    told of what becomes of it, wherever the child lives now.
    """

    def __init__(self, conn: sa.Connection, school: SchoolConfig, recipients: Recipients) -> None:
        self.school, self.recipients = school, recipients
        self._homes = _homes(conn, school.urn)
        self._filled = _filled_homes(conn, school.urn)
        self._there = _there(conn, school.urn)

    def told(self, case: Case) -> Told:
        """Who is told of a case. Nobody, where its kind makes no message."""
        if case.kind not in OF_CASES:
            return Told((), ())
        of = OF_CASES[case.kind]
        taking = self.recipients.get(Kind(of.kind), {})
        wanted = self._authorities(case)
        found: dict[str, Recipient] = {}
        nobody = []
        for la in wanted:
            # A message does not say for which authority it is: one destination tells one of them.
            if la in taking and taking[la].name not in found:
                found[taking[la].name] = taking[la]
            else:
                nobody.append(la)
        for one in taking.values():
            if one.name in self._there.get(case.number, ()):
                found.setdefault(one.name, one)
        return Told(tuple(found.values()), tuple(nobody))

    def strayed(self, config: Config, case: Case, destination: str) -> bool:
        """Whether what is not yet sent of a case is for a destination that it no longer concerns: the child lives
        elsewhere now. Of one that was told already it is not so.
        """
        there = config.destinations.get(destination)
        served = there is not None and any(la in there.authorities for la in self._authorities(case))
        return there is not None and not served and destination not in self._there.get(case.number, ())

    def untold(self, cases: Iterable[Case]) -> tuple[str, ...]:
        """A sentence for each authority other than the school's that open cases concern and that nobody tells."""
        counts = Counter(
            (la, OF_CASES[case.kind].kind)
            for case in cases
            if case.state is State.OPEN and case.kind in OF_CASES
            for la in self.told(case).nobody
            if la != self.school.la
        )
        return tuple(
            f"{number} case{'s' if number > 1 else ''} of {self.school.name} ({self.school.urn}) concern"
            f"{'' if number > 1 else 's'} the authority {la} too, and no destination that can be used takes {kind} for "
            f"it alone: it is not told. Add one, or tell it otherwise."
            for (la, kind), number in sorted(counts.items())
        )

    def _authorities(self, case: Case) -> tuple[str, ...]:
        home = self._homes.get(case.pupil) or self._filled.get(case.number)
        worker = case.figures.get("looked_after_by")
        return authorities(OF_CASES[case.kind].to, self.school.la, home=home, worker=worker)


def concerned(conn: sa.Connection, config: Config, school: SchoolConfig) -> frozenset[str]:
    """The authorities that the school's pupils may concern: its own, where they live, who looks after them, and those
    that were told of a case of it.
    """
    after = sa.select(flags.c.authority).where(flags.c.school == school.urn, flags.c.known_to.is_(None)).distinct()
    lookers = {row.authority for row in conn.execute(after) if row.authority}
    homes = {*_homes(conn, school.urn).values(), *_filled_homes(conn, school.urn).values()}
    told = {name for names in _there(conn, school.urn).values() for name in names}
    served = {la for name in told if name in config.destinations for la in config.destinations[name].authorities}
    return frozenset({school.la} | homes | lookers | served)


def unserved(conn: sa.Connection, config: Config, school: SchoolConfig) -> list[str]:
    """A sentence for each authority, other than the school's, that its pupils may concern and no destination serves."""
    others = concerned(conn, config, school) - {school.la}
    served = {la for there in config.destinations.values() for la in there.authorities}
    return [
        f"Pupils of it live in the area of the authority {la}, or are looked after by it, and no destination is for "
        f"{la}: it is told nothing of a missing child, nor a worker there of an absence. Add one, or tell it otherwise."
        for la in sorted(others - served)
    ]


def _homes(conn: sa.Connection, school: int) -> dict[int, str]:
    query = sa.select(pupils.c.pupil, pupils.c.home_la)
    query = query.where(pupils.c.school == school, pupils.c.known_to.is_(None), pupils.c.home_la.is_not(None))
    return {row.pupil: row.home_la.strip() for row in conn.execute(query) if row.home_la.strip()}


def _filled_homes(conn: sa.Connection, school: int) -> dict[int | None, str]:
    query = sa.select(fills.c.case, fills.c.value).join(cases_table, cases_table.c.id == fills.c.case)
    query = query.where(cases_table.c.school == school, fills.c.field == _HOME).order_by(fills.c.id)
    return {row.case: row.value for row in conn.execute(query)}


def _there(conn: sa.Connection, school: int) -> dict[int | None, set[str]]:
    states = [state.value for state in POSSIBLY_THERE]
    query = sa.select(messages.c.case, messages.c.destination).distinct()
    query = query.where(messages.c.school == school, messages.c.state.in_(states))
    found: dict[int | None, set[str]] = {}
    for row in conn.execute(query):
        found.setdefault(row.case, set()).add(row.destination)
    return found
