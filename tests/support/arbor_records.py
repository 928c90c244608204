"""A made-up school in Arbor's words: records of entities as either route gives them, and a `read` over them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from rollbook.contract import Page, Window
from rollbook_arbor import entities
from rollbook_arbor.entities import Entity, name_of
from rollbook_arbor.tables import Read

TODAY = date(2026, 11, 20)
WINDOW = Window(date(2026, 10, 5), TODAY)  # a night's: the days that are read again
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9:]{8})?")


def to(known: str) -> dict[str, Any]:
    """A reference, as a query gives it."""
    return {"id": known}


def somebody(kind: str, known: str) -> dict[str, Any]:
    """A reference to somebody of any kind, as a query gives it."""
    return {"__typename": kind, "id": known}


_ANOTHER: dict[str, list[dict[str, Any]]] = {
    "UkDfe_UpnAssignment": [{"id": "u", "student": to("left"), "upn": "", "startDatetime": None, "endDatetime": None}],
    "AcademicLevelMembership": [
        {"id": "l", "student": to("left"), "academicLevel": to("1"), "startDate": None, "endDate": None}
    ],
    "EnrolmentModeAssignment": [
        {
            "id": "m",
            "academicYearEnrolment": to("left"),
            "enrolmentMode": to("current"),
            "startDate": None,
            "endDate": None,
        }
    ],
    "EnrolmentMode": [{"id": "current", "code": "CURRENT", "d00018": "C"}],
    "AcademicYearEnrolment": [{"id": "left", "student": to("left"), "startDate": None, "endDate": None}],
    "StudentGuardianRelationship": [{"id": "g", "student": to("left"), "guardian": to("1")}],
    "PostalAddressOccupancy": [
        {
            "id": "o",
            "postalAddress": to("1"),
            "occupant": somebody("Person", "left"),
            "effectiveDate": None,
            "endDate": None,
        }
    ],
}
"""What every school has of others than the pupils of a test: of a child who left long ago."""


class School:
    """Records by entity. `add` fills what is not said with None, as Arbor does. Of what every school has, and none was
    added, there is that of another child.
    """

    def __init__(self) -> None:
        self.records: dict[str, list[dict[str, Any]]] = {}

    def add(self, entity: Entity, known: str | None = None, **values: Any) -> School:
        """One more record. Its id, if none is given, is its number."""
        there = self.records.setdefault(entity.name, [])
        record = {"id": known or str(len(there) + 1), **dict.fromkeys(map(name_of, entity.fields)), **values}
        there.append(record)
        return self

    def change(self, entity: Entity, number: int = 0, **values: Any) -> School:
        """Other values in a record."""
        self.records[entity.name][number].update(values)
        return self

    def drop(self, entity: Entity, field: str) -> School:
        """A field that no record of the entity has any more."""
        for record in self.records[entity.name]:
            del record[field]
        return self

    def read(self, entity: Entity) -> list[Mapping[str, Any]]:
        """As a query gives them."""
        return list(self.records.get(entity.name, _ANOTHER.get(entity.name, [])))

    def read_rest(self, entity: Entity) -> list[Mapping[str, Any]]:
        """As REST gives them: addresses, stubs, dates as objects, the word NULL, and more than was asked for."""
        return [_rest(entity, record) for record in self.read(entity)]


def both_routes(make: Callable[[Read], Page], school: School) -> list[dict[str, Any]]:
    """The rows of a page, which are the same over either route."""
    by_query, by_rest = make(school.read), make(school.read_rest)
    assert by_query.rows.rows(named=True) == by_rest.rows.rows(named=True)
    assert list(by_query.rejects) == list(by_rest.rejects)
    return by_query.rows.rows(named=True)


def _rest(entity: Entity, record: Mapping[str, Any]) -> dict[str, Any]:
    more = {"entityType": entity.name, "displayName": "not read", "revisionId": 7, "userTags": [], "newField": {"a": 1}}
    written = {name: _rest_value(name, value) for name, value in record.items() if name != "id"}
    return {**more, "href": f"/{entity.path}/{record['id']}", **written}


def _rest_value(name: str, value: Any) -> Any:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str) and _DAY.fullmatch(value):
        return {"entityType": "date", "date": value if " " in value else f"{value} 00:00:00"}
    if isinstance(value, Mapping) and "id" in value:
        kind = str(value.get("__typename") or name)
        more = (
            {"entityType": kind} if "__typename" in value else {"entityType": kind[0].upper() + kind[1:], "code": "X"}
        )
        return {**more, "href": f"/rest-v2/{kind.lower()}s/{value['id']}"}
    return value


def one_pupil(**enrolment: Any) -> School:
    """A school with one pupil: Student 341, Person 77, on the roll since September 2024."""
    school = School()
    school.add(entities.ENROLMENT, "55", **{"student": to("341"), "entryDate": "2024-09-02", **enrolment})
    school.add(entities.STUDENT, "341", person=to("77"))
    school.add(
        entities.PERSON,
        "77",
        legalFirstName="Zoë",
        legalLastName="Larkstone",
        preferredFirstName="Zoë",
        dateOfBirth="2014-03-10",
        gender=to("2"),
    )
    return school.add(entities.GENDER, "2", shortName="F")


def another_pupil(school: School, student: str, person: str, entry: str = "2024-09-02", **more: Any) -> School:
    """One pupil more, on the roll from `entry`."""
    school.add(entities.ENROLMENT, f"e{student}", student=to(student), entryDate=entry, **more)
    school.add(entities.STUDENT, student, person=to(person))
    return school.add(entities.PERSON, person, legalFirstName="Rhys", legalLastName="Wójcik", dateOfBirth="2013-10-01")


def told(page: Page) -> list[tuple[str, str]]:
    """Place and column of what was set aside."""
    return [(reject.place, reject.column) for reject in page.rejects]
