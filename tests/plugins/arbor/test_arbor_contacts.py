"""Contacts: who is called first, where they live, and how they are reached."""

from __future__ import annotations

from typing import Any

import pytest

from rollbook.contract import NeedsCredentials, Page
from rollbook_arbor import entities
from rollbook_arbor.tables import Read, contacts
from support.arbor_records import WINDOW, School, another_pupil, both_routes, one_pupil, somebody, to, told


def page(read: Read) -> Page:
    return contacts(read, WINDOW)


def rows(school: School) -> list[dict[str, Any]]:
    return both_routes(page, school)


def only(school: School) -> dict[str, Any]:
    (row,) = rows(school)
    return row


def with_parent(school: School | None = None, known: str = "12", person: str = "88", **relation: Any) -> School:
    school = school or one_pupil()
    school.add(entities.GUARDIAN, known, person=to(person))
    school.add(entities.PERSON, person, legalFirstName="Ella", legalLastName="Larkstone")
    values = {"student": to("341"), "guardian": to(known), **relation}
    return school.add(entities.RELATIONSHIP, **values)


def living(
    school: School, who: dict[str, Any], address: str, first: str | None = None, last: str | None = None
) -> School:
    if address not in [record["id"] for record in school.read(entities.ADDRESS)]:
        school.add(
            entities.ADDRESS, address, address1=f"{address} Weir Street", postalTown="Wexcombe", postalCode="ZX1 1AA"
        )
    return school.add(entities.OCCUPANCY, postalAddress=to(address), occupant=who, effectiveDate=first, endDate=last)


def test_a_parent() -> None:
    school = with_parent(guardianRelationshipType=to("5"), emergencyContactPriority="1")
    school.add(entities.RELATIONSHIP_TYPE, "5", relationshipName="Mother")
    living(school, somebody("Person", "88"), "4")
    school.add(entities.TELEPHONE, numberOwner=somebody("Person", "88"), number="07700 900123")
    school.add(entities.EMAIL, emailAddressOwner=somebody("Person", "88"), emailAddress="ella@example.org")
    assert only(school) == {
        "pupil": "341",
        "name": "Ella Larkstone",
        "relationship": "mother",
        "priority": 1,
        "lives_with": None,
        "address": "4 Weir Street, Wexcombe",
        "postcode": "ZX1 1AA",
        "telephone": "07700 900123",
        "email": "ella@example.org",
    }


def test_a_parent_of_whom_nothing_more_is_known() -> None:
    known = {name: value for name, value in only(with_parent()).items() if value is not None}
    assert known == {"pupil": "341", "name": "Ella Larkstone"}


@pytest.mark.parametrize("owner", [somebody("Person", "88"), somebody("Guardian", "12")])
def test_a_number_may_be_entered_for_the_person_or_the_guardian(owner: dict[str, Any]) -> None:
    assert only(with_parent().add(entities.TELEPHONE, numberOwner=owner, number="07700 900123"))["telephone"]


@pytest.mark.parametrize("owner", [somebody("Person", "12"), somebody("Guardian", "88"), {"__typename": "Staff"}])
def test_a_number_of_somebody_else_who_bears_the_same_id_is_not_taken(owner: dict[str, Any]) -> None:
    school = with_parent().add(entities.TELEPHONE, numberOwner=owner, number="07700 900123")
    assert contacts(school.read, WINDOW).rows["telephone"].to_list() == [None]


@pytest.mark.parametrize("owner", ["/rest-v2/persons/88", {"href": "/rest-v2/guardians/12"}])
def test_an_address_says_of_what_kind_an_owner_is(owner: Any) -> None:
    school = with_parent().add(entities.EMAIL, emailAddressOwner=owner, emailAddress="ella@example.org")
    assert contacts(school.read, WINDOW).rows["email"].to_list() == ["ella@example.org"]


def test_the_first_number_is_that_of_the_first_rank() -> None:
    school = with_parent()
    for number, rank in (("07700 900001", None), ("07700 900002", 2), ("07700 900003", "1")):
        school.add(entities.TELEPHONE, numberOwner=somebody("Person", "88"), number=number, telephoneNumberRanking=rank)
    assert only(school)["telephone"] == "07700 900003"


OCCUPANCIES = {
    "now": ("2020-01-01", None, "4 Weir Street, Wexcombe"),
    "until today": (None, "2026-11-20", "4 Weir Street, Wexcombe"),
    "moved out yesterday": (None, "2026-11-19", None),
    "moves in tomorrow": ("2026-11-21", None, None),
}


@pytest.mark.parametrize("case", OCCUPANCIES)
def test_the_address_is_where_they_live_today(case: str) -> None:
    first, last, address = OCCUPANCIES[case]
    assert only(living(with_parent(), somebody("Person", "88"), "4", first, last))["address"] == address


def test_of_two_addresses_the_one_moved_to_last_is_given() -> None:
    school = living(with_parent(), somebody("Person", "88"), "4", "2024-01-01")
    assert only(living(school, somebody("Guardian", "12"), "6", "2022-01-01"))["address"] == "4 Weir Street, Wexcombe"


LIVES_WITH = {
    "the same address": ([("Person", "77", "4"), ("Person", "88", "4")], True),
    "the same, entered for student and guardian": ([("Student", "341", "4"), ("Guardian", "12", "4")], True),
    "one of two homes": ([("Student", "341", "4"), ("Student", "341", "6"), ("Guardian", "12", "6")], True),
    "another": ([("Person", "77", "4"), ("Person", "88", "6")], None),
    "not known of the parent": ([("Person", "77", "4")], None),
    "not known of either": ([], None),
}


@pytest.mark.parametrize("case", LIVES_WITH)
def test_a_pupil_lives_with_whom_they_share_an_address(case: str) -> None:
    homes, expected = LIVES_WITH[case]
    school = with_parent()
    for kind, known, address in homes:
        living(school, somebody(kind, known), address)
    assert only(school)["lives_with"] is expected


def test_a_parent_of_two_pupils_is_given_for_each() -> None:
    school = with_parent(another_pupil(one_pupil(), "342", "78"))
    school.add(entities.RELATIONSHIP, student=to("342"), guardian=to("12"))
    assert [row["pupil"] for row in rows(school)] == ["341", "342"]


def test_parents_of_former_pupils_are_not_looked_at() -> None:
    school = another_pupil(with_parent(), "9", "79", "2010-09-01", leavingDate="2015-07-31")
    school.add(entities.RELATIONSHIP, student=to("9"), guardian=to("nobody"), emergencyContactPriority="first")
    assert [row["pupil"] for row in rows(school)] == ["341"]
    assert told(page(school.read)) == []


ASIDE = {
    "no guardian": ({"guardian": None}, 0, [("StudentGuardianRelationship 1", "guardian")]),
    "a priority that is none": (
        {"emergencyContactPriority": "first"},
        1,
        [("StudentGuardianRelationship 1", "emergencyContactPriority")],
    ),
    "a guardian who is not there": (
        {"guardian": to("13")},
        0,
        [("Guardian 13", ""), ("StudentGuardianRelationship 1", "guardian")],
    ),
}


@pytest.mark.parametrize("case", ASIDE)
def test_what_is_wrong_is_set_aside(case: str) -> None:
    relation, left, aside = ASIDE[case]
    school = with_parent(**relation)
    assert len(rows(school)) == left
    assert told(page(school.read)) == aside


def test_a_parent_without_a_name_is_set_aside_and_the_others_pass() -> None:
    school = with_parent(with_parent(), "13", "89")
    school.change(entities.PERSON, -1, legalFirstName=None, legalLastName="NULL")
    assert [row["name"] for row in rows(school)] == ["Ella Larkstone"]
    assert told(page(school.read)) == [("StudentGuardianRelationship 2", "guardian")]


def test_guardians_that_are_referred_to_and_may_not_be_read_are_asked_for() -> None:
    school = with_parent()
    school.records[entities.GUARDIAN.name].clear()
    with pytest.raises(NeedsCredentials, match="shows nothing of Guardian: ask the school to approve"):
        page(school.read)
