"""Leave of absence that was granted: approved notes of absence whose mark is C."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Final

from rollbook.contract import Page, Window
from rollbook.tables.schemas import Table
from rollbook_arbor.entities import ATTENDANCE_MARK
from rollbook_arbor.letters import table_of
from rollbook_arbor.tables.enrolments import students
from rollbook_arbor.tables.loading import Read, Reading, check_records
from rollbook_arbor.tables.shaped import ABSENCE_NOTE
from rollbook_arbor.tables.spells import spell_of, years_of

LEAVE: Final = "C"


def leave(read: Read, window: Window) -> Page:
    """A row for each stretch of leave of a pupil of the roll, that is not over before the previous school year.

    Raises NeedsCredentials, VendorMustAct, and what `read` raises.
    """
    told = Reading(read)
    marks = read(ATTENDANCE_MARK)
    check_records(ATTENDANCE_MARK, marks)
    letters = table_of(marks)
    since = years_of(window).first
    rows = []
    for student, notes in told.grouped(ABSENCE_NOTE, "student", students(read, window)).items():
        for note in notes:
            if note["approvedDate"] is None or letters.get(note["attendanceMark"]) != LEAVE:
                continue
            first, last = note["absenceStartDatetime"], note["absenceEndDatetime"]
            if first is None or last is None or last < first:
                told.reject(ABSENCE_NOTE, note["id"], "absenceEndDatetime", _NO_DAYS)
            elif spell_of(note, "absenceStartDatetime", "absenceEndDatetime").end >= since:
                rows.append(SimpleNamespace(**{"pupil": student, "from": first, "to": last}))
    return Page.of(Table.LEAVE, rows, rejects=told.rejects, origin="StudentAbsenceNote")


_NO_DAYS: Final = "leave has no first and last day in order: correct the note in Arbor"
