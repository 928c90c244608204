"""Guardians, addresses, telephone numbers and mail, as Arbor holds them.

Whose an address or a number is may be a person, a student or a guardian: all of them are used.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from rollbook.tables.schemas import Table
from rollbook_arbor.simulator.book import Book
from rollbook_arbor.simulator.fixed import RELATIONSHIPS
from rollbook_arbor.simulator.model import Link

_LONG_AGO, _MOVED = date(2015, 9, 1), date(2025, 3, 31)


def write_contacts(book: Book, held: Mapping[Table, pl.DataFrame]) -> None:
    """From the pages `pupils` and `contacts`. A guardian who lives with the pupil has the same address object."""
    homes: dict[str, Link] = {}
    for number, pupil in enumerate(held[Table.PUPILS].iter_rows(named=True)):
        key = pupil["pupil"]
        owner = Link("Student" if number % 2 else "Person", key)
        if pupil["address"]:
            homes[key] = _address(book, f"{key}0", pupil)
            _lives(book, f"{key}0", homes[key], owner)
        if number == 0:  # where one pupil lived before
            old = _address(book, f"{key}9", {"address": "5 Cinder Path, Wexcombe", "postcode": "ZX2 9AA"})
            _lives(book, f"{key}9", old, owner, until=_MOVED)
    for contact in held[Table.CONTACTS].iter_rows(named=True):
        _guardian(book, contact, homes.get(contact["pupil"]))


def _guardian(book: Book, contact: Mapping[str, Any], home: Link | None) -> None:
    key = f"7{contact['pupil']}{contact['priority'] or 0}"
    first, _, last = contact["name"].partition(" ")
    person = book.add(
        "Person", key, displayName=contact["name"], legalFirstName=first, legalLastName=last, preferredFirstName=None
    )
    guardian = book.add("Guardian", key, displayName=contact["name"], person=person, isKeyWorker=False)
    kind = contact["relationship"]
    book.add(
        "StudentGuardianRelationship",
        key,
        student=contact["pupil"],
        guardian=guardian,
        guardianRelationshipType=str(RELATIONSHIPS.index(kind) + 1) if kind in RELATIONSHIPS else None,
        isLegalGuardian=True,
        isPrimaryGuardian=contact["priority"] == 1,
        emergencyContactPriority=str(contact["priority"]) if contact["priority"] else None,
    )
    owner = person if int(key) % 2 else guardian
    address = home if contact["lives_with"] else _address(book, key, contact) if contact["address"] else None
    if address:
        _lives(book, key, address, owner)
    if contact["telephone"]:
        book.add("TelephoneNumber", key, numberOwner=owner, number=contact["telephone"], telephoneNumberRanking=1)
    if contact["email"]:
        book.add("EmailAddress", key, emailAddressOwner=owner, emailAddress=contact["email"])


def _address(book: Book, key: str, of: Mapping[str, Any]) -> Link:
    street, _, town = of["address"].rpartition(", ")
    return book.add(
        "PostalAddress", key, address1=street or town, postalTown=town if street else None, postalCode=of["postcode"]
    )


def _lives(book: Book, key: str, address: Link, who: Link, until: date | None = None) -> None:
    book.add("PostalAddressOccupancy", key, postalAddress=address, occupant=who, effectiveDate=_LONG_AGO, endDate=until)
