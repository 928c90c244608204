"""Cases and their ledger, as they are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from rollbook.cases.case import Case, Change, State
from rollbook.cases.history import Broken, Link, event, link, verify
from rollbook.host.store.followup import case_events, cases, messages
from rollbook.outbox.drafts import Action
from rollbook.outbox.kinds import ONLY_WHILE_OPEN
from rollbook.outbox.state import State as MessageState

ITSELF = "rollbook"  # in the place of a person's name: nobody decided


def of_school(conn: sa.Connection, school: int) -> list[Case]:
    """Every case of a school, withdrawn ones too."""
    return select(conn, cases.c.school == school)


def select(conn: sa.Connection, *where: sa.ColumnElement[bool]) -> list[Case]:
    """The cases for which all of `where` holds, in the order in which they opened."""
    query = sa.select(cases).where(*where).order_by(cases.c.id)
    return [_case(row) for row in conn.execute(query).mappings()]


_GO_ON = ("attendance_return", "transfer_file")  # the register itself shows when there is no more to do
_WATCHED = (*_GO_ON, "missing")  # while it is open somebody has to look, though the authority was told


def refused() -> sa.Select[tuple[int, int]]:
    """Messages (id, case) that were refused, and of which nobody has done anything: no later revision but one that was
    overtaken unsent, the case not settled, and something still to be said of it.
    """
    later = messages.alias("later_said")
    same = [later.c[name] == messages.c[name] for name in ("destination", "case")]
    dropped = (later.c.state == MessageState.VOID.value) & (later.c.by == ITSELF)
    answered = sa.exists().where(*same, later.c.revision > messages.c.revision, ~dropped)
    stands = (cases.c.state == State.OPEN.value) | (
        (cases.c.state == State.CLOSED.value) & cases.c.kind.not_in(list(ONLY_WHILE_OPEN))
    )
    stands |= messages.c.action == Action.WITHDRAW.value
    found = sa.select(messages.c.id, messages.c.case).join(cases, cases.c.id == messages.c.case)
    return found.where(messages.c.state == MessageState.REFUSED.value, ~answered, cases.c.settled.is_(None), stands)


def waits() -> sa.ColumnElement[bool]:
    """Of a case: that it waits for somebody, who did not settle it. While a message of it is held, or stands refused;
    while an absence, or a search for a child, goes on; and any other until the authority was told or a person settles
    it, for nothing in a register shows that it was seen to.
    """
    not_taken = cases.c.id.in_(sa.select(refused().subquery().c.case))
    held = cases.c.id.in_(sa.select(messages.c.case).where(messages.c.state == MessageState.HELD.value))
    told = cases.c.id.in_(sa.select(messages.c.case).where(messages.c.state == MessageState.DELIVERED.value))
    unsettled = cases.c.settled.is_(None)
    watched = cases.c.kind.in_(_WATCHED) & (cases.c.state == State.OPEN.value) & unsettled
    unseen = cases.c.kind.not_in(_GO_ON) & (cases.c.state != State.WITHDRAWN.value) & unsettled & ~told
    return held | not_taken | watched | unseen


def waiting(conn: sa.Connection, school: int) -> dict[str, int]:
    """How many cases of a school wait for somebody, by their rule."""
    query = sa.select(cases.c.kind, sa.func.count()).where(cases.c.school == school, waits())
    return {kind: int(number) for kind, number in conn.execute(query.group_by(cases.c.kind).order_by(cases.c.kind))}


def of_number(conn: sa.Connection, number: int) -> Case | None:
    """The case with that number, or None."""
    return next(iter(select(conn, cases.c.id == number)), None)


def keep(conn: sa.Connection, change: Change, *, as_at: date, moment: datetime, run: int) -> Change:
    """Store a case as a change left it, and write the ledger. Returns the change with the case's number."""
    case = change.case
    number = case.number or _number(conn, case)
    row = {
        "state": case.state.value,
        "first": case.first,
        "last": case.last,
        "reached": case.reached,
        "figures": case.figures,
        "evidence": list(case.evidence),
        "settings": list(case.settings),
        "law": list(case.law),
        "opened_on": case.opened_on,
        "changed": moment,
    }
    if change.amends:  # what a person settled was something else
        row["settled"] = None
    if number is None:
        names = ("kind", "school", "pupil", "episode")
        whole = row | {name: getattr(case, name) for name in names}
        number = int(conn.execute(cases.insert().values(whole).returning(cases.c.id)).scalar_one())
    else:
        conn.execute(cases.update().where(cases.c.id == number).values(row))
    write(conn, case.school, number, event(change, as_at=as_at, at=moment, run=run), moment)
    return replace(change, case=replace(case, number=number))


def settle(conn: sa.Connection, number: int, moment: datetime) -> None:
    """Keep that a person said that there is no more to do about a case."""
    conn.execute(cases.update().where(cases.c.id == number).values(settled=moment))


def write(conn: sa.Connection, school: int, case: int | None, content: Mapping[str, Any], moment: datetime) -> None:
    """Add what happened to the school's ledger."""
    new = link(_last(conn, school), content, school=school)
    row = {
        "school": school,
        "number": new.number,
        "case": case,
        "at": moment,
        "content": dict(content),
        "content_digest": new.content,
        "previous": new.previous,
        "digest": new.digest,
    }
    conn.execute(case_events.insert(), row)


def check_ledger(conn: sa.Connection, school: int) -> tuple[int, Broken | None]:
    """How many events the school's ledger has, and the first that does not hold."""
    query = sa.select(case_events).where(case_events.c.school == school).order_by(case_events.c.number)
    rows = conn.execute(query).all()
    chain = [_link(row) for row in rows]
    return len(chain), verify(chain, {row.number: row.content for row in rows if row.content is not None})


def _number(conn: sa.Connection, case: Case) -> int | None:
    """The number of a case that an earlier change of the same judgement stored."""
    where = [cases.c[name] == getattr(case, name) for name in ("kind", "school", "pupil", "episode")]
    return conn.execute(sa.select(cases.c.id).where(*where)).scalar()


def _last(conn: sa.Connection, school: int) -> Link | None:
    query = sa.select(case_events).where(case_events.c.school == school).order_by(case_events.c.number.desc())
    row = conn.execute(query.limit(1)).first()
    return _link(row) if row else None


def _link(row: sa.Row[Any]) -> Link:
    return Link(row.school, row.number, row.previous, row.content_digest, row.digest)


def _case(row: sa.RowMapping) -> Case:
    return Case(
        number=row["id"],
        kind=row["kind"],
        school=row["school"],
        pupil=row["pupil"],
        episode=row["episode"],
        first=row["first"],
        last=row["last"],
        reached=row["reached"],
        state=State(row["state"]),
        figures=row["figures"],
        evidence=row["evidence"],
        settings=row["settings"],
        law=row["law"],
        opened_on=row["opened_on"],
        settled=row["settled"] is not None,
    )
