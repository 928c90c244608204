"""What Arbor's answers are judged by before anything is made of them: nothing there, not approved, another shape."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rollbook.contract import NeedsCredentials, Page, VendorMustAct
from rollbook_arbor import entities
from rollbook_arbor.entities import Entity
from rollbook_arbor.tables import MUST_EXIST, Read, check_records, contacts, flags, leave, pupils, roll, sessions
from support.arbor_records import WINDOW, School, another_pupil, one_pupil, to, told

TABLES: dict[str, Callable[[Read], Page]] = {
    "sessions": lambda read: sessions(read, WINDOW),
    "pupils": lambda read: pupils(read, WINDOW),
    "roll": lambda read: roll(read, WINDOW),
    "contacts": lambda read: contacts(read, WINDOW),
    "leave": lambda read: leave(read, WINDOW),
    "flags": lambda read: flags(read, ["sen"], WINDOW),
}


@pytest.mark.parametrize("table", TABLES)
def test_a_school_of_which_nothing_may_be_read_must_approve_it(table: str) -> None:
    with pytest.raises(NeedsCredentials, match="ask the school to approve reading "):
        TABLES[table](School().read)


@pytest.mark.parametrize("entity", [entities.STUDENT, entities.PERSON, entities.ENROLMENT])
def test_no_pupils_without_what_every_school_has(entity: Entity) -> None:
    school = one_pupil()
    school.records[entity.name].clear()
    with pytest.raises(NeedsCredentials, match=f"shows nothing of {entity.name}: ask the school to approve"):
        pupils(school.read, WINDOW)


def test_what_a_school_need_not_have_may_be_empty() -> None:
    assert pupils(one_pupil().read, WINDOW).rows.height == roll(one_pupil().read, WINDOW).rows.height == 1
    assert contacts(one_pupil().read, WINDOW).rows.is_empty()


def test_objects_without_any_of_what_was_asked_are_a_lack_of_approval() -> None:
    school = one_pupil()
    school.records["Person"] = [{"href": "/rest-v2/persons/77", "entityType": "Person"}]
    with pytest.raises(NeedsCredentials, match="shows nothing of Person: ask the school to approve"):
        pupils(school.read, WINDOW)


@pytest.mark.parametrize("field", ["student", "entryDate", "leavingDate"])
def test_a_needed_field_that_no_record_has_is_another_shape(field: str) -> None:
    school = another_pupil(one_pupil(), "342", "78").drop(entities.ENROLMENT, field)
    with pytest.raises(VendorMustAct, match=rf"vendor's shape changed: EducationalInstitutionEnrolment\.{field} "):
        roll(school.read, WINDOW)


def test_a_field_that_can_be_spared_may_be_missing() -> None:
    school = one_pupil().drop(entities.ENROLMENT, "removalGrounds").drop(entities.PERSON, "preferredFirstName")
    assert roll(school.read, WINDOW).rows.height == pupils(school.read, WINDOW).rows.height == 1


def test_a_needed_field_that_one_record_lacks_is_that_records_fault() -> None:
    school = another_pupil(one_pupil(), "342", "78")
    del school.records["EducationalInstitutionEnrolment"][0]["entryDate"]
    page = roll(school.read, WINDOW)
    assert page.rows["pupil"].to_list() == ["342"]
    assert told(page) == [("EducationalInstitutionEnrolment 55", "entryDate")]


@pytest.mark.parametrize("record", [{}, {"student": to("341"), "entryDate": "2024-09-02"}, None, "Zoë"])
def test_a_record_that_is_none_is_set_aside_without_its_contents(record: object) -> None:
    school = one_pupil()
    school.records["EducationalInstitutionEnrolment"].append(record)  # type: ignore[arg-type]
    page = roll(school.read, WINDOW)
    assert page.rows.height == 1
    assert told(page) == [("EducationalInstitutionEnrolment without an id", "id")]


def test_the_table_of_marks_is_judged_by_the_same_rule() -> None:
    assert "AttendanceMark" in MUST_EXIST
    with pytest.raises(NeedsCredentials, match="shows nothing of AttendanceMark: ask the school to approve"):
        check_records(entities.ATTENDANCE_MARK, [])


def test_something_that_is_referred_to_and_may_not_be_read_is_asked_for() -> None:
    school = one_pupil().add(entities.LEVEL_MEMBERSHIP, student=to("341"), academicLevel=to("1"))
    with pytest.raises(NeedsCredentials, match="shows nothing of AcademicLevel: ask the school to approve"):
        roll(school.read, WINDOW)


def test_what_can_be_done_without_stops_nobody() -> None:
    school = one_pupil()
    school.records["Gender"] = [{"id": "2"}]
    assert pupils(school.read, WINDOW).rows["sex"].to_list() == [None]


def test_something_that_is_referred_to_and_gone_is_set_aside() -> None:
    school = one_pupil().add(entities.LEVEL_MEMBERSHIP, student=to("341"), academicLevel=to("1"))
    school.add(entities.LEVEL, "2", academicLevelName="Year 7")
    page = roll(school.read, WINDOW)
    assert page.rows["year_group"].to_list() == [None]
    assert told(page) == [("AcademicLevel 1", "")]


@pytest.mark.parametrize("table", TABLES)
def test_each_entity_is_asked_for_once(table: str) -> None:
    school = one_pupil()
    school.add(entities.CALENDAR_DATE, startDate="2026-11-02", isGoodSchoolDay=True, term=to("1"))
    school.add(entities.ATTENDANCE_MARK, "LEAVE", attendanceMark="C")
    asked: list[str] = []

    def read(entity: Entity) -> object:
        asked.append(entity.name)
        return school.read(entity)

    TABLES[table](read)  # type: ignore[arg-type]
    assert len(asked) == len(set(asked))
