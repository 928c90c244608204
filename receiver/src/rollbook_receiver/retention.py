"""Deleting what is over its time: whole records, with every revision, and nothing left of them but how many they were.

A record's time counts from the last of its revisions that came. One that waits for an officer stays. Who a pupil is
goes with the last message that named them; a person goes who is nobody's pupil and, where the authority's list had
them, was in none since.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, delete, exists, func, insert, or_, select, update

from rollbook_feed import KINDS
from rollbook_receiver import news
from rollbook_receiver.judging import PENDING
from rollbook_receiver.moments import as_text
from rollbook_receiver.tables import answers, matchings, messages, outcomes, people, purges, registrations, regular

WHO, PERSON = "who a pupil is", "person"  # beside the kinds of the feed
_KEY = ("kind", "school", "pupil", "episode")
_NAMED = ("kind", "school", "day")


@dataclass(frozen=True)
class Over:
    """How much of a kind and a school is over its time; people are of no school."""

    kind: str
    school: int | None
    records: int
    revisions: int


def over(connection: Connection, before: datetime, at: datetime) -> list[Over]:
    """What a purge of all that came before a moment would delete: it is done, and undone."""
    with connection.begin_nested() as attempt:
        found = _purge(connection, before, at)
        attempt.rollback()
    return found


def purge(connection: Connection, before: datetime, who: str, at: datetime) -> list[Over]:
    """Delete it, keep how many, and say so."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete=ON")  # freed pages are overwritten: they named children
    found = _purge(connection, before, at)
    for one in found:
        connection.execute(insert(purges).values(at=as_text(at), who=who, received_before=as_text(before), **vars(one)))
    return found


def _purge(connection: Connection, before: datetime, at: datetime) -> list[Over]:
    gone = [*_messages(connection, before), *_regular(connection, before), *_news(connection, before, at)]
    return sorted(gone, key=lambda one: (one.kind, one.school or 0)) + _people(connection, before)


def _messages(connection: Connection, before: datetime) -> list[Over]:
    keys = [dict(row._mapping) for row in connection.execute(_records(before))]
    if not keys:
        return []
    of_key = and_(*(messages.c[name] == bindparam(name) for name in _KEY))
    connection.execute(delete(answers).where(answers.c.message.in_(select(messages.c.id).where(of_key))), keys)
    connection.execute(delete(messages).where(of_key), keys)
    pupils = {(key["school"], key["pupil"]) for key in keys}
    return [*_counted(keys), *_forget(connection, sorted(pupils))]


def _records(before: datetime) -> Select[Any]:
    key, other = [messages.c[name] for name in _KEY], messages.alias()
    same = [other.c[name] == messages.c[name] for name in _KEY]
    waits = exists().where(*same, outcomes.c.message == other.c.id, outcomes.c.outcome == PENDING)
    rows = select(*key, func.count().label("revisions")).where(~waits).group_by(*key)
    return rows.having(func.max(messages.c.received_at) < as_text(before))


def _forget(connection: Connection, pupils: Sequence[tuple[int, int]]) -> list[Over]:
    """Who these pupils are, where no message names them any more; else it is held to one that still does."""
    gone: Counter[int] = Counter()
    states: Counter[int] = Counter()
    for school, pupil in pupils:
        mine = and_(registrations.c.school == school, registrations.c.pupil == pupil)
        named_by = _newest_that_names(connection, school, pupil)
        if named_by is not None:
            held = exists().where(messages.c.reference == registrations.c.reference)
            connection.execute(update(registrations).where(mine, ~held).values(reference=named_by))
            continue
        gone[school] += connection.execute(delete(registrations).where(mine)).rowcount
        past = and_(matchings.c.school == school, matchings.c.pupil == pupil)
        states[school] += connection.execute(delete(matchings).where(past)).rowcount
    return [Over(WHO, school, count, states[school]) for school, count in gone.items() if count]


def _newest_that_names(connection: Connection, school: int, pupil: int) -> str | None:
    c = messages.c
    of_pupil = and_(c.kind.in_(KINDS), c.school == school, c.pupil == pupil)  # every kind: so the key's index is used
    found = select(c.reference).where(of_pupil, c.action != "withdraw").order_by(c.id.desc()).limit(1)
    return connection.execute(found).scalar()


def _regular(connection: Connection, before: datetime) -> list[Over]:
    named = [regular.c[name] for name in _NAMED]
    rows = select(*named, func.count().label("revisions")).group_by(*named)
    old = connection.execute(rows.having(func.max(regular.c.received_at) < as_text(before)))
    days = [dict(row._mapping) for row in old]
    if days:
        of_day = and_(*(regular.c[name] == bindparam(name) for name in _NAMED))
        connection.execute(delete(regular).where(of_day), days)
    return _counted(days)


def _news(connection: Connection, before: datetime, at: datetime) -> list[Over]:
    """What no longer holds, and earlier revisions of what does."""
    old = news.no_longer_holds(connection, before, at)
    for school in {row["school"] for row in old}:
        news.forget(connection, school, [row["number"] for row in old if row["school"] == school])
    things = Counter((row["kind"], row["school"], row["name"]) for row in old)
    return _counted(
        [{"kind": kind, "school": school, "revisions": count} for (kind, school, _), count in things.items()]
    )


def _people(connection: Connection, before: datetime) -> list[Over]:
    pupils = select(registrations.c.person).where(registrations.c.person.is_not(None))
    unlisted = or_(people.c.origin != "list", people.c.listed_at < as_text(before))
    gone = connection.execute(delete(people).where(people.c.id.not_in(pupils), unlisted)).rowcount
    return [Over(PERSON, None, gone, gone)] if gone else []


def _counted(records: list[dict[str, Any]]) -> list[Over]:
    """By kind and school, of one row a record."""
    each: Counter[tuple[str, int]] = Counter()
    rows: Counter[tuple[str, int]] = Counter()
    for record in records:
        of = record["kind"], record["school"]
        each[of] += 1
        rows[of] += record["revisions"]
    return [Over(*of, each[of], rows[of]) for of in each]


def emptied(place: str, connect: Callable[..., Any]) -> None:
    """Put SQLite's log of writes into its file: what was deleted is in neither then."""
    direct = connect(place)
    try:
        direct.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        direct.close()
