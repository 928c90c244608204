"""The people of the authority, as the database has them: from its own list, made from a message, or by an officer."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, String, and_, bindparam, delete, insert, or_, select

from rollbook_receiver import likeness
from rollbook_receiver.likeness import MATCHED, UNMATCHED, Finding, Person, Told
from rollbook_receiver.tables import people, registrations

# Made once: to make a statement costs more than to run it, and these run for every message.
_MAKE = insert(people).returning(people.c.id)
_LISTED = select(people.c.id).where(people.c.origin == "list").limit(1)
_UPNS = (bindparam("upn", type_=String), bindparam("former_upn", type_=String))
_NEAR = (
    select(people)
    .where(
        or_(
            *(column == upn for column in (people.c.upn, people.c.former_upn) for upn in _UPNS),
            people.c.dob == bindparam("dob"),
        )
    )
    .order_by(people.c.id)
)


def person(connection: Connection, number: int | None) -> Person | None:
    """A person of the authority."""
    row = connection.execute(select(people).where(people.c.id == number)).first() if number is not None else None
    return _person(row) if row else None


def of_reference(connection: Connection, reference: str) -> Person | None:
    """Who has the authority's own reference."""
    row = connection.execute(select(people).where(people.c.reference == reference)).first()
    return _person(row) if row else None


def look_for(connection: Connection, text: str, most: int) -> list[Person]:
    """Whose reference or UPN the text is, or whose names have each of its words; by name."""
    c = people.c
    names = (c.surname, c.forename, c.preferred_surname, c.preferred_forename)
    words = text.replace(",", " ").split()
    named = and_(*(or_(*(name.icontains(word, autoescape=True) for name in names)) for word in words))
    rows = select(people).where(or_(c.reference == text, c.upn == text.upper(), c.former_upn == text.upper(), named))
    return [_person(row) for row in connection.execute(rows.order_by(c.surname, c.forename, c.id).limit(most))]


def find(connection: Connection, told: Told) -> Finding:
    """Who it is. While the authority has brought in no list, a person is made of whoever has a UPN that stands."""
    found = likeness.find(told, near(connection, told))
    if found.state == UNMATCHED and likeness.upn_stands(told.upn) and not _has_list(connection):
        words = "first told of by this message: the authority has brought in no list"
        return Finding(MATCHED, words, make(connection, told, "message"))
    return found


def near(connection: Connection, told: Told) -> list[Person]:
    """Whom it may be: all who have one of the UPNs told, or the same date of birth."""
    asked = {"upn": told.upn, "former_upn": told.former_upn, "dob": told.dob}
    return [_person(row) for row in connection.execute(_NEAR, asked)]


def _has_list(connection: Connection) -> bool:
    return connection.execute(_LISTED).first() is not None


def make(connection: Connection, told: Told, origin: str) -> int:
    """A new person, of whom a message told (`origin` message) or an officer (officer): the number."""
    return int(connection.execute(_MAKE, {**vars(told), "origin": origin}).scalar_one())


def forget(connection: Connection, number: int | None) -> None:
    """Delete a person whom an officer made, and who is nobody's pupil any more: else they would be found again."""
    left = connection.execute(select(registrations.c.pupil).where(registrations.c.person == number).limit(1)).first()
    if left is None:
        connection.execute(delete(people).where(people.c.id == number, people.c.origin == "officer"))


def made_by_officer(connection: Connection, number: int | None) -> bool:
    """Whether an officer said that nobody known was meant."""
    asked = select(people.c.id).where(people.c.id == number, people.c.origin == "officer")
    return connection.execute(asked).first() is not None


def _person(row: Row[Any]) -> Person:
    return Person(row.id, Told(**{name: getattr(row, name) for name in Told.__dataclass_fields__}), row.reference)
