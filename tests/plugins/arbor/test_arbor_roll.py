"""The roll: spells, guests, year groups, classes, boarders, grounds."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from rollbook.contract import Page
from rollbook_arbor import entities
from rollbook_arbor.tables import Read, guests, roll
from rollbook_arbor.tables.roll import year_group
from rollbook_arbor.tables.spells import Spell
from support.arbor_records import WINDOW, School, both_routes, one_pupil, to, told


def page(read: Read) -> Page:
    return roll(read, WINDOW)


def spells(school: School) -> list[tuple[str, str | None]]:
    return [(str(row["from"]), str(row["to"]) if row["to"] else None) for row in both_routes(page, school)]


def only(school: School) -> dict[str, Any]:
    (row,) = both_routes(page, school)
    return row


def enrolled(*days: tuple[str | None, str | None]) -> School:
    school = one_pupil()
    school.records[entities.ENROLMENT.name].clear()
    for first, last in days:
        school.add(entities.ENROLMENT, student=to("341"), entryDate=first, leavingDate=last)
    return school


def with_modes(school: School, *modes: tuple[str, str | None, str | None]) -> School:
    school.add(entities.YEAR_ENROLMENT, "1", student=to("341"), startDate="2026-09-01", endDate="2027-07-31")
    for letter in sorted({letter for letter, _, _ in modes}):
        school.add(entities.MODE, letter, code=letter, d00018=letter)
    for letter, first, last in modes:
        school.add(
            entities.MODE_ASSIGNMENT,
            academicYearEnrolment=to("1"),
            enrolmentMode=to(letter),
            startDate=first,
            endDate=last,
        )
    return school


def with_levels(school: School, *levels: tuple[str, str | None, str | None]) -> School:
    """A membership of each: the grade's d00020, first and last day."""
    for number, (grade, first, last) in enumerate(levels, start=1):
        known = str(number)
        school.add(entities.GRADE, known, d00020=grade)
        school.add(entities.LEVEL, known, curriculumGrade=to(known))
        school.add(entities.LEVEL_MEMBERSHIP, student=to("341"), academicLevel=to(known), startDate=first, endDate=last)
    return school


SPELLS: dict[str, tuple[list[tuple[str | None, str | None]], list[tuple[str, str | None]]]] = {
    "on the roll": ([("2024-09-02", None)], [("2024-09-02", None)]),
    "left": ([("2024-09-02", "2026-10-09")], [("2024-09-02", "2026-10-09")]),
    "came back": (
        [("2026-09-01", None), ("2024-09-02", "2025-12-19")],
        [("2024-09-02", "2025-12-19"), ("2026-09-01", None)],
    ),
    "left and came back on one day": (
        [("2024-09-02", "2026-10-09"), ("2026-10-09", None)],
        [("2024-09-02", "2026-10-08"), ("2026-10-09", None)],
    ),
    "left on the last day before the previous school year": ([("2020-09-01", "2025-07-31")], []),
    "comes next year": ([("2027-09-01", None)], [("2027-09-01", None)]),
}


@pytest.mark.parametrize("case", SPELLS)
def test_spells(case: str) -> None:
    given, expected = SPELLS[case]
    assert spells(enrolled(*given)) == expected


SET_ASIDE: dict[str, tuple[list[tuple[str | None, str | None]], list[tuple[str, str]]]] = {
    "no entry date": ([("2024-09-02", None), (None, None)], [("EducationalInstitutionEnrolment 2", "entryDate")]),
    "an entry date that is none": (
        [("2024-09-02", None), ("2nd September", None)],
        [("EducationalInstitutionEnrolment 2", "entryDate")],
    ),
    "a leaving date that is none does not pass for still there": (
        [("2024-09-02", None), ("2020-09-01", "in July")],
        [("EducationalInstitutionEnrolment 2", "leavingDate")],
    ),
    "left before they came": (
        [("2024-09-02", None), ("2024-01-08", "2023-12-01")],
        [("EducationalInstitutionEnrolment 2", "leavingDate")],
    ),
    "twice at once: the later is not taken": (
        [("2026-09-01", None), ("2024-09-02", None)],
        [("EducationalInstitutionEnrolment 1", "entryDate")],
    ),
}


@pytest.mark.parametrize("case", SET_ASIDE)
def test_an_enrolment_that_cannot_be_right_is_set_aside(case: str) -> None:
    given, aside = SET_ASIDE[case]
    school = enrolled(*given)
    assert len(spells(school)) == 1
    assert told(page(school.read)) == aside


def test_a_second_enrolment_at_once_is_counted_as_such() -> None:
    (reject,) = page(enrolled(("2024-09-02", None), ("2026-09-01", None)).read).rejects
    assert reject.kind == "overlapping_spells"


MODES: dict[str, tuple[list[tuple[str, str | None, str | None]], list[tuple[str, str | None]]]] = {
    "current": ([("C", None, None)], [("2026-09-01", None)]),
    "main and subsidiary are both on the roll": (
        [("M", None, "2026-10-01"), ("S", "2026-10-02", None)],
        [("2026-09-01", None)],
    ),
    "guest for part of it": (
        [("C", None, "2026-09-30"), ("G", "2026-10-01", "2026-10-09"), ("C", "2026-10-10", None)],
        [("2026-09-01", "2026-09-30"), ("2026-10-10", None)],
    ),
    "guest first, then ours": ([("G", None, "2026-09-30"), ("C", "2026-10-01", None)], [("2026-10-01", None)]),
    "guest and registered at once is registered": ([("G", None, None), ("S", None, None)], [("2026-09-01", None)]),
}


@pytest.mark.parametrize("case", MODES)
def test_a_guest_is_not_on_the_roll(case: str) -> None:
    given, expected = MODES[case]
    assert spells(with_modes(enrolled(("2026-09-01", None)), *given)) == expected


def test_who_is_only_a_guest_is_not_on_the_roll_at_all_and_is_told_by_the_days() -> None:
    school = with_modes(enrolled(("2026-09-01", "2027-07-31")), ("G", None, None))
    assert spells(school) == []
    away = {"341": [Spell(date(2026, 9, 1), date(2027, 10, 1))]}  # and the holiday, in which nothing holds
    assert guests(school.read) == guests(school.read_rest) == away


def test_a_guest_is_not_on_the_roll_for_the_holiday_between_two_years() -> None:
    school = with_modes(enrolled(("2025-09-01", "2027-07-31")), ("G", None, None))
    school.add(entities.YEAR_ENROLMENT, "0", student=to("341"), startDate="2025-09-01", endDate="2026-07-24")
    school.add(entities.MODE_ASSIGNMENT, academicYearEnrolment=to("0"), enrolmentMode=to("G"))
    assert spells(school) == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [("G", "C", [("2026-09-01", "2027-07-31")]), ("C", "G", [("2025-09-01", "2026-08-31")])],
)
def test_from_one_year_to_the_next_a_guest_may_join_and_a_pupil_leave(
    before: str, after: str, expected: list[tuple[str, str]]
) -> None:
    school = with_modes(enrolled(("2025-09-01", "2027-07-31")), (after, None, None))
    school.add(entities.MODE, before, d00018=before)
    school.add(entities.YEAR_ENROLMENT, "0", student=to("341"), startDate="2025-09-01", endDate="2026-07-24")
    school.add(entities.MODE_ASSIGNMENT, academicYearEnrolment=to("0"), enrolmentMode=to(before))
    assert spells(school) == expected


def test_a_guest_who_stays_without_a_mode_is_on_the_roll_again() -> None:
    school = with_modes(enrolled(("2026-09-01", None)), ("G", None, "2026-10-09"))
    assert spells(school) == [("2026-10-10", None)]


def test_a_ground_stays_with_the_last_piece_of_a_spell() -> None:
    school = one_pupil(entryDate="2026-09-01", leavingDate="2026-11-06", removalGrounds="a")
    with_modes(school, ("C", None, "2026-09-30"), ("G", "2026-10-01", "2026-10-09"), ("C", "2026-10-10", None))
    assert [row["ground"] for row in both_routes(page, school)] == [None, "a"]


@pytest.mark.parametrize(
    ("written", "ground"),
    [
        ("f", "f"),
        ("(I)", "i"),
        ("o", "o"),
        ("p", None),
        ("moved away", None),
        ("8(1)(f)", None),
        (None, None),
        (8, None),
    ],
)
def test_a_ground_is_a_letter_of_the_regulation_or_nothing(written: Any, ground: str | None) -> None:
    assert only(one_pupil(leavingDate="2026-10-09", removalGrounds=written))["ground"] == ground


def test_who_is_on_the_roll_has_no_ground() -> None:
    assert only(one_pupil(removalGrounds="f"))["ground"] is None


YEARS = [
    ("R", 0), ("N1", -1), ("N2", -1), ("N", -1), ("1", 1), ("07", 7), ("14", 14), ("15", None), ("0", None),
    ("Year 7", 7), ("Year  11", 11), ("Yr 3", 3), ("Y10", 10), ("NC Year 4", 4), ("Reception", 0), ("Year R", 0),
    ("Nursery", -1), ("Nursery 2", -1), ("X", None), ("Upper Sixth", None), ("", None), (None, None), ("٧", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "year"), YEARS)
def test_year_groups_as_they_are_written(text: str | None, year: int | None) -> None:
    assert year_group(text) == year


LEVELS: dict[str, tuple[list[tuple[str, str | None, str | None]], str | None, int | None]] = {
    "now": ([("6", "2025-09-01", "2026-07-24"), ("7", "2026-09-01", "2027-07-23")], None, 7),
    "without dates": ([("7", None, None)], None, 7),
    "at the end of the spell": ([("6", "2025-09-01", "2026-07-24"), ("7", "2026-09-01", None)], "2026-03-27", 6),
    "in the holiday after it": ([("6", "2025-09-01", "2026-07-24")], "2026-08-31", 6),
    "not long after": ([("6", "2025-09-01", "2026-07-24")], None, None),
    "moved within the year": ([("7", "2026-09-01", "2026-10-30"), ("8", "2026-10-31", None)], None, 8),
    "two at once: the newer": ([("8", "2026-10-05", None), ("7", "2026-09-01", None)], None, 8),
    "none": ([], None, None),
}


@pytest.mark.parametrize("case", LEVELS)
def test_the_year_group_is_that_of_today_or_of_the_last_day(case: str) -> None:
    levels, left, year = LEVELS[case]
    assert only(with_levels(one_pupil(leavingDate=left), *levels))["year_group"] == year


@pytest.mark.parametrize(
    ("grade", "level", "year"),
    [(None, "Year 9", 9), ("Reception", "Red", 0), ("Class 4", "Year 4", 4), (None, None, None)],
)
def test_where_the_grade_has_no_number_its_name_is_read_then_the_levels(
    grade: str | None, level: str | None, year: int | None
) -> None:
    school = with_levels(one_pupil(), ("X", None, None))
    school.change(entities.GRADE, curriculumGradeName=grade).change(entities.LEVEL, academicLevelName=level)
    assert only(school)["year_group"] == year


@pytest.mark.parametrize(("name", "short", "shown"), [("7 Red", "7R", "7 Red"), (None, "7R", "7R"), (None, None, None)])
def test_the_class_is_the_registration_form(name: str | None, short: str | None, shown: str | None) -> None:
    school = one_pupil().add(entities.FORM, "3", registrationFormName=name, shortName=short)
    school.add(entities.FORM_MEMBERSHIP, student=to("341"), registrationForm=to("3"), startDate="2026-09-01")
    assert only(school)["class_name"] == shown


@pytest.mark.parametrize(
    ("status", "last", "boards"),
    [("Full boarder", None, True), ("Not a boarder", None, False), ("Day pupil", None, False), ("N", None, False),
     ("Weekly", "2026-10-23", False)],
)  # fmt: skip
def test_boarders(status: str, last: str | None, boards: bool) -> None:
    school = one_pupil().add(entities.BOARDING_STATUS, "4", description=status)
    school.add(
        entities.BOARDING,
        student=to("341"),
        effectiveDate="2026-09-01",
        endDate=last,
        tuesdayBoardingStatus=to("4"),
    )
    assert only(school)["boarder"] is boards


def test_a_pupil_without_a_pattern_does_not_board() -> None:
    assert only(one_pupil())["boarder"] is False
