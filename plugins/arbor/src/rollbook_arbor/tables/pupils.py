"""Pupils: those of the roll, with the names, birth date, UPNs and address that a return asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any, Final

from rollbook.contract import Page, Window
from rollbook.tables.schemas import Table
from rollbook_arbor.tables.enrolments import Enrolment, students
from rollbook_arbor.tables.homes import Homes, Owners
from rollbook_arbor.tables.loading import Read, Reading, Row
from rollbook_arbor.tables.shaped import GENDER, PERSON, STUDENT, UPN
from rollbook_arbor.tables.upns import upns_on

_SEX: Final = {"F": "F", "FEMALE": "F", "M": "M", "MALE": "M"}


def pupils(read: Read, window: Window) -> Page:
    """A row for each pupil who is on the roll since the first day of the previous school year. Key: the Student's id.

    A pupil whose person cannot be read is kept, without a name. Raises NeedsCredentials, VendorMustAct, and what `read`
    raises.
    """
    found = students(read, window)
    told = Reading(read)
    people = {student: told.one(STUDENT, student) for student in found}
    owners = {student: owners_of(student, row) for student, row in people.items()}
    homes = Homes(told, owners.values(), window.last)
    numbers = told.grouped(UPN, "student", found)
    rows = []
    for student, spells in found.items():
        person = _person(told, people[student])
        address, postcode = homes.address(owners[student])
        upns = _upns(told, numbers.get(student, ()), _day(spells, window.last))
        rows.append(SimpleNamespace(pupil=student, address=address, postcode=postcode, **upns, **person))
    return Page.of(Table.PUPILS, rows, rejects=told.rejects, origin="Student")


def owners_of(student: str, row: Row | None) -> Owners:
    """By which names an address or a number may be entered for a pupil."""
    return [("Student", student)] + ([("Person", row["person"])] if row else [])


def _day(spells: Sequence[Enrolment], today: date) -> date:
    """Today, or the last day of one who left: a UPN may end with the enrolment, and stays the child's."""
    return spells[-1].spell.nearest(today)


def _person(told: Reading, student: Row | None) -> dict[str, Any]:
    row = told.one(PERSON, student["person"]) if student else None
    person: Mapping[str, Any] = row or dict.fromkeys(PERSON.fields)
    gender = told.perhaps(GENDER, person["gender"])
    surname, forename = person["legalLastName"], person["legalFirstName"]
    known_as, called = person["preferredLastName"], person["preferredFirstName"]
    return {
        "surname": surname or known_as,
        "forename": forename or called,
        "preferred_surname": known_as if surname and known_as != surname else None,
        "preferred_forename": called if forename and called != forename else None,
        "dob": person["dateOfBirth"],
        "sex": _SEX.get((gender["shortName"] or "").upper()) if gender else None,
    }


def _upns(told: Reading, rows: Sequence[Row], day: date) -> dict[str, str | None]:
    found = upns_on(rows, day)
    if found.wrong:
        told.reject(UPN, ", ".join(sorted(row["id"] for row in rows)), "upn", found.wrong)
    return {"upn": found.current, "former_upn": found.former}
