"""The objects of Arbor's model that are read, and of each what is asked for: least data.

Names are those of Arbor's published SDK. In REST an entity's address is its name in the plural, in small letters with
dashes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ANYBODY = "{__typename ... on Person {id} ... on Student {id} ... on Guardian {id}}"


@dataclass(frozen=True)
class Entity:
    """name: in GraphQL, and REST's entityType. fields: what is asked for, as a query writes it: `student {id}`.
    optional: names of those that may be left out where Arbor does not have or give them.
    """

    name: str
    fields: tuple[str, ...]
    optional: frozenset[str] = frozenset()

    @property
    def needed(self) -> frozenset[str]:
        """Names of the fields without which a rule could not be right."""
        return frozenset(name_of(field) for field in self.fields) - self.optional

    def without(self, refused: frozenset[str]) -> Entity:
        """The entity, not asking for some of its optional fields."""
        kept = tuple(field for field in self.fields if name_of(field) not in refused & self.optional)
        return Entity(self.name, kept, self.optional)

    @property
    def plural(self) -> str:
        """`AttendanceRollCallRecords`."""
        if self.name.endswith("s"):
            return f"{self.name}es"
        if self.name.endswith("y") and not self.name.endswith("ay"):
            return f"{self.name[:-1]}ies"
        if self.name.endswith("ch"):
            return f"{self.name}es"
        return f"{self.name}s"

    @property
    def path(self) -> str:
        """`rest-v2/attendance-roll-call-records`; a module's dash and underscore as Arbor has them: `uk-dfe_...`."""
        return "rest-v2/" + re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", self.plural).lower()

    @property
    def list_key(self) -> str:
        """Under which a list of them stands."""
        return self.plural[0].lower() + self.plural[1:]

    @property
    def one_key(self) -> str:
        """Under which one of them stands."""
        return self.name[0].lower() + self.name[1:]


def name_of(field: str) -> str:
    """`student {id}` -> `student`."""
    return field.split(" ", 1)[0]


def _entity(name: str, fields: str, optional: str = "") -> Entity:
    """`fields`: names; those that end in `>` are references, in `>>` to somebody of any kind."""
    asked = []
    for field in fields.split():
        bare = field.rstrip(">")
        asked.append(bare + (f" {_ANYBODY}" if field.endswith(">>") else " {id}" if field.endswith(">") else ""))
    return Entity(name, tuple(asked), frozenset(optional.split()))


ROLL_CALL_RECORD = _entity(
    "AttendanceRollCallRecord",
    "recordDate isRedundant student> attendanceRollCall> attendanceMark>",
)
ROLL_CALL = _entity("AttendanceRollCall", "name attendanceRegisterType>", optional="name")
REGISTER_TYPE = _entity("AttendanceRegisterType", "isMorning isAfternoon")
ATTENDANCE_MARK = _entity(
    "AttendanceMark",
    "attendanceMark code markShortDescription active",
    optional="attendanceMark code markShortDescription active",
)
INSTITUTION = _entity("EducationalInstitution", "educationalInstitutionName urn", optional="educationalInstitutionName")

CALENDAR_DATE = _entity("AcademicCalendarDate", "startDate isGoodSchoolDay term> academicHoliday>")

STUDENT = _entity("Student", "person>")
PERSON = _entity(
    "Person",
    "legalFirstName legalLastName preferredFirstName preferredLastName dateOfBirth gender>",
    optional="preferredFirstName preferredLastName gender",
)
GENDER = _entity("Gender", "shortName")
UPN_ASSIGNMENT = _entity(
    "UkDfe_UpnAssignment", "student> upn startDatetime endDatetime isTemporary", optional="isTemporary"
)

ENROLMENT = _entity(
    "EducationalInstitutionEnrolment", "student> entryDate leavingDate removalGrounds", optional="removalGrounds"
)
LEVEL_MEMBERSHIP = _entity("AcademicLevelMembership", "academicLevel> student> startDate endDate")
LEVEL = _entity("AcademicLevel", "academicLevelName curriculumGrade>", optional="academicLevelName curriculumGrade")
GRADE = _entity("CurriculumGrade", "d00020 curriculumGradeName", optional="d00020 curriculumGradeName")
FORM_MEMBERSHIP = _entity("RegistrationFormMembership", "registrationForm> student> startDate endDate")
FORM = _entity("RegistrationForm", "registrationFormName shortName", optional="registrationFormName shortName")
MODE_ASSIGNMENT = _entity("EnrolmentModeAssignment", "academicYearEnrolment> enrolmentMode> startDate endDate")
MODE = _entity("EnrolmentMode", "code d00018", optional="code")
YEAR_ENROLMENT = _entity("AcademicYearEnrolment", "student> startDate endDate")
_BOARDING_DAYS = " ".join(f"{name}BoardingStatus>" for name in ("monday", "tuesday", "wednesday", "thursday", "friday"))
BOARDING = _entity("BoardingPattern", f"student> effectiveDate endDate {_BOARDING_DAYS}")
BOARDING_STATUS = _entity("BoardingStatus", "code description", optional="code description")

RELATIONSHIP = _entity(
    "StudentGuardianRelationship",
    "student> guardian> guardianRelationshipType> emergencyContactPriority",
    optional="guardianRelationshipType emergencyContactPriority",
)
GUARDIAN = _entity("Guardian", "person>")
RELATIONSHIP_TYPE = _entity("GuardianRelationshipType", "relationshipName")
OCCUPANCY = _entity("PostalAddressOccupancy", "postalAddress> occupant>> effectiveDate endDate")
ADDRESS = _entity(
    "PostalAddress",
    "address1 address2 address3 postalTown postalCode",
    optional="address2 address3 postalTown postalCode",
)
TELEPHONE = _entity("TelephoneNumber", "numberOwner>> number telephoneNumberRanking", optional="telephoneNumberRanking")
EMAIL = _entity("EmailAddress", "emailAddressOwner>> emailAddress")

ABSENCE_NOTE = _entity(
    "StudentAbsenceNote", "student> absenceStartDatetime absenceEndDatetime approvedDate attendanceMark>"
)

IN_CARE = _entity(
    "InCareStatusAssignment",
    "inCareStatus> student> startDate endDate responsibleLocalAuthority>",
    optional="responsibleLocalAuthority",
)
IN_CARE_STATUS = _entity("InCareStatus", "countsAsInCareStatus")
CHILD_PROTECTION = _entity("ChildProtectionStatusAssignment", "student> startDate endDate")
SEN_ASSIGNMENT = _entity("SenStatusAssignment", "senStatus> student> startDate endDate")
SEN_STATUS = _entity("SenStatus", "d00229")
ELIGIBILITY_RECORD = _entity("EligibilityRecord", "eligibility> person>> startDate endDate")
ELIGIBILITY = _entity("Eligibility", "eligibilityName")
AUTHORITY = _entity(
    "LocalAuthority", "authorityCode authorityCodePre2011", optional="authorityCode authorityCodePre2011"
)
