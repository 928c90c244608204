"""Which entities each table is made from, so that all can be asked for at once; and only those that are wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from rollbook.contract import Page, Window
from rollbook.tables.schemas import Table
from rollbook_arbor import entities as e
from rollbook_arbor.entities import Entity
from rollbook_arbor.reading import Reader
from rollbook_arbor.tables.contacts import contacts
from rollbook_arbor.tables.flags import flags
from rollbook_arbor.tables.leave import leave
from rollbook_arbor.tables.pupils import pupils
from rollbook_arbor.tables.roll import roll
from rollbook_arbor.tables.sessions import sessions

_STUDENTS: Final = (e.STUDENT, e.ENROLMENT, e.MODE_ASSIGNMENT, e.MODE, e.YEAR_ENROLMENT)
TABLES: Final[Mapping[Table, tuple[Entity, ...]]] = {
    Table.SESSIONS: (e.CALENDAR_DATE,),
    Table.PUPILS: (*_STUDENTS, e.PERSON, e.GENDER, e.UPN_ASSIGNMENT, e.OCCUPANCY, e.ADDRESS),
    Table.ROLL: (
        *_STUDENTS,
        *(e.LEVEL_MEMBERSHIP, e.LEVEL, e.GRADE, e.FORM_MEMBERSHIP, e.FORM),
        *(e.BOARDING, e.BOARDING_STATUS),
    ),
    Table.CONTACTS: (
        *_STUDENTS,
        *(e.RELATIONSHIP, e.GUARDIAN, e.PERSON, e.RELATIONSHIP_TYPE),
        *(e.OCCUPANCY, e.ADDRESS, e.TELEPHONE, e.EMAIL),
    ),
    Table.LEAVE: (*_STUDENTS, e.ABSENCE_NOTE, e.ATTENDANCE_MARK),
    Table.FLAGS: (),
}
OPTIONAL: Final = frozenset({Table.CONTACTS, Table.LEAVE, Table.FLAGS})
"""Tables without which a school's marks are of use: where they may not be read, they are not known."""

_FLAGS: Final[Mapping[str, tuple[Entity, ...]]] = {
    "looked_after": (e.IN_CARE, e.IN_CARE_STATUS, e.AUTHORITY),
    "child_protection": (e.CHILD_PROTECTION,),
    "sen": (e.SEN_ASSIGNMENT, e.SEN_STATUS),
    "fsm": (e.ELIGIBILITY_RECORD, e.ELIGIBILITY),
}
_MADE: Final[Mapping[Table, Callable[[Reader, Window], Page]]] = {
    Table.SESSIONS: sessions,
    Table.PUPILS: pupils,
    Table.ROLL: roll,
    Table.CONTACTS: contacts,
    Table.LEAVE: leave,
}


def is_wanted(table: Table, settings: Mapping[str, Any]) -> bool:
    """Whether the settings ask for a table: flags only where one is named, the optional ones unless left out."""
    return bool(settings["flags"]) if table is Table.FLAGS else table.value not in settings["without"]


def entities_of(table: Table, settings: Mapping[str, Any]) -> tuple[Entity, ...]:
    """What a table is made from."""
    if table is not Table.FLAGS:
        return TABLES[table]
    return (*_STUDENTS, *(entity for flag in settings["flags"] for entity in _FLAGS[flag]))


def all_entities(settings: Mapping[str, Any]) -> list[Entity]:
    """What all the tables that are wanted are made from, each once, and what marks need besides."""
    wanted = [entity for table in TABLES if is_wanted(table, settings) for entity in entities_of(table, settings)]
    marks = (e.ATTENDANCE_MARK, e.ROLL_CALL, e.REGISTER_TYPE)
    return list({entity.name: entity for entity in (e.INSTITUTION, *wanted, *marks)}.values())


def page_of(table: Table, read: Reader, window: Window, settings: Mapping[str, Any]) -> Page:
    """The whole of a table. Raises RetryLater, NeedsCredentials, VendorMustAct."""
    if table is Table.FLAGS:
        return flags(read, settings["flags"], window)
    return _MADE[table](read, window)
