"""Exports that are known by their headings. What is written here is how others who read them saw them: no vendor has
published a file, and whoever makes a report chooses its captions. So an export is never more than likely.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from rollbook_csv.headings import plain

_READERS = "its headings are known from programs that read it"
_UNVERIFIED = "unverified: no file of it was seen, and its headings are taken from elsewhere"
FEW, LIKELY, PERHAPS = 3, 0.9, 0.5


@dataclass(frozen=True)
class Export:
    """own: those of its headings that are peculiar to it, one of which must be there: the others many exports have.
    word: its name, where none of its headings is known. columns: those of its headings to take that are not the usual
    ones, or not the first choice.
    """

    name: str
    headings: Sequence[str]
    own: Sequence[str]
    basis: str
    word: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Likeness:
    """An export that a file looks like: `found` of its `of` headings. confidence: high, medium or low."""

    export: Export
    found: int
    of: int
    confidence: str

    def told(self) -> str:
        """In a sentence."""
        seen = f"{self.found} of its {self.of} headings are there" if self.of else "by its name alone"
        return f"{self.export.name}, confidence {self.confidence}: {seen}; {self.export.basis}"


_BI = (
    "ATTENDANCE_ROLL_CALL_RECORD_ID",
    "ATTENDANCE_ROLL_CALL_ID",
    "STUDENT_ID",
    "STUDENT_UNIQUE_ID",
    "APPLICATION_ID",
    "DATE",
    "PERIOD",
    "RAW_MARK",
    "MARK_CODE",
    "MINUTES_LATE",
    "ACADEMIC_YEAR_NAME",
    "IS_PRESENT",
    "IS_AUTHORIZED_ABSENT",
    "IS_UNAUTHORIZED_ABSENT",
    "IS_POSSIBLE_ATTENDANCE",
)
EXPORTS = (
    Export(
        "a SIMS report of marks",
        ("Adno", "UPN", "Legal Surname", "Legal Forename", "Reg", "Year", "Mark", "Date", "AM/PM", "Meaning"),
        ("Adno", "Meaning"),
        f"{_READERS}; whoever makes a report chooses its captions",
    ),
    Export(
        "Arbor's BI export (attendancesession.csv)",
        _BI,
        ("ATTENDANCE_ROLL_CALL_RECORD_ID", "ATTENDANCE_ROLL_CALL_ID", "RAW_MARK", "IS_POSSIBLE_ATTENDANCE"),
        _READERS,
    ),
    Export(
        "an Arbor custom report",
        ("Arbor Student ID", "UPN", "Legal First Name", "Legal Last Name", "Year Group", "Date", "Session", "Mark"),
        ("Arbor Student ID",),
        _UNVERIFIED,
        columns={"adno": "Arbor Student ID"},
    ),
    Export(
        "Bromcom's Attendances",
        ("attendanceID", "studentID", "mark", "exportMark", "markMeaningName", "calendarName", "calendarStartDate"),
        ("attendanceID", "exportMark", "markMeaningName", "calendarName", "calendarStartDate"),
        f"{_UNVERIFIED}: Bromcom's interface",
        # `exportMark` is the one that Bromcom means for statutory work.
        columns={"adno": "studentID", "mark": "exportMark", "session": "calendarName", "date": "calendarStartDate"},
    ),
    Export(
        "Bromcom's AttendanceSessions",
        ("studentID", "possible", "attended", "authorised", "unauthorised", "attendanceStartDate", "attendanceMarks"),
        ("attendanceStartDate", "attendanceMarks"),
        f"{_UNVERIFIED}: Bromcom's interface",
        columns={"adno": "studentID", "start": "attendanceStartDate", "marks": "attendanceMarks"},
    ),
    Export("a ScholarPack report", (), (), "unverified: none of its headings are known to us", "scholarpack"),
)

CANONICAL = Export("canonical tables", (), (), "", columns={"adno": "pupil", "urn": "school"})
# Other headings that are plausible, and that no one vouches for: proposed, and said to be doubtful.
PLAUSIBLE: Mapping[str, Sequence[str]] = {
    "adno": ("Arbor Student ID", "StudentID", "Student Number", "Pupil Number", "Pupil No", "MIS ID", "Admission"),
    "upn": ("Pupil UPN", "Student UPN"),
    "date": ("Day", "Register Date", "Roll Call Date", "Calendar Date", "CalendarStartDate"),
    "session": ("AM or PM", "Half Day", "Roll Call", "Session Type", "Register Session", "CalendarName"),
    "mark": ("Symbol", "Attendance Symbol", "Roll Call Mark", "Register Mark", "Session Mark", "ExportMark"),
    "start": (
        "AttendanceStartDate",
        "Week Start",
        "Week Start Date",
        "Week Starting",
        "Week Commencing",
        "Week Beginning",
        "First Day",
        "From",
    ),
    "marks": ("AttendanceMarks", "Register Marks", "Marks from start"),
}


def likeness(headings: Collection[str], titles: str) -> Likeness | None:
    """The known export that the headings are most like; None when none of them is peculiar to one."""
    there, words = {plain(heading) for heading in headings}, plain(titles).split()
    found = [_like(export, there, export.word in words) for export in EXPORTS]
    return max((one for one in found if one), key=lambda one: (one.found / max(one.of, 1), one.found), default=None)


def _like(export: Export, there: Collection[str], named: bool) -> Likeness | None:
    if named:
        return Likeness(export, 0, 0, "low")
    known = {plain(heading) for heading in export.headings}
    found, of = len(known & set(there)), len(known)
    own = {plain(heading) for heading in export.own} & set(there)
    if not own or found < FEW or found < PERHAPS * of:
        return None
    if found < LIKELY * of:
        return Likeness(export, found, of, "low")
    return Likeness(export, found, of, "medium" if export.basis.startswith("unverified") else "high")
