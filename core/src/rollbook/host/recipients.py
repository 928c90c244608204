"""Who is told of a case: at which authorities, and by which destinations."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import sqlalchemy as sa

from rollbook.cases.case import Case, State
from rollbook.contract.destination import Kind
from rollbook.host.config import Config, SchoolConfig
from rollbook.host.homes import Homes
from rollbook.host.store.followup import messages
from rollbook.host.store.people import flags
from rollbook.outbox.drafts import Action
from rollbook.outbox.kinds import OF_CASES
from rollbook.outbox.routing import ANOTHER_WAY, BACK, GONE, Audience, at_each, authorities
from rollbook.outbox.state import POSSIBLY_THERE
from rollbook.outbox.state import State as MessageState


@dataclass(frozen=True)
class Recipient:
    """A destination as composing needs it for one kind of message: its name, and the fields that it requires.

    authority: which one it tells; None where it was told before and is not the one to tell now: of such it can only
    be withdrawn. gone: why that is so, for certain: what it was told is withdrawn there.
    """

    name: str
    required: frozenset[str] = frozenset()
    authority: str | None = None
    gone: str | None = None


Recipients: TypeAlias = Mapping[Kind, Mapping[str, Recipient]]
"""Who takes each kind of message, for each authority (its number) for which somebody does."""


@dataclass(frozen=True)
class Told:
    """by: who is told of a case, each once, those first with whom it is withdrawn. nobody: the authorities that it
    concerns and for which nobody takes it.
    """

    by: tuple[Recipient, ...]
    nobody: tuple[str, ...]


class Routes:
    """The routes of one school's cases. Who was told of a case, or may have been, is told when it no longer holds."""

    def __init__(self, conn: sa.Connection, config: Config, school: SchoolConfig, recipients: Recipients) -> None:
        self.config, self.school, self.recipients = config, school, recipients
        self._homes = Homes(conn, school.urn)
        self._newest = _newest(conn, school.urn)

    def told(self, case: Case) -> Told:
        """Who is told of a case. Nobody, where its kind makes no message."""
        if case.kind not in OF_CASES:
            return Told((), ())
        taking = self.recipients.get(Kind(OF_CASES[case.kind].kind), {})
        found: dict[str, Recipient] = {}
        nobody = []
        for la in self._authorities(case):
            # A message does not say for which authority it is: one destination tells one of them.
            if la in taking and taking[la].name not in found:
                found[taking[la].name] = replace(taking[la], authority=la)
            else:
                nobody.append(la)
        former = self._former(case, found, nobody)
        return Told((*former, *found.values()), tuple(nobody))

    def _former(self, case: Case, now: Collection[str], nobody: Collection[str]) -> list[Recipient]:
        """Who was told and is not to be told `now`, where that is for certain or the case itself does not hold. Else
        nothing is said there: what it would say rests on whom the case concerns.
        """
        told = [name for name in self.config.destinations if name not in now and self._was_told(case, name)]
        every = [Recipient(name, gone=self._gone(case, name, nobody)) for name in told]
        return [one for one in every if one.gone or case.state is State.WITHDRAWN]

    def _gone(self, case: Case, destination: str, nobody: Collection[str]) -> str | None:
        """Why it is not to be told there any more; None where that is not certain, or nobody else tells it."""
        served = self.config.destinations[destination].authorities
        if concerned := set(self._authorities(case)) & set(served):
            return None if concerned & set(nobody) else ANOTHER_WAY
        return GONE.get(OF_CASES[case.kind].to) if self._is_known(case) else None

    def moved(self, case: Case, recipient: Recipient) -> bool:
        """Whether an open case went from this authority, or came back to it, and nothing was made that says so."""
        newest = self._newest.get((case.number, recipient.name))
        if newest is None or case.state is not State.OPEN:
            return False
        withdrawn = newest.action == Action.WITHDRAW
        return not withdrawn if recipient.gone else withdrawn and newest.reason in BACK

    def strayed(self, case: Case, destination: str) -> bool:
        """Whether what is not yet sent of a case is for a destination that is not to be told of it any more: the child
        lives elsewhere, or another takes the kind now. Of one that was told already it is not so.
        """
        if destination not in self.config.destinations or self._was_told(case, destination):
            return False
        kind = OF_CASES[case.kind].kind
        to_be = (self.config.destination_of(la, kind) for la in self._authorities(case))
        return all(there is None or there.name != destination for there in to_be)

    def _was_told(self, case: Case, destination: str) -> bool:
        newest = self._newest.get((case.number, destination))
        return newest is not None and newest.there

    def _authorities(self, case: Case) -> tuple[str, ...]:
        workers = [la for _, la in at_each(case.figures)]
        return authorities(OF_CASES[case.kind].to, self.school.la, home=self._homes.of(case), workers=workers)

    def _is_known(self, case: Case) -> bool:
        """Whether somebody says for certain whom the case concerns: what is left out for a night moves nobody."""
        if OF_CASES[case.kind].to is Audience.WORKER:
            workers = at_each(case.figures)
            return bool(workers) and all(la for _, la in workers)
        return self._homes.of(case) is not None


def concerned(conn: sa.Connection, school: SchoolConfig) -> dict[str, frozenset[Audience]]:
    """The authorities that the school's pupils may concern, and as what: its own, where they live, and whose workers
    they have.
    """
    standing = sa.select(flags.c.authority).where(flags.c.school == school.urn, flags.c.known_to.is_(None)).distinct()
    found = {la: {Audience.HOME_TOO} for la in Homes(conn, school.urn).every()}
    for row in conn.execute(standing):
        if row.authority:
            found.setdefault(row.authority, set()).add(Audience.WORKER)
    return {la: frozenset(ways) for la, ways in found.items()} | {school.la: frozenset(Audience)}


@dataclass(frozen=True)
class _Newest:
    """The newest message of a case at a destination that was not overtaken. there: whether any is, or may be, there."""

    action: str
    reason: object
    there: bool


def _newest(conn: sa.Connection, school: int) -> dict[tuple[int | None, str], _Newest]:
    """By case and destination."""
    told = {state.value for state in POSSIBLY_THERE}
    why = sa.case((messages.c.action == Action.WITHDRAW.value, messages.c.content), else_=None).label("why")
    query = sa.select(*(messages.c[name] for name in ("case", "destination", "action", "state")), why)
    query = query.where(messages.c.school == school, messages.c.state != MessageState.VOID.value)
    found: dict[tuple[int | None, str], _Newest] = {}
    for row in conn.execute(query.order_by(messages.c.id)):
        key = (row.case, row.destination)
        there = row.state in told or (key in found and found[key].there)
        found[key] = _Newest(row.action, (row.why or {}).get("reason"), there)
    return found
