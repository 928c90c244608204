"""The part of Arbor's model that the simulator holds. Names are those of Arbor's published SDK.

A record is a mapping: `id`, `revisionId`, `displayName`, and the fields below. A reference is a `Link`, a day a `date`,
a moment a `datetime`: what they look like on the wire is for the two routes to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, NamedTuple, TypeAlias

from rollbook_arbor.entities import Entity

Record: TypeAlias = dict[str, Any]


class Link(NamedTuple):
    """A reference to one object."""

    entity: str
    id: str


TEXT, DATE, ANY = "text", "date", "any"
MARKS: Final = "AttendanceRollCallRecord"
OWN: Final = ("id", "revisionId", "displayName")

# entity: its fields. `name@` is a day or a moment, `name*` a reference to anybody, `name>` to the type of that name (or
# `name>Type`), anything else a plain value.
_LISTED = "code active dataOrder"
_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SPELL = "startDate@ endDate@"
_FIELDS: Final[Mapping[str, str]] = {
    MARKS: "attendanceRollCall> recordDate@ student> attendanceMark> minutesLate "
    "sourceAttendanceRecord>AttendanceRecord validationError source isRedundant",
    "AttendanceRollCall": f"name shortName autoFillClass attendanceRegisterType> {_LISTED}",
    "AttendanceRegisterType": f"attendanceRegisterTypeName isMorning isAfternoon {_LISTED}",
    "AttendanceMark": f"attendanceMark markIndex markDescription markShortDescription isLegalPresent "
    f"isStatisticalPresent isStatisticalPossibleAttendance isDefaultLate showInRegister {_LISTED}",
    "AttendanceRecord": "attendanceMark> student> minutesLate recordNote startDatetime@ endDatetime@ source "
    "isRedundant",
    "StudentAbsenceNote": "student> absenceStartDatetime@ absenceEndDatetime@ notes approvedDate@ attendanceMark>",
    "AcademicYear": f"academicYearName code {_SPELL}",
    "Term": f"academicYear> termName shortTermName code {_SPELL}",
    "AcademicHoliday": f"academicHolidayType holidayLabel {_SPELL}",
    "AcademicCalendarDate": f"isPublicHoliday publicHolidayName academicYear> term> academicHoliday> isGoodSchoolDay "
    f"calendarYear calendarMonth calendarDay calendarDayOfWeek {_SPELL} {_LISTED}",
    "EducationalInstitution": "educationalInstitutionName shortName localAuthority> establishmentNumber urn ukprn",
    "LocalAuthority": f"name shortName authorityCode authorityCodePre2011 {_LISTED}",
    "Student": "person> studentNumber",
    "Person": "gender> legalFirstName legalMiddleNames legalLastName preferredFirstName preferredLastName dateOfBirth@",
    "Gender": f"shortName longName {_LISTED}",
    "UkDfe_UpnAssignment": "student> issuedYear issuedLocalAuthority issuedEstablishmentNumber issuedSerialNumber upn "
    "startDatetime@ endDatetime@ isTemporary",
    "EducationalInstitutionEnrolment": "student> entryDate@ leavingDate@ removalGrounds",
    "AcademicYearEnrolment": f"academicYear> student> {_SPELL}",
    "EnrolmentMode": f"description exportCode d00018 {_LISTED}",
    "EnrolmentModeAssignment": "academicYearEnrolment> enrolmentMode> "
    f"otherEducationalInstitution>EducationalInstitution {_SPELL}",
    "AcademicLevel": "academicLevelName shortName curriculumGrade> academicYear> displayOrder",
    "AcademicLevelMembership": f"academicLevel> student> {_SPELL}",
    "CurriculumGrade": f"curriculumGradeName d00020 d00020Order {_LISTED}",
    "RegistrationForm": "code registrationFormName shortName academicYear>",
    "RegistrationFormMembership": f"registrationForm> student> {_SPELL}",
    "Guardian": "person> isKeyWorker",
    "StudentGuardianRelationship": "student> guardian> guardianRelationshipType> isLegalGuardian isPrimaryGuardian "
    "emergencyContactPriority",
    "GuardianRelationshipType": f"relationshipName shortName {_LISTED}",
    "PostalAddress": "address1 address2 address3 postalTown postalState postalCode",
    "PostalAddressOccupancy": "postalAddress> occupant* effectiveDate@ endDate@ postalAddressType",
    "TelephoneNumber": "numberOwner* telephoneNumberType number telephoneNumberRanking",
    "EmailAddress": "emailAddressOwner* emailAddressType emailAddress",
    "BoardingStatus": f"description exportCode {_LISTED}",
    "BoardingPattern": "student> effectiveDate@ endDate@ "
    + " ".join(f"{day}BoardingStatus>BoardingStatus" for day in _WEEK),
    "InCareStatus": f"inCareStatusName countsAsInCareStatus {_LISTED}",
    "InCareStatusAssignment": f"inCareStatus> student> {_SPELL} responsibleLocalAuthority>LocalAuthority",
    "ChildProtectionStatusAssignment": f"student> {_SPELL} notes responsibleLocalAuthority>LocalAuthority",
    "SenStatus": f"senStatusName description countsAsSenStatus d00229 {_LISTED}",
    "SenStatusAssignment": f"senStatus> student> {_SPELL}",
    "Eligibility": f"eligibilityName {_LISTED}",
    "EligibilityRecord": f"eligibility> person* {_SPELL}",
}


def _kind(field: str) -> tuple[str, str]:
    name, mark, entity = field.partition(">")
    if mark:
        return name, entity or name[0].upper() + name[1:]
    return field.rstrip("@*"), {"@": DATE, "*": ANY}.get(field[-1], TEXT)


# entity -> field -> `TEXT`, `DATE`, `ANY`, or the name of the type that it refers to
MODEL: Final[Mapping[str, Mapping[str, str]]] = {
    entity: dict.fromkeys(OWN, TEXT) | dict(_kind(field) for field in fields.split())
    for entity, fields in _FIELDS.items()
}
NAMES: Final[Mapping[str, Entity]] = {entity: Entity(entity, ()) for entity in MODEL}


def is_reference(kind: str) -> bool:
    """Whether a field of that kind refers to an object."""
    return kind == ANY or kind in MODEL


def href(link: Link) -> str:
    """`/rest-v2/students/341`."""
    return f"/{NAMES[link.entity].path}/{link.id}"


def clock(value: date | datetime) -> str:
    """As Arbor writes a moment: `2026-11-02 08:50:00`."""
    return value.strftime("%Y-%m-%d %H:%M:%S")


def comparable(value: Any) -> Any:
    """A value as a filter compares it: dates as text of a moment, references as ids, the rest text; None for none."""
    if isinstance(value, Link):
        return value.id
    if isinstance(value, date):
        return clock(value)
    if isinstance(value, bool):
        return "1" if value else "0"
    return None if value is None else str(value)
