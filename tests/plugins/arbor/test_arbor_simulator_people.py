"""The pupils of the stand-in for Arbor are the made-up school's, on the roll as there, and with the same contacts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from typing import Any

import polars as pl
import pytest

from rollbook.tables.schemas import Table
from rollbook.testing.schools import make_school
from rollbook_arbor.live_feed.settings import LiveFeedSettings
from rollbook_arbor.simulator import ArborSimulator
from rollbook_arbor.simulator.pupils import GROUND, GUEST_PUPIL
from support.arbor_line import Line, line_to

FIRST, LAST = date(2026, 9, 1), date(2026, 11, 20)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ArborSimulator]:
    """An autumn at a primary school, with leavers, joiners and leave that was granted."""
    school = make_school("primary", 900001, 150, 1, FIRST, LAST)
    with closing(ArborSimulator(tmp_path_factory.mktemp("arbor"), school)) as simulator:
        simulator.publish(LAST)
        yield simulator


@pytest.fixture(scope="module")
def arbor(office: ArborSimulator) -> Iterator[Line]:
    with line_to(office) as line:
        yield line


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _current(rows: list[dict[str, Any]], name: str) -> dict[str, Any]:
    """By pupil, the last to begin."""
    return {row["student"]["id"]: row[name] for row in sorted(rows, key=lambda row: str(row["startDate"]))}


def test_pupils_have_their_names_and_dates_of_birth(arbor: Line, office: ArborSimulator) -> None:
    fields = "id person {legalFirstName legalLastName dateOfBirth gender {shortName}}"
    found = {
        (row["id"], *[row["person"][name] for name in ("legalFirstName", "legalLastName", "dateOfBirth")])
        for row in arbor.rows("Student", fields)
        if row["id"] != GUEST_PUPIL
    }
    pupils = office.readable()[Table.PUPILS]
    assert found == set(pupils.select("pupil", "forename", "surname", pl.col("dob").cast(pl.String)).iter_rows())


def test_enrolments_are_the_roll_and_leavers_have_a_ground(arbor: Line, office: ArborSimulator) -> None:
    rows = arbor.rows("EducationalInstitutionEnrolment", "student {id} entryDate leavingDate removalGrounds")
    found = {
        (row["student"]["id"], row["entryDate"], row["leavingDate"], row["removalGrounds"])
        for row in rows
        if row["student"]["id"] != GUEST_PUPIL
    }
    roll = office.readable()[Table.ROLL].select("pupil", "from", "to", "ground")
    assert found == {(pupil, _text(first), _text(last), ground) for pupil, first, last, ground in roll.iter_rows()}
    assert {ground for *_, last, ground in found if last} == {GROUND}


def test_year_groups_and_forms_are_those_of_this_year(arbor: Line, office: ArborSimulator) -> None:
    levels = arbor.rows("AcademicLevelMembership", "student {id} startDate academicLevel {curriculumGrade {d00020}}")
    forms = arbor.rows("RegistrationFormMembership", "student {id} startDate registrationForm {registrationFormName}")
    year, form = _current(levels, "academicLevel"), _current(forms, "registrationForm")
    for pupil, group, name in office.readable()[Table.ROLL].select("pupil", "year_group", "class_name").iter_rows():
        assert year[pupil]["curriculumGrade"]["d00020"] == ("R" if group == 0 else str(group))
        assert form[pupil]["registrationFormName"] == name
    assert len(levels) > len(year)  # those of the year before are there, and over


def test_one_pupil_is_a_guest_and_has_marks(arbor: Line) -> None:
    modes = arbor.rows("EnrolmentModeAssignment", "enrolmentMode {d00018} academicYearEnrolment {student {id}}")
    guests = [row for row in modes if row["enrolmentMode"]["d00018"] == "G"]
    assert [row["academicYearEnrolment"]["student"]["id"] for row in guests] == [GUEST_PUPIL]
    assert arbor.ids("AttendanceRollCallRecord", student__id=GUEST_PUPIL)


def test_contacts_have_their_addresses_numbers_and_mail(arbor: Line, office: ArborSimulator) -> None:
    fields = (
        "student {id} emergencyContactPriority guardianRelationshipType {shortName} "
        "guardian {id person {id legalFirstName legalLastName}}"
    )
    homes = _owned(arbor, "PostalAddressOccupancy", "occupant", "postalAddress {address1 postalTown postalCode}")
    phones = _owned(arbor, "TelephoneNumber", "numberOwner", "number")
    mail = _owned(arbor, "EmailAddress", "emailAddressOwner", "emailAddress")
    found = set()
    for row in arbor.rows("StudentGuardianRelationship", fields):
        key, person = row["guardian"]["id"], row["guardian"]["person"]
        home = homes.get(key, {}).get("postalAddress")
        address = f"{home['address1']}, {home['postalTown']}" if home else None
        name = f"{person['legalFirstName']} {person['legalLastName']}"
        who = (row["student"]["id"], name, row["guardianRelationshipType"]["shortName"])
        reached = (phones[key]["number"], mail.get(key, {}).get("emailAddress"))
        found.add((*who, int(row["emergencyContactPriority"]), address, *reached))
    columns = ["pupil", "name", "relationship", "priority", "address", "telephone", "email"]
    assert found == set(office.readable()[Table.CONTACTS].select(columns).iter_rows())


def _owned(arbor: Line, entity: str, owner: str, fields: str) -> dict[str, dict[str, Any]]:
    rows = arbor.rows(entity, f"{owner} {{... on Person {{id}} ... on Guardian {{id}} ... on Student {{id}}}} {fields}")
    return {row[owner]["id"]: row for row in rows}


def test_whoever_lives_with_a_pupil_has_the_same_address_and_others_have_another(
    arbor: Line, office: ArborSimulator
) -> None:
    lives = _owned(arbor, "PostalAddressOccupancy", "occupant", "endDate postalAddress {id}")
    pupils = arbor.rows("PostalAddressOccupancy", "endDate postalAddress {id} occupant {... on Person {id}}")
    assert sum(row["endDate"] is not None for row in pupils) == 1  # where one lived before
    together = {
        row["student"]["id"]
        for row in arbor.rows("StudentGuardianRelationship", "student {id} guardian {id}")
        if row["guardian"]["id"] in lives
        and lives[row["guardian"]["id"]]["postalAddress"]["id"] == f"{row['student']['id']}0"
    }
    assert together == set(office.readable()[Table.CONTACTS].filter("lives_with")["pupil"])


def test_leave_that_was_granted_is_told_from_leave_that_was_not(arbor: Line, office: ArborSimulator) -> None:
    fields = "student {id} absenceStartDatetime absenceEndDatetime approvedDate attendanceMark {attendanceMark}"
    notes = [row for row in arbor.rows("StudentAbsenceNote", fields) if row["attendanceMark"]["attendanceMark"] == "C"]
    granted = {
        (row["student"]["id"], row["absenceStartDatetime"][:10], row["absenceEndDatetime"][:10])
        for row in notes
        if row["approvedDate"]
    }
    leave = office.readable()[Table.LEAVE]
    assert granted == {(pupil, _text(first), _text(last)) for pupil, first, last in leave.iter_rows()}
    assert granted
    assert len(notes) == len(granted) + 1


@pytest.mark.parametrize(
    ("entity", "field", "kinds"),
    [
        ("InCareStatusAssignment", "inCareStatus {countsAsInCareStatus}", {True, False}),
        ("SenStatusAssignment", "senStatus {d00229}", {"E", "K", "N"}),
        ("EligibilityRecord", "eligibility {eligibilityName}", {"Free School Meals", "Milk"}),
        ("InCareStatusAssignment", "responsibleLocalAuthority {authorityCodePre2011}", {"801", None}),
    ],
)
def test_some_pupils_have_a_status_that_counts_and_some_one_that_does_not(
    arbor: Line, entity: str, field: str, kinds: set[object]
) -> None:
    rows = arbor.rows(entity, field)
    assert {value for row in rows for of in row.values() for value in of.values()} == kinds


def test_its_live_feeds_settings_are_those_of_their_source(office: ArborSimulator) -> None:
    assert LiveFeedSettings().load(office.feed_settings)["pupils"]
