"""What every school's Arbor holds before there is a pupil: the table of marks, roll calls, words of every kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from rollbook.testing.schools import MadeSchool
from rollbook_arbor.simulator.book import Book
from rollbook_arbor.simulator.marks import LESSONS, ROLL_CALLS

# letter: the word by which a mark is known, and what it is called
_MARKS: Final[Mapping[str, tuple[str, str]]] = {
    "/": ("PRESENT", "Present (AM)"),
    "\\": ("PRESENT_PM", "Present (PM)"),
    "L": ("LATE", "Late (before registers closed)"),
    "N": ("NO_REASON", "No reason yet provided"),
    "I": ("ILLNESS", "Illness"),
    "M": ("MEDICAL", "Medical or dental appointment"),
    "C": ("LEAVE", "Leave of absence"),
    "O": ("UNAUTHORIZED", "Unauthorized absence"),
    "G": ("HOLIDAY_NOT_AGREED", "Holiday not agreed"),
    "U": ("LATE_AFTER_CLOSE", "Late (after registers closed)"),
    "B": ("OFF_SITE", "Educated off site"),
    "D": ("DUAL_REGISTERED", "Dual registered"),
    "#": ("PLANNED_CLOSURE", "Planned closure"),
}
NO_LETTER: Final = "FORGOTTEN_CARD"  # a mark of the school's own which has no letter
OWN_LETTER: Final = "7"  # and one whose letter is no national code
_PRESENT = frozenset("/\\LBKPVW")
GUEST, DUAL, CURRENT = "3", "2", "1"  # ids of modes of enrolment
OTHER_SCHOOL: Final = "2"
AUTHORITY, OTHER_AUTHORITY = "1", "2"
RELATIONSHIPS: Final = ("mother", "father", "grandparent", "carer")


def words_of(letters: Iterable[str]) -> dict[str, str]:
    """The word of every letter that the school's marks have."""
    return {letter: word_of(letter) for letter in sorted({*letters, *_MARKS, OWN_LETTER} - {""})}


def word_of(letter: str) -> str:
    """The word by which the mark with that letter is known."""
    if letter in _MARKS:
        return _MARKS[letter][0]
    return "MARK_" + "".join(one if one.isalnum() else f"{ord(one):02X}" for one in letter)


def write_fixed(book: Book, school: MadeSchool, words: Mapping[str, str]) -> None:
    """Everything that does not depend on the day."""
    _marks(book, words)
    _roll_calls(book)
    _institutions(book, school)
    _words(book)


def _marks(book: Book, words: Mapping[str, str]) -> None:
    for index, (letter, word) in enumerate(words.items()):
        present = letter in _PRESENT
        book.add(
            "AttendanceMark",
            word,
            code=word,
            active=True,
            dataOrder=index,
            attendanceMark=letter,
            markIndex=index,
            markDescription=_MARKS.get(letter, ("", f"Mark {letter}"))[1],
            markShortDescription=word.replace("_", " ").title(),
            isLegalPresent=present,
            isStatisticalPresent=present,
            isStatisticalPossibleAttendance=letter not in "#YZX",
            isDefaultLate=letter == "L",
            showInRegister=True,
        )
    name = "Forgotten card"
    book.add("AttendanceMark", NO_LETTER, code=NO_LETTER, active=True, markDescription=name, markShortDescription=name)


def _roll_calls(book: Book) -> None:
    for key, name, morning, afternoon in (
        (ROLL_CALLS["AM"], "AM", True, False),
        (ROLL_CALLS["PM"], "PM", False, True),
        (LESSONS, "Lesson", False, False),
    ):
        kind = book.add(
            "AttendanceRegisterType",
            f"1{key}",
            code=name.upper(),
            active=True,
            attendanceRegisterTypeName=f"{name} register",
            isMorning=morning,
            isAfternoon=afternoon,
        )
        book.add(
            "AttendanceRollCall",
            key,
            name=f"{name} roll call",
            shortName=name,
            code=name.upper(),
            active=True,
            attendanceRegisterType=kind,
        )


def _institutions(book: Book, school: MadeSchool) -> None:
    ours = book.add(
        "LocalAuthority",
        AUTHORITY,
        name="Eastmere",
        authorityCode="E06900001",
        authorityCodePre2011=school.la,
        active=True,
    )
    theirs = book.add(
        "LocalAuthority", OTHER_AUTHORITY, name="Thornley", authorityCode="802", authorityCodePre2011=None, active=True
    )
    book.add(
        "EducationalInstitution",
        "1",
        educationalInstitutionName=school.name,
        localAuthority=ours,
        establishmentNumber=school.laestab.partition("/")[2],
        urn=str(school.urn),
    )
    book.add(
        "EducationalInstitution",
        OTHER_SCHOOL,
        educationalInstitutionName="Old Mill School",
        localAuthority=theirs,
        establishmentNumber="2999",
        urn="900999",
    )


def _words(book: Book) -> None:
    for key, letter, name in (("1", "F", "Female"), ("2", "M", "Male")):
        book.add("Gender", key, code=name.upper(), shortName=letter, longName=name, active=True)
    for key, letter, name in ((CURRENT, "C", "Current"), (DUAL, "M", "Current Main"), (GUEST, "G", "Guest")):
        book.add(
            "EnrolmentMode", key, code=name.upper().replace(" ", "_"), d00018=letter, description=name, active=True
        )
    for number, name in enumerate(RELATIONSHIPS, start=1):
        book.add("GuardianRelationshipType", number, relationshipName=name.title(), shortName=name, active=True)
    book.add("BoardingStatus", "1", code="FULL", description="Boarder, six nights or fewer", active=True)
    book.add("InCareStatus", "1", code="LAC", inCareStatusName="Looked after", countsAsInCareStatus=True, active=True)
    book.add(
        "InCareStatus", "2", code="PAST", inCareStatusName="In care before", countsAsInCareStatus=False, active=True
    )
    for key, letter, name in (("1", "E", "EHC plan"), ("2", "K", "SEN support"), ("3", "N", "No SEN")):
        book.add("SenStatus", key, code=letter, d00229=letter, senStatusName=name, active=True)
    book.add("Eligibility", "1", code="FSM", eligibilityName="Free School Meals", active=True)
    book.add("Eligibility", "2", code="MILK", eligibilityName="Milk", active=True)
