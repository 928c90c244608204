"""Kinds of message that no destination takes for an authority: what should be told there is told to nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

import sqlalchemy as sa

from rollbook.cases.case import Case, State
from rollbook.contract.destination import Kind
from rollbook.host.config import Config, SchoolConfig
from rollbook.host.kind_words import several
from rollbook.host.recipients import Routes, concerned
from rollbook.outbox.kinds import OF_CASES, ONLY_WHILE_OPEN
from rollbook.outbox.routing import Audience


def untold(school: SchoolConfig, routes: Routes, cases: Iterable[Case]) -> tuple[str, ...]:
    """A sentence for each authority and kind of message of which cases of the school wait to be told there, and nobody
    does it. What a person settled waits no longer.
    """
    counts = Counter(
        (la, OF_CASES[case.kind].kind) for case in cases if _waits(case) for la in routes.told(case).nobody
    )
    return tuple(_sentence(school, routes, la, kind, number) for (la, kind), number in sorted(counts.items()))


def _waits(case: Case) -> bool:
    over = case.state is State.WITHDRAWN or (case.state is State.CLOSED and case.kind in ONLY_WHILE_OPEN)
    return case.kind in OF_CASES and not over and not case.settled


def _sentence(school: SchoolConfig, routes: Routes, la: str, kind: str, number: int) -> str:
    alone = " alone" if la in routes.recipients.get(Kind(kind), {}) else ""
    settle = " and settle what you told (`cases settle`)" if la == school.la else ""
    return (
        f"No destination that can be used takes {several([kind])} for the authority {la}{alone}: what {number} "
        f"{'case' if number == 1 else 'cases'} of {school.name} ({school.urn}) would say stays here. Add one, or tell "
        f"it otherwise{settle}."
    )


def untaken(
    conn: sa.Connection | None,
    config: Config,
    schools: Iterable[SchoolConfig],
    taken: Mapping[str, Collection[Kind]],
) -> dict[str, str]:
    """For each authority that the schools may have something to tell, and for which some kind is taken by no
    destination, a sentence. taken: by destination what its plugin takes, of those that were asked. conn: None where
    what is known of the pupils cannot be read.
    """
    wanted: dict[str, set[Kind]] = {}
    for school in schools:
        ways = concerned(conn, school) if conn else {school.la: frozenset(Audience)}
        for la, whom in ways.items():
            wanted.setdefault(la, set()).update(Kind(of.kind) for of in OF_CASES.values() if of.to in whom)
    found = {la: _missing(config, la, kinds, taken) for la, kinds in sorted(wanted.items())}
    return {la: _of(la, kinds) for la, kinds in found.items() if kinds}


def _missing(config: Config, la: str, kinds: Collection[Kind], taken: Mapping[str, Collection[Kind]]) -> list[Kind]:
    found = []
    for kind in (kind for kind in Kind if kind in kinds):
        there = config.destination_of(la, kind.value)
        if there is None or kind not in taken.get(there.name, Kind):
            found.append(kind)
    return found


def _of(la: str, kinds: Iterable[Kind]) -> str:
    return (
        f"No destination takes {several(kind.value for kind in kinds)} for the authority {la}: what would be said in "
        f"them stays here. Let a destination take them, or tell it otherwise."
    )
