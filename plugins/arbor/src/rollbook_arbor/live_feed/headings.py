"""Which heading of a report holds which column. Its author chose them: the settings say where ours fail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rollbook.tables.schemas import PAGES, Table

READ: Final = (Table.MARKS, Table.PUPILS, Table.ROLL, Table.SESSIONS, Table.CONTACTS)

USUAL: Final[Mapping[Table, Mapping[str, tuple[str, ...]]]] = {
    Table.MARKS: {
        "pupil": ("Arbor Student ID", "Student ID", "Arbor ID"),
        "date": ("Date", "Roll Call Date", "Mark Date"),
        "session": ("Session", "Roll Call", "AM/PM"),
        "code": ("Mark", "Attendance Mark", "Code"),
    },
    Table.PUPILS: {
        "pupil": ("Arbor Student ID", "Student ID", "Arbor ID"),
        "upn": ("UPN",),
        "former_upn": ("Former UPN",),
        "surname": ("Legal Last Name", "Legal Surname"),
        "forename": ("Legal First Name", "Legal Forename"),
        "preferred_surname": ("Preferred Last Name",),
        "preferred_forename": ("Preferred First Name",),
        "dob": ("Date of Birth", "DOB"),
        "sex": ("Sex", "Gender"),
        "address": ("Address", "Home Address"),
        "postcode": ("Postcode", "Post Code"),
    },
    Table.ROLL: {
        "pupil": ("Arbor Student ID", "Student ID", "Arbor ID"),
        "from": ("Entry Date", "Enrolment Date", "Date of Entry"),
        "to": ("Leaving Date", "Date of Leaving"),
        "year_group": ("Year Group", "Year"),
        "class_name": ("Registration Form", "Form"),
        "boarder": ("Boarder",),
    },
    Table.SESSIONS: {"date": ("Date",), "session": ("Session", "AM/PM"), "open": ("Open",)},
    Table.CONTACTS: {
        "pupil": ("Arbor Student ID", "Student ID", "Arbor ID"),
        "name": ("Guardian Name", "Name"),
        "relationship": ("Relationship",),
        "priority": ("Emergency Contact Priority", "Priority"),
        "lives_with": ("Lives With Student", "Lives With"),
        "address": ("Guardian Address",),
        "postcode": ("Guardian Postcode",),
        "telephone": ("Guardian Phone Number", "Telephone"),
        "email": ("Guardian Email Address", "Email"),
    },
}


def found(table: Table, headings: frozenset[str], own: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """For each column the heading that holds it; and the columns that a row needs and no heading holds.

    own: what the settings say. A heading that is named there is the only one looked for.
    """
    plain = {_plain(heading): heading for heading in headings}
    held = {}
    for column, usual in USUAL[table].items():
        wanted = (own[column],) if column in own else usual
        here = next((plain[_plain(name)] for name in wanted if _plain(name) in plain), None)
        if here is not None:
            held[column] = here
    named = [column for column in own if column not in held]
    needed = [name for name, column in PAGES[table].items() if column.required and name not in held]
    if table is Table.MARKS and "code" not in held:
        needed.append("code")
    return held, sorted({*named, *needed})


def _plain(heading: str) -> str:
    return "".join(character for character in heading.casefold() if character.isalnum())
