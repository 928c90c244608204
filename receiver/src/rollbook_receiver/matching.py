"""Who a school's pupil is among the people of the authority: found by the receiver, or settled by an officer.

Messages are looked at when nobody writes, and before somebody looks at who they are about; not as they come: a burst
must be taken quickly.
Nothing is lost: every message is kept and shown whoever it is about. Each state is kept; an officer's can be undone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, delete, func, insert, or_, select, update

from rollbook_feed import digest
from rollbook_receiver import known_people, likeness
from rollbook_receiver.likeness import CONFLICT, MATCHED, QUEUE, UNMATCHED, Finding, Person, Told
from rollbook_receiver.moments import as_text
from rollbook_receiver.tables import looked_at, matchings, messages, registrations

RECEIVER = "the receiver"
ANOTHER = "this number was another UPN's before"  # such a one waits for an officer, whatever else is found
_FACTS = tuple(Told.__dataclass_fields__)
_IDENTIFY = tuple(name for name in _FACTS if name != "home_la")  # where they live says nothing of who they are

# Made once: to make a statement costs more than to run it, and these run for every message.
_HELD = select(registrations).where(
    registrations.c.school == bindparam("the_school"), registrations.c.pupil == bindparam("the_pupil")
)
_KEEP = insert(registrations)
_REMEMBER = insert(matchings)


class CannotSettle(Exception):
    """This pupil cannot be settled so. Its text says why, and what to do."""


@dataclass(frozen=True)
class Registration:
    """A pupil of a school: two schools' registrations of one person are a dual registration."""

    school: int
    pupil: int
    reference: str
    state: str
    person: int | None
    words: str
    settled_by: str | None
    at: str


def behind(connection: Connection) -> int:
    """How many messages came since they were last looked at."""
    return connection.execute(select(func.count()).where(messages.c.id > _upto(connection))).scalar_one()


def catch_up(connection: Connection, at: datetime, most: int = 500) -> int:
    """Find who the next messages are about, in the order in which they came; how many were looked at."""
    came = select(messages).where(messages.c.id > _upto(connection)).order_by(messages.c.id).limit(most)
    rows = connection.execute(came).all()
    for row in rows:
        if row.newest and row.action != "withdraw":
            _look_at(connection, row.reference, row.school, row.pupil, json.loads(row.content)["pupil"], at)
    if rows:
        connection.execute(delete(looked_at))
        connection.execute(insert(looked_at).values(upto=rows[-1].id))
    return len(rows)


def _upto(connection: Connection) -> int:
    return connection.execute(select(looked_at.c.upto)).scalar() or 0


def _look_at(
    connection: Connection, reference: str, school: int, pupil: int, said: Mapping[str, Any], at: datetime
) -> None:
    """Find who a school's pupil is, where that was not found before or something else is told now."""
    told = digest({name: said[name] for name in _IDENTIFY if name in said})
    key = {"school": school, "pupil": pupil}
    held = connection.execute(_HELD, {"the_school": school, "the_pupil": pupil}).first()
    if held is not None and held.told == told:
        _say_where(connection, held, said.get("home_la"), at)
        return
    found = known_people.find(connection, Told.of(said))
    if held is None:
        state = _state(found, None, at)
        connection.execute(_KEEP, {**key, "reference": reference, "told": told, **state})
        connection.execute(_REMEMBER, {**key, **state, "who": RECEIVER})
        return
    doubtful = _is_another(connection, held, found, Told.of(said))
    connection.execute(update(registrations).where(_of(**key)).values(reference=reference, told=told))
    if held.settled_by and found.state == MATCHED and found.person == held.person:
        _say_where(connection, held, said.get("home_la"), at)
        return  # what is told now bears the officer out
    if doubtful:
        _write(connection, key, _doubted(found), None, RECEIVER, at)
    elif held.settled_by or (held.state, held.person) != (found.state, found.person):
        _write(connection, key, Finding(found.state, f"told anew: {found.words}", found.person), None, RECEIVER, at)
    else:
        _say_where(connection, held, said.get("home_la"), at)


def _say_where(connection: Connection, held: Row[Any], home_la: str | None, at: datetime) -> None:
    """Where a pupil lives now, beside whatever was found, or settled by an officer."""
    found = Finding(held.state, likeness.living(held.words, home_la), held.person)
    if found.words != held.words:
        key, state = {"school": held.school, "pupil": held.pupil}, _state(found, held.settled_by, at)
        connection.execute(update(registrations).where(_of(**key)).values(words=state["words"]))  # it waits as long
        connection.execute(_REMEMBER, {**key, **state, "who": RECEIVER})


def _is_another(connection: Connection, held: Row[Any], found: Finding, told: Told) -> bool:
    """Whether a number had another UPN before, and no officer has said since who it is."""
    if held.words.startswith(ANOTHER):
        return True
    if found.person is not None and found.person == held.person:
        return False
    content = _content(connection, held.reference)
    return content is not None and likeness.another_upn(told, Told.of(content["pupil"]))


def _doubted(found: Finding) -> Finding:
    return Finding(CONFLICT, f"{ANOTHER}; {found.words}", found.person, found.likely)


@dataclass(frozen=True)
class Round:
    """What a round found: how many states are others now, and the last pupil it looked at; None when there was none."""

    different: int
    last: tuple[int, int] | None


def again(
    connection: Connection, at: datetime, after: tuple[int, int] | None, *, queue_alone: bool, most: int = 200
) -> Round:
    """Find anew who the next pupils are, by school and number: those in the queue, or all whom no officer settled. A
    round is short, for messages wait for it.
    """
    c = registrations.c
    rows = select(registrations, messages.c.content).join(messages, messages.c.reference == c.reference)
    rows = rows.where(c.settled_by.is_(None)).order_by(c.school, c.pupil).limit(most)
    if queue_alone:
        rows = rows.where(c.state.in_(QUEUE))
    if after is not None:
        rows = rows.where(or_(c.school > after[0], and_(c.school == after[0], c.pupil > after[1])))
    different, last = 0, None
    for row in connection.execute(rows).all():
        last = (row.school, row.pupil)
        found = known_people.find(connection, _told_of(json.loads(row.content), row.words))
        if row.words.startswith(ANOTHER):
            found = _doubted(found)
        said = found.words if found.state in QUEUE else row.words  # how a match was found first is kept
        if (found.state, found.person, said) != (row.state, row.person, row.words):
            _write(connection, {"school": row.school, "pupil": row.pupil}, found, None, RECEIVER, at)
            different += 1
    return Round(different, last)


def queue(connection: Connection, *, most: int = 50, after: tuple[str, int, int] | None = None) -> list[Registration]:
    """Who waits for an officer, the longest first; `after` is when, school and pupil of the last of the page before."""
    c = registrations.c
    rows = select(registrations).where(c.state.in_(QUEUE)).order_by(c.at, c.school, c.pupil).limit(most)
    if after is not None:
        at, school, pupil = after
        later = or_(c.school > school, and_(c.school == school, c.pupil > pupil))
        rows = rows.where(or_(c.at > at, and_(c.at == at, later)))
    return [_registration(row) for row in connection.execute(rows)]


def waiting(connection: Connection) -> dict[str, int]:
    """How many wait, by state."""
    counted = select(registrations.c.state, func.count()).where(registrations.c.state.in_(QUEUE))
    rows = connection.execute(counted.group_by(registrations.c.state))
    return {row[0]: row[1] for row in rows}


def of_pupil(connection: Connection, school: int, pupil: int) -> Registration | None:
    """Who a school's pupil was found to be; None before a message named them."""
    row = connection.execute(select(registrations).where(_of(school, pupil))).first()
    return _registration(row) if row else None


def elsewhere(connection: Connection, found: Registration) -> list[int]:
    """The other schools at which the same person is."""
    if found.state != MATCHED:
        return []
    c = registrations.c
    others = select(c.school).where(c.person == found.person, c.state == MATCHED, c.school != found.school).distinct()
    return list(connection.execute(others.order_by(c.school)).scalars())


def likely_for(connection: Connection, found: Registration) -> list[Person]:
    """The people whom an officer may mean. Raises CannotSettle when what was told is no longer kept."""
    told = _told(connection, found)
    near = known_people.near(connection, told)
    like = likeness.find(told, near)
    return [one for one in near if one.id in (*like.likely, like.person, found.person)]


def unlike(connection: Connection, school: int, pupil: int, person: Person) -> list[str]:
    """What a school says of its pupil differently than the authority of a person; none where that is not kept."""
    found = of_pupil(connection, school, pupil)
    content = _content(connection, found.reference) if found else None
    return likeness.differences(Told.of(content["pupil"]), person.told) if content else []


def settle(
    connection: Connection, school: int, pupil: int, number: int | None, who: str, why: str, at: datetime
) -> Registration:
    """Say that a school's pupil is this person, or one whom the authority did not know (None). Another school's pupil
    may be the same person: `again` finds that. Raises CannotSettle.
    """
    found = of_pupil(connection, school, pupil)
    if found is None:
        raise CannotSettle(f"School {school} has told nothing of a pupil {pupil}.")
    if number is not None and known_people.person(connection, number) is None:
        raise CannotSettle(f"There is no person {number}: `rollbook-receiver matches show` lists the likely ones.")
    if number is None:
        if found.settled_by and known_people.made_by_officer(connection, found.person):
            raise CannotSettle(f"It is said already that this is person {found.person}, whom an officer made.")
        number = known_people.make(connection, _told(connection, found), "officer")
    words = likeness.living(f"settled by an officer{f': {why}' if why else ''}", likeness.lives(found.words))
    _write(connection, {"school": school, "pupil": pupil}, Finding(MATCHED, words, number), who, who, at)
    if found.person != number:
        known_people.forget(connection, found.person)
    return of_pupil(connection, school, pupil) or found


def undo(connection: Connection, school: int, pupil: int, who: str, at: datetime) -> Registration:
    """Take an officer's last word back: find anew who it is. Raises CannotSettle."""
    found = of_pupil(connection, school, pupil)
    if found is None or found.settled_by is None:
        raise CannotSettle("No officer settled this pupil: there is nothing to undo.")
    key = {"school": school, "pupil": pupil}
    _write(connection, key, Finding(UNMATCHED, f"undone: {found.words}"), None, who, at)
    known_people.forget(connection, found.person)
    anew = known_people.find(connection, _told(connection, found))
    doubtful = any(row.words.startswith(ANOTHER) for row in history(connection, school, pupil))
    _write(connection, key, _doubted(anew) if doubtful else anew, None, RECEIVER, at)
    return of_pupil(connection, school, pupil) or found


def history(connection: Connection, school: int, pupil: int) -> list[Row[Any]]:
    """Every state that a pupil's registration had, the first first: state, person, words, settled_by, at, who."""
    c = matchings.c
    return list(connection.execute(select(matchings).where(c.school == school, c.pupil == pupil).order_by(c.id)))


def _told(connection: Connection, found: Registration) -> Told:
    content = _content(connection, found.reference)
    if content is None:
        raise CannotSettle("What the school told of this pupil is no longer kept.")
    return _told_of(content, found.words)


def _told_of(content: Mapping[str, Any], words: str) -> Told:
    """As a message says, and living where was told last."""
    return replace(Told.of(content["pupil"]), home_la=likeness.lives(words))


def _content(connection: Connection, reference: str) -> Any:
    content = connection.execute(select(messages.c.content).where(messages.c.reference == reference)).scalar()
    return json.loads(content) if content else None


def _write(
    connection: Connection, key: Mapping[str, int], found: Finding, settled_by: str | None, who: str, at: datetime
) -> None:
    state = _state(found, settled_by, at)
    connection.execute(update(registrations).where(_of(**key)).values(**state))
    connection.execute(_REMEMBER, {**key, **state, "who": who})


def _state(found: Finding, settled_by: str | None, at: datetime) -> dict[str, Any]:
    named = {"state": found.state, "person": found.person, "words": found.words[:500]}
    return {**named, "settled_by": settled_by, "at": as_text(at)}


def _of(school: int, pupil: int) -> Any:
    return and_(registrations.c.school == school, registrations.c.pupil == pupil)


def _registration(row: Row[Any]) -> Registration:
    names = Registration.__dataclass_fields__
    return Registration(**{name: getattr(row, name) for name in names})
