"""Say what judging found to those whom it concerns, each once; and what could not be said before."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from rollbook.cases.case import Case, Change
from rollbook.cases.case import State as CaseState
from rollbook.host import kept_cases, kept_messages
from rollbook.host.config import Config, SchoolConfig
from rollbook.host.kept_messages import Kept
from rollbook.host.recipients import Routes
from rollbook.host.say import say
from rollbook.host.store.followup import case_events, cases, messages
from rollbook.outbox.kinds import OF_CASES, ONLY_WHILE_OPEN
from rollbook.outbox.state import UNSENT, State

_STRAYED = "The case does not concern this destination any more: the child lives elsewhere, or another one tells of it."


def say_all(
    conn: sa.Connection,
    config: Config,
    school: SchoolConfig,
    routes: Routes,
    reasons: Mapping[int | None, str | None],
    moment: datetime,
    *,
    hold: Collection[str],
) -> list[Kept]:
    """The messages of every case that may need one: of which there is something to say, something not yet sent, or
    something that was refused, of which the next revision is made once its content is another.

    reasons: the cases of which there is, and why. hold: kinds of case whose news waits for a person's yes.
    """
    unsent = _with(conn, school.urn, *UNSENT)
    refused = _with(conn, school.urn, State.REFUSED)
    made: list[Kept] = []
    for case in kept_cases.of_school(conn, school.urn):
        anew = case.number in refused and not case.settled
        if case.number not in reasons and case.number not in unsent and not anew:
            continue
        made += drop_strayed(conn, routes, case, moment) if case.number in unsent else []
        for recipient in routes.told(case).by:
            news = case.number in reasons
            reason = reasons.get(case.number)
            made += say(conn, config, school, case, recipient, moment, reason=reason, hold=news and case.kind in hold)
    return made


def drop_strayed(conn: sa.Connection, routes: Routes, case: Case, moment: datetime) -> list[Kept]:
    """What is not yet sent to an authority that the case no longer concerns is never sent. Returns it, now void."""
    return [
        kept_messages.drop(conn, kept, _STRAYED, moment)
        for kept in kept_messages.select(conn, messages.c.case == case.number, _in(*UNSENT))
        if routes.strayed(case, kept.destination)
    ]


def to_say(conn: sa.Connection, school: int, changes: Sequence[Change], routes: Routes) -> dict[int | None, str | None]:
    """The cases of which there is something to say, and why (None: as the ledger has it): those that changed now, and
    those that changed when somebody could not be told, for the destination could not be used or there was none.
    """
    now = {change.case.number: change.reason for change in changes if change.amends and routes.told(change.case).by}
    return dict.fromkeys(_left_unsaid(conn, school, routes)) | now


def _left_unsaid(conn: sa.Connection, school: int, routes: Routes) -> set[int | None]:
    """Cases of which a recipient was not told the newest that a message rests on."""
    newest = _newest_said(conn, school)
    changed = _last_amended(conn, school)
    found: set[int | None] = set()
    for case in kept_cases.of_school(conn, school):
        if case.number not in changed or (case.kind in ONLY_WHILE_OPEN and case.state is CaseState.CLOSED):
            continue
        for recipient in routes.told(case).by:
            said = newest.get((case.number, recipient.name))
            if routes.moved(case, recipient):
                found.add(case.number)
            if recipient.gone:
                continue
            # Of a case that is withdrawn, or that a person settled, nobody is told who was told nothing of it.
            if (said is None and case.state is not CaseState.WITHDRAWN and not case.settled) or (
                said and changed[case.number] > said
            ):
                found.add(case.number)
    return found


def _newest_said(conn: sa.Connection, school: int) -> dict[tuple[int | None, str], datetime]:
    query = sa.select(messages.c.case, messages.c.destination, sa.func.max(messages.c.created).label("newest"))
    # What was dropped unsent told nobody: an authority that the case concerns again is told after all.
    dropped = (messages.c.state == State.VOID.value) & (messages.c.by == kept_cases.ITSELF)
    query = query.where(messages.c.school == school, ~dropped).group_by(messages.c.case, messages.c.destination)
    return {(row.case, row.destination): row.newest for row in conn.execute(query)}


def _last_amended(conn: sa.Connection, school: int) -> dict[int | None, datetime]:
    """case -> when it last changed in something that a message rests on; of kinds that make messages."""
    query = (
        sa.select(case_events.c.case, case_events.c.at, case_events.c.content)
        .join(cases, cases.c.id == case_events.c.case)
        .where(case_events.c.school == school, cases.c.kind.in_(list(OF_CASES)))
        .order_by(case_events.c.id)
    )
    return {row.case: row.at for row in conn.execute(query) if row.content and row.content.get("amends")}


def _with(conn: sa.Connection, school: int, *states: State) -> set[int | None]:
    """The cases that have a message in one of these states."""
    query = sa.select(messages.c.case).where(messages.c.school == school, _in(*states))
    return set(conn.execute(query.distinct()).scalars())


def _in(*states: State) -> sa.ColumnElement[bool]:
    return messages.c.state.in_([state.value for state in states])
