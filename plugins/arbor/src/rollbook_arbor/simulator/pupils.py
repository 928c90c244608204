"""Pupils, their UPNs, and where they are on the roll, as Arbor holds them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl

from rollbook.tables.schemas import Table
from rollbook.testing.calendars import year_of
from rollbook.testing.schools import MadeSchool
from rollbook_arbor.simulator.book import Book, at
from rollbook_arbor.simulator.fixed import CURRENT, DUAL, GUEST, OTHER_SCHOOL
from rollbook_arbor.simulator.model import Link

GUEST_PUPIL = "900001"  # a pupil of another school, here as a guest: not on the roll
GROUND = "a"  # on which the names of leavers are deleted


def write_pupils(book: Book, school: MadeSchool, held: Mapping[Table, pl.DataFrame], evening: date) -> None:
    """Students, persons, UPNs, enrolments, year groups, forms and modes; and one guest."""
    changed = _upn_since(school)
    for pupil in held[Table.PUPILS].iter_rows(named=True):
        _pupil(book, pupil, changed.get((pupil["pupil"], pupil["upn"]), school.first))
    elsewhere = held[Table.MARKS].filter(pl.col("code") == "D")["pupil"].unique().to_list()
    for spell in held[Table.ROLL].sort("pupil", "from").iter_rows(named=True):
        mode = DUAL if spell["pupil"] in elsewhere else CURRENT
        _spell(book, spell, evening, mode)
    _guest(book, school, evening)


def _upn_since(school: MadeSchool) -> dict[tuple[str, str | None], date]:
    rows = school.history[Table.PUPILS].select("pupil", "upn", "known_from")
    return {(pupil, upn): day for pupil, upn, day in rows.iter_rows()}


def _pupil(book: Book, pupil: Mapping[str, Any], since: date) -> None:
    key = pupil["pupil"]
    book.add(
        "Person",
        key,
        displayName=f"{pupil['forename']} {pupil['surname']}",
        legalFirstName=pupil["forename"],
        legalLastName=pupil["surname"],
        preferredFirstName=pupil.get("preferred_forename"),
        preferredLastName=pupil.get("preferred_surname"),
        dateOfBirth=pupil["dob"],
        gender={"F": "1", "M": "2"}.get(pupil["sex"]),
    )
    book.add("Student", key, displayName=f"{pupil['forename']} {pupil['surname']}", person=key, studentNumber=key)
    if pupil["former_upn"]:
        _upn(book, f"{key}1", key, pupil["former_upn"], since - timedelta(days=365), since - timedelta(days=1))
        _upn(book, f"{key}2", key, pupil["upn"], since, None)
    elif pupil["upn"]:
        _upn(book, f"{key}1", key, pupil["upn"], since - timedelta(days=365), None)


def _upn(book: Book, number: str, student: str, upn: str, first: date, last: date | None) -> None:
    book.add(
        "UkDfe_UpnAssignment",
        number,
        student=student,
        upn=upn,
        issuedLocalAuthority=upn[1:4],
        issuedEstablishmentNumber=upn[4:8],
        startDatetime=at(first),
        endDatetime=at(last, 23, 59) if last else None,
        isTemporary=upn[-1].isalpha(),
    )


def _spell(book: Book, spell: dict[str, Any], evening: date, mode: str) -> None:
    key, entry, leaving = spell["pupil"], spell["from"], spell["to"]
    number = key if key not in book.objects["EducationalInstitutionEnrolment"] else f"{key}{entry:%y%m%d}"
    ground = (spell["ground"] or GROUND) if leaving else None
    book.add(
        "EducationalInstitutionEnrolment",
        number,
        student=key,
        entryDate=entry,
        leavingDate=leaving,
        removalGrounds=ground,
    )
    # Who left in a year before this one was in that year's group to the end.
    year = year_of(min(leaving or evening, evening))
    begins = max(entry, date(year, 9, 1))
    _in_year(book, number, spell, (begins, leaving), year, mode)
    if entry < begins:  # the year before, in the year group below: over
        past = (max(entry, date(year - 1, 9, 1)), date(year, 8, 31))
        below = None if spell["year_group"] is None else spell["year_group"] - 1
        _in_year(book, f"{number}0", spell | {"year_group": below}, past, year - 1, mode)


def _in_year(
    book: Book, number: str, spell: dict[str, Any], during: tuple[date, date | None], year: int, mode: str
) -> None:
    """A pupil's place in one academic year, and in which mode."""
    first, last = during
    _memberships(book, number, spell, during, year)
    enrolment = book.add(
        "AcademicYearEnrolment", number, academicYear=str(year), student=spell["pupil"], startDate=first, endDate=last
    )
    other = OTHER_SCHOOL if mode == DUAL else None
    book.add(
        "EnrolmentModeAssignment",
        number,
        academicYearEnrolment=enrolment,
        enrolmentMode=mode,
        startDate=first,
        endDate=last,
        otherEducationalInstitution=other,
    )


def _memberships(book: Book, number: str, spell: dict[str, Any], during: tuple[date, date | None], year: int) -> None:
    student, (first, last) = spell["pupil"], during
    if spell["year_group"] is not None:
        level = _level(book, spell["year_group"], year)
        book.add("AcademicLevelMembership", number, academicLevel=level, student=student, startDate=first, endDate=last)
    if spell["class_name"]:
        name = spell["class_name"]
        key = f"{year}{''.join(f'{ord(one):02d}' for one in name)}"
        form = book.add(
            "RegistrationForm", key, registrationFormName=name, shortName=name, code=name, academicYear=str(year)
        )
        book.add(
            "RegistrationFormMembership", number, registrationForm=form, student=student, startDate=first, endDate=last
        )


def _level(book: Book, group: int, year: int) -> Link:
    code = {-2: "N1", -1: "N2", 0: "R"}.get(group, str(group))
    name = {-2: "Nursery", -1: "Nursery", 0: "Reception"}.get(group, f"Year {group}")
    grade = book.add("CurriculumGrade", group + 10, curriculumGradeName=name, d00020=code, code=code, active=True)
    return book.add(
        "AcademicLevel",
        year * 100 + group + 10,
        academicLevelName=name,
        shortName=code,
        curriculumGrade=grade,
        academicYear=str(year),
    )


def _guest(book: Book, school: MadeSchool, evening: date) -> None:
    pupil = {"pupil": GUEST_PUPIL, "upn": None, "former_upn": None, "surname": "Guestling", "forename": "Rowan"}
    _pupil(book, pupil | {"dob": date(school.last.year - 8, 1, 15), "sex": "F"}, school.first)
    spell = {"pupil": GUEST_PUPIL, "from": school.first, "to": None, "ground": None}
    _spell(book, spell | {"year_group": school.lowest_year + 1, "class_name": None}, evening, GUEST)


def guest_marks(evening: date, sessions: pl.DataFrame) -> pl.DataFrame:
    """Columns of the page `marks`: the guest is there on the first days of the school's register."""
    days = sessions.filter(pl.col("open") & (pl.col("date") <= evening)).head(8)
    code = pl.when(pl.col("session") == "AM").then(pl.lit("/")).otherwise(pl.lit("\\"))
    return days.select(pl.lit(GUEST_PUPIL).alias("pupil"), "date", "session", code.alias("code"))
