"""The shape of each entity: which fields are read, as what, and which a record cannot do without."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from rollbook_arbor import entities
from rollbook_arbor.entities import Entity
from rollbook_arbor.shapes import Day, Moment, Number, Owner, Ref, Text, YesNo
from rollbook_arbor.tables.loading import Shape


def _shape(entity: Entity, must: str = "", spare: str = "", **read: type[fields.Field[Any]]) -> Shape:
    made = {name: kind(allow_none=True) for name, kind in read.items()}
    return Shape(entity, made, frozenset(must.split()), frozenset(spare.split()))


CALENDAR_DATE = _shape(
    entities.CALENDAR_DATE,
    "startDate isGoodSchoolDay",
    startDate=Day,
    isGoodSchoolDay=YesNo,
    term=Ref,
    academicHoliday=Ref,
)

STUDENT = _shape(entities.STUDENT, "person", person=Ref)
PERSON = _shape(
    entities.PERSON,
    spare="legalFirstName legalLastName preferredFirstName preferredLastName dateOfBirth gender",
    legalFirstName=Text,
    legalLastName=Text,
    preferredFirstName=Text,
    preferredLastName=Text,
    dateOfBirth=Day,
    gender=Ref,
)
GENDER = _shape(entities.GENDER, shortName=Text)
UPN = _shape(
    entities.UPN_ASSIGNMENT,
    "student upn",
    spare="isTemporary",
    student=Ref,
    upn=Text,
    startDatetime=Moment,
    endDatetime=Moment,
    isTemporary=YesNo,
)

ENROLMENT = _shape(
    entities.ENROLMENT,
    "student entryDate",
    spare="removalGrounds",
    student=Ref,
    entryDate=Day,
    leavingDate=Day,
    removalGrounds=Text,
)
LEVEL_MEMBERSHIP = _shape(
    entities.LEVEL_MEMBERSHIP, "student academicLevel", student=Ref, academicLevel=Ref, startDate=Day, endDate=Day
)
LEVEL = _shape(entities.LEVEL, academicLevelName=Text, curriculumGrade=Ref)
GRADE = _shape(entities.GRADE, d00020=Text, curriculumGradeName=Text)
FORM_MEMBERSHIP = _shape(
    entities.FORM_MEMBERSHIP, "student registrationForm", student=Ref, registrationForm=Ref, startDate=Day, endDate=Day
)
FORM = _shape(entities.FORM, registrationFormName=Text, shortName=Text)
MODE_ASSIGNMENT = _shape(
    entities.MODE_ASSIGNMENT,
    "academicYearEnrolment enrolmentMode",
    academicYearEnrolment=Ref,
    enrolmentMode=Ref,
    startDate=Day,
    endDate=Day,
)
MODE = _shape(entities.MODE, code=Text, d00018=Text)
YEAR_ENROLMENT = _shape(entities.YEAR_ENROLMENT, "student", student=Ref, startDate=Day, endDate=Day)
NIGHTS = tuple(f"{name}BoardingStatus" for name in ("monday", "tuesday", "wednesday", "thursday", "friday"))
BOARDING = _shape(
    entities.BOARDING,
    "student",
    spare=" ".join(NIGHTS),
    student=Ref,
    effectiveDate=Day,
    endDate=Day,
    **dict.fromkeys(NIGHTS, Ref),
)
BOARDING_STATUS = _shape(entities.BOARDING_STATUS, code=Text, description=Text)

RELATIONSHIP = _shape(
    entities.RELATIONSHIP,
    "student guardian",
    spare="guardianRelationshipType emergencyContactPriority",
    student=Ref,
    guardian=Ref,
    guardianRelationshipType=Ref,
    emergencyContactPriority=Number,
)
GUARDIAN = _shape(entities.GUARDIAN, "person", person=Ref)
RELATIONSHIP_TYPE = _shape(entities.RELATIONSHIP_TYPE, relationshipName=Text)
OCCUPANCY = _shape(
    entities.OCCUPANCY, "postalAddress occupant", postalAddress=Ref, occupant=Owner, effectiveDate=Day, endDate=Day
)
ADDRESS = _shape(entities.ADDRESS, address1=Text, address2=Text, address3=Text, postalTown=Text, postalCode=Text)
TELEPHONE = _shape(
    entities.TELEPHONE,
    "numberOwner number",
    spare="telephoneNumberRanking",
    numberOwner=Owner,
    number=Text,
    telephoneNumberRanking=Number,
)
EMAIL = _shape(entities.EMAIL, "emailAddressOwner emailAddress", emailAddressOwner=Owner, emailAddress=Text)

ABSENCE_NOTE = _shape(
    entities.ABSENCE_NOTE,
    "student",
    student=Ref,
    absenceStartDatetime=Day,
    absenceEndDatetime=Day,
    approvedDate=Day,
    attendanceMark=Ref,
)

IN_CARE = _shape(
    entities.IN_CARE,
    "student inCareStatus",
    spare="responsibleLocalAuthority",
    student=Ref,
    inCareStatus=Ref,
    startDate=Day,
    endDate=Day,
    responsibleLocalAuthority=Ref,
)
IN_CARE_STATUS = _shape(entities.IN_CARE_STATUS, "countsAsInCareStatus", countsAsInCareStatus=YesNo)
CHILD_PROTECTION = _shape(entities.CHILD_PROTECTION, "student", student=Ref, startDate=Day, endDate=Day)
SEN_ASSIGNMENT = _shape(
    entities.SEN_ASSIGNMENT, "student senStatus", student=Ref, senStatus=Ref, startDate=Day, endDate=Day
)
SEN_STATUS = _shape(entities.SEN_STATUS, d00229=Text)
ELIGIBILITY_RECORD = _shape(
    entities.ELIGIBILITY_RECORD, "person eligibility", person=Owner, eligibility=Ref, startDate=Day, endDate=Day
)
ELIGIBILITY = _shape(entities.ELIGIBILITY, eligibilityName=Text)
AUTHORITY = _shape(entities.AUTHORITY, authorityCode=Text, authorityCodePre2011=Text)
