"""The calendar, leave that was granted, and what is said of pupils only where it is asked for."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from rollbook.contract import NeedsCredentials, Page, Window
from rollbook_arbor import entities
from rollbook_arbor.entities import Entity
from rollbook_arbor.settings import FLAGS
from rollbook_arbor.tables import Read, flags, leave, sessions
from support.arbor_records import WINDOW, School, another_pupil, both_routes, one_pupil, somebody, to, told


def calendar(*days: tuple[str, bool | None, bool, bool]) -> School:
    school = School()
    for day, good, term, holiday in days:
        school.add(
            entities.CALENDAR_DATE,
            startDate=day,
            isGoodSchoolDay=good,
            term=to("1") if term else None,
            academicHoliday=to("2") if holiday else None,
        )
    return school


def sessions_of(read: Read) -> Page:
    return sessions(read, WINDOW)


DAYS = {
    "a school day": (True, True, False, [("AM", True), ("PM", True)]),
    "a Saturday in term": (False, True, False, [("AM", False), ("PM", False)]),
    "half term": (False, True, True, [("AM", False), ("PM", False)]),
    "a good day in a holiday": (True, True, True, [("AM", False), ("PM", False)]),
    "a good day in no term": (True, False, False, [("AM", False), ("PM", False)]),
    "a day in no term": (False, False, False, []),
    "a day of the summer holiday": (False, False, True, []),
}


@pytest.mark.parametrize("case", DAYS)
def test_a_day_is_open_when_it_is_good_and_in_a_term_and_in_no_holiday(case: str) -> None:
    good, term, holiday, expected = DAYS[case]
    school = calendar(("2026-11-02", good, term, holiday), ("2026-11-09", True, True, False))
    rows = [row for row in both_routes(sessions_of, school) if row["date"] == date(2026, 11, 2)]
    assert [(row["session"], row["open"]) for row in rows] == expected


@pytest.mark.parametrize(("term", "holiday"), [(False, False), (True, True)])
def test_school_days_of_which_none_is_open_are_a_lack_of_approval(term: bool, holiday: bool) -> None:
    school = calendar(("2026-11-02", True, term, holiday), ("2026-11-03", True, term, holiday))
    with pytest.raises(NeedsCredentials, match="approve reading Term and AcademicHoliday"):
        sessions_of(school.read)


def test_a_calendar_without_a_school_day_is_no_fault() -> None:
    assert [row["open"] for row in both_routes(sessions_of, calendar(("2026-11-07", False, True, False)))] == [
        False
    ] * 2


def test_the_calendar_reaches_from_the_previous_school_year_to_the_end_of_this_one() -> None:
    days = ("2025-07-31", "2025-08-01", "2026-11-02", "2027-07-31", "2027-08-01")
    rows = both_routes(sessions_of, calendar(*((day, True, True, False) for day in reversed(days))))
    assert [str(row["date"]) for row in rows[::2]] == list(days[1:4])


def test_a_window_that_begins_earlier_has_its_days() -> None:
    school = calendar(("2025-07-18", True, True, False))
    assert sessions(school.read, Window(date(2025, 7, 1), date(2026, 11, 20))).rows.height == 2


def test_days_that_cannot_be_read_or_are_given_twice_are_set_aside() -> None:
    school = calendar(
        ("2026-11-02", True, True, False),
        ("2026-11-02", False, True, False),
        ("2026-11-03", None, True, False),
        ("a day", True, True, False),
        ("2026-11-04", True, True, False),
        ("2026-11-04", True, True, False),
    )
    rows = both_routes(sessions_of, school)
    assert [(row["date"].day, row["open"]) for row in rows[::2]] == [(2, True), (4, True)]
    assert told(sessions_of(school.read)) == [
        ("AcademicCalendarDate 3", "isGoodSchoolDay"),
        ("AcademicCalendarDate 4", "startDate"),
        ("AcademicCalendarDate 2", "startDate"),
    ]


def noted(first: str | None, last: str | None, approved: str | None = "2026-10-01", mark: str = "LEAVE") -> School:
    school = one_pupil()
    for known, letter in (("LEAVE", "C"), ("ILL", "I"), ("PART_TIME", "C2"), ("ODD", "Leave of absence")):
        school.add(entities.ATTENDANCE_MARK, known, attendanceMark=letter, active=True)
    return school.add(
        entities.ABSENCE_NOTE,
        "6",
        student=to("341"),
        absenceStartDatetime=first,
        absenceEndDatetime=last,
        approvedDate=approved,
        attendanceMark=to(mark),
    )


def leave_of(read: Read) -> Page:
    return leave(read, WINDOW)


DAY, LATER = "2026-11-02 08:45:00", "2026-11-06 15:15:00"
NOTES: dict[str, tuple[School, list[tuple[str, str]], list[str]]] = {
    "granted": (noted(DAY, LATER), [("2026-11-02", "2026-11-06")], []),
    "granted for a day": (noted(DAY, DAY), [("2026-11-02", "2026-11-02")], []),
    "asked for": (noted(DAY, LATER, approved=None), [], []),
    "ill": (noted(DAY, LATER, mark="ILL"), [], []),
    "a part-time timetable is no leave": (noted(DAY, LATER, mark="PART_TIME"), [], []),
    "a mark whose letter is not known": (noted(DAY, LATER, mark="ODD"), [], []),
    "a mark that is not there": (noted(DAY, LATER, mark="GONE"), [], []),
    "without an end": (noted(DAY, None), [], ["absenceEndDatetime"]),
    "ends before it begins": (noted(LATER, DAY), [], ["absenceEndDatetime"]),
    "an end that is none": (noted(DAY, "Friday"), [], ["absenceEndDatetime"]),
    "over on that year's first day": (noted("2025-07-01", "2025-08-01"), [("2025-07-01", "2025-08-01")], []),
    "over before the previous school year": (noted("2025-07-01", "2025-07-31"), [], []),
}


@pytest.mark.parametrize("case", NOTES)
def test_leave_is_an_approved_note_whose_mark_is_c(case: str) -> None:
    school, expected, columns = NOTES[case]
    rows = both_routes(leave_of, school)
    assert [(str(row["from"]), str(row["to"])) for row in rows] == expected
    assert told(leave_of(school.read)) == [("StudentAbsenceNote 6", column) for column in columns]


def test_without_the_table_of_marks_leave_cannot_be_told() -> None:
    school = noted(DAY, LATER)
    school.records[entities.ATTENDANCE_MARK.name].clear()
    with pytest.raises(NeedsCredentials, match="shows nothing of AttendanceMark: ask the school to approve"):
        leave_of(school.read)


def flagged(*wanted: str, school: School) -> list[dict[str, Any]]:
    return both_routes(lambda read: flags(read, wanted, WINDOW), school)


def in_care(counts: bool = True, pre: str | None = "801", code: str | None = "E06000023") -> School:
    school = one_pupil().add(entities.IN_CARE_STATUS, "1", countsAsInCareStatus=counts)
    school.add(entities.AUTHORITY, "4", authorityCodePre2011=pre, authorityCode=code)
    return school.add(
        entities.IN_CARE,
        student=to("341"),
        inCareStatus=to("1"),
        startDate="2025-03-03",
        responsibleLocalAuthority=to("4"),
    )


def everything() -> School:
    school = in_care().add(entities.CHILD_PROTECTION, student=to("341"), startDate="2026-01-05", endDate="2026-06-30")
    school.add(entities.SEN_STATUS, "1", d00229="K")
    school.add(entities.SEN_ASSIGNMENT, student=to("341"), senStatus=to("1"), startDate="2024-09-02")
    school.add(entities.ELIGIBILITY, "1", eligibilityName="Free School Meals")
    return school.add(
        entities.ELIGIBILITY_RECORD, eligibility=to("1"), person=somebody("Person", "77"), startDate="2024-09-02"
    )


WANTED = {
    "looked_after": ("looked_after", "2025-03-03", "None", "801"),
    "child_protection": ("social_worker", "2026-01-05", "2026-06-30", None),
    "sen": ("sen_support", "2024-09-02", "None", None),
    "fsm": ("fsm", "2024-09-02", "None", None),
}


def test_every_flag_that_a_setting_may_ask_for_is_shown_here() -> None:
    assert set(WANTED) == set(FLAGS)


@pytest.mark.parametrize("wanted", WANTED)
def test_a_flag_that_is_asked_for(wanted: str) -> None:
    (row,) = flagged(wanted, school=everything())
    assert (row["flag"], str(row["from"]), str(row["to"]), row["authority"]) == WANTED[wanted]


@pytest.mark.parametrize("wanted", [*WANTED, None])
def test_nothing_is_read_for_a_flag_that_is_not_asked_for(wanted: str | None) -> None:
    asked: list[str] = []
    school = everything()

    def read(entity: Entity) -> Any:
        asked.append(entity.name)
        return school.read(entity)

    page = flags(read, [wanted] if wanted else [], WINDOW)
    own = {
        "looked_after": {"InCareStatusAssignment", "InCareStatus", "LocalAuthority"},
        "child_protection": {"ChildProtectionStatusAssignment"},
        "sen": {"SenStatusAssignment", "SenStatus"},
        "fsm": {"EligibilityRecord", "Eligibility", "Student"},
        None: set(),
    }[wanted]
    modes = {"EnrolmentModeAssignment", "EnrolmentMode", "AcademicYearEnrolment"}
    roll = {"EducationalInstitutionEnrolment", *modes} if wanted else set()
    assert set(asked) == own | roll
    assert len(asked) == len(set(asked))
    assert page.rows.height == len([wanted] if wanted else [])


@pytest.mark.parametrize(
    ("pre", "code", "authority"),
    [("801", "802", "801"), (None, "802", "802"), (None, "E06000023", None), ("80", None, None)],
)
def test_the_authority_is_known_by_its_three_digits(pre: str | None, code: str | None, authority: str | None) -> None:
    assert flagged("looked_after", school=in_care(pre=pre, code=code))[0]["authority"] == authority


def test_a_status_that_does_not_count_is_no_care() -> None:
    assert flagged("looked_after", school=in_care(counts=False)) == []


@pytest.mark.parametrize(("letter", "flag"), [("E", ["ehcp"]), ("K", ["sen_support"]), ("N", []), (None, [])])
def test_special_educational_needs_by_their_letter(letter: str | None, flag: list[str]) -> None:
    school = everything().change(entities.SEN_STATUS, d00229=letter)
    assert [row["flag"] for row in flagged("sen", school=school)] == flag


@pytest.mark.parametrize(
    ("name", "count"),
    [("Free School Meals", 1), ("free school meal (transitional)", 1), ("FSM", 1), ("Free transport", 0), (None, 0)],
)
def test_free_school_meals_by_name(name: str | None, count: int) -> None:
    assert len(flagged("fsm", school=everything().change(entities.ELIGIBILITY, eligibilityName=name))) == count


def test_a_flag_of_somebody_who_is_no_pupil_now_is_left_out() -> None:
    school = another_pupil(everything(), "9", "79", "2010-09-01", leavingDate="2015-07-31")
    school.add(entities.CHILD_PROTECTION, student=to("9"), startDate="2014-01-01")
    assert [row["pupil"] for row in flagged("child_protection", school=school)] == ["341"]


def test_what_was_over_long_ago_is_left_out_and_what_ends_before_it_begins_is_set_aside() -> None:
    school = everything().add(
        entities.CHILD_PROTECTION, student=to("341"), startDate="2024-01-01", endDate="2025-07-31"
    )
    school.add(entities.CHILD_PROTECTION, student=to("341"), startDate="2026-02-01", endDate="2026-01-31")
    assert len(flagged("child_protection", school=school)) == 1
    page = flags(school.read, ["child_protection"], WINDOW)
    assert told(page) == [("ChildProtectionStatusAssignment 3", "endDate")]
