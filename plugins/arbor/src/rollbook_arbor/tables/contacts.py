"""Parents and others to be called, with where and how they are reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Final

from rollbook.contract import Page, Window
from rollbook.tables.schemas import Table
from rollbook_arbor.tables.enrolments import students
from rollbook_arbor.tables.homes import Homes, Owners
from rollbook_arbor.tables.loading import Read, Reading, Row
from rollbook_arbor.tables.pupils import owners_of
from rollbook_arbor.tables.shaped import (
    EMAIL,
    GUARDIAN,
    PERSON,
    RELATIONSHIP,
    RELATIONSHIP_TYPE,
    STUDENT,
    TELEPHONE,
)

_UNRANKED: Final = 1000


def contacts(read: Read, window: Window) -> Page:
    """A row for each guardian of each pupil of the roll, with address, telephone and electronic mail as of today, the
    window's last day. lives_with is true where both have the same address and is never false: Arbor does not say so.

    Raises NeedsCredentials, VendorMustAct, and what `read` raises.
    """
    told = Reading(read)
    found = students(read, window)
    relations = [row for rows in told.grouped(RELATIONSHIP, "student", found).values() for row in rows]
    parents = _guardians(told, relations)
    ways = _Ways(told, parents, window)
    silent = told.quietly()
    pupils = {student: owners_of(student, silent.perhaps(STUDENT, student)) for student in found}
    homes = Homes(silent, pupils.values(), window.last)
    rows = []
    for relation in relations:
        guardian = relation["guardian"]
        name = _name(told, parents.get(guardian))
        if name is None:
            told.reject(RELATIONSHIP, relation["id"], "guardian", "is somebody without a name: enter it in Arbor")
            continue
        lives_with = not set(homes.ids(pupils[relation["student"]])).isdisjoint(ways.homes.ids(ways.owners[guardian]))
        rows.append(
            SimpleNamespace(
                pupil=relation["student"],
                name=name,
                relationship=_relationship(told, relation),
                priority=relation["emergencyContactPriority"],
                lives_with=True if lives_with else None,
                **ways.of(guardian),
            )
        )
    return Page.of(Table.CONTACTS, rows, rejects=told.rejects, origin="StudentGuardianRelationship")


class _Ways:
    """How guardians are reached. owners: guardian's id -> by which names Arbor knows them."""

    def __init__(self, told: Reading, parents: Mapping[str, Row], window: Window) -> None:
        self.owners: dict[str, Owners] = {
            known: [("Guardian", known), ("Person", row["person"])] for known, row in parents.items()
        }
        wanted = [owner for owners in self.owners.values() for owner in owners]
        self.homes = Homes(told, self.owners.values(), window.last)
        self._telephones = told.grouped(TELEPHONE, "numberOwner", wanted)
        self._emails = told.grouped(EMAIL, "emailAddressOwner", wanted)

    def of(self, guardian: str) -> dict[str, str | None]:
        """The columns `address`, `postcode`, `telephone`, `email`."""
        owners = self.owners[guardian]
        address, postcode = self.homes.address(owners)
        telephones = _all(self._telephones, owners)
        emails = _all(self._emails, owners)
        telephones.sort(
            key=lambda row: _UNRANKED if row["telephoneNumberRanking"] is None else row["telephoneNumberRanking"]
        )
        return {
            "address": address,
            "postcode": postcode,
            "telephone": telephones[0]["number"] if telephones else None,
            "email": emails[0]["emailAddress"] if emails else None,
        }


def _all(rows: Mapping[tuple[str, str], Sequence[Row]], owners: Owners) -> list[Row]:
    return [row for owner in owners for row in rows.get(owner, ())]


def _guardians(told: Reading, relations: Sequence[Row]) -> dict[str, Row]:
    ids = dict.fromkeys(row["guardian"] for row in relations)
    return {known: row for known in ids if (row := told.one(GUARDIAN, known))}


def _name(told: Reading, guardian: Row | None) -> str | None:
    person = told.one(PERSON, guardian["person"]) if guardian else None
    if person is None:
        return None
    first = person["legalFirstName"] or person["preferredFirstName"]
    last = person["legalLastName"] or person["preferredLastName"]
    return " ".join(part for part in (first, last) if part) or None


def _relationship(told: Reading, relation: Row) -> str | None:
    kind = told.perhaps(RELATIONSHIP_TYPE, relation["guardianRelationshipType"])
    return kind["relationshipName"].lower() if kind and kind["relationshipName"] else None
