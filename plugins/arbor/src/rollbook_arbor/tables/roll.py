"""The roll: spells, with year group, class and boarding as they stand now or stood on the last day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Final

from rollbook.contract import Page, Window
from rollbook.tables.schemas import Table
from rollbook_arbor.tables.enrolments import Enrolment, enrolments
from rollbook_arbor.tables.loading import Read, Reading, Row
from rollbook_arbor.tables.shaped import (
    BOARDING,
    BOARDING_STATUS,
    FORM,
    FORM_MEMBERSHIP,
    GRADE,
    LEVEL,
    LEVEL_MEMBERSHIP,
    NIGHTS,
)
from rollbook_arbor.tables.spells import Spell, in_force, spell_of

_HIGHEST: Final = 14
_YEAR: Final = re.compile(r"(?:(?:nc)?(?:year|yr|y)(?:group)?)?([0-9]{1,2})")
_NURSERY: Final = re.compile(r"n[12]?|nursery[12]?")
_RECEPTION: Final = frozenset({"r", "reception", "yearr", "yr"})
_NO_NIGHT: Final = re.compile(r"n|no|none|not?[ _-].*|non[ _-].*|day.*", re.IGNORECASE)


def roll(read: Read, window: Window) -> Page:
    """Every spell since the first day of the previous school year. The window's last day is today.

    Where a leaver went is not among what Arbor gives. Raises NeedsCredentials, VendorMustAct, and what `read` raises.
    """
    told = Reading(read)
    found = enrolments(told, window)
    levels = told.grouped(LEVEL_MEMBERSHIP, "student", found)
    forms = told.grouped(FORM_MEMBERSHIP, "student", found)
    boarding = told.grouped(BOARDING, "student", found)
    rows = []
    for student, spells in found.items():
        for one in spells:
            day = one.spell.nearest(window.last)
            more = {
                "year_group": _year_group(told, in_force(levels.get(student, ()), day)),
                "class_name": _class(told, in_force(forms.get(student, ()), day)),
                "boarder": _boards(told, [row for row in boarding.get(student, ()) if _pattern(row).holds(day)]),
            }
            rows.append(_row(one, more))
    return Page.of(Table.ROLL, rows, rejects=told.rejects, origin="EducationalInstitutionEnrolment")


def year_group(text: str | None) -> int | None:
    """`R` and `Reception` are 0; `N1`, `N2`, `Nursery` -1; `7` and `Year 7` 7; None for what is none (`X`)."""
    plain = re.sub(r"[\s.]+", "", text or "").lower()
    if plain in _RECEPTION:
        return 0
    if _NURSERY.fullmatch(plain):
        return -1
    number = _YEAR.fullmatch(plain)
    return int(number[1]) if number and 1 <= int(number[1]) <= _HIGHEST else None


def _row(one: Enrolment, more: Mapping[str, object]) -> SimpleNamespace:
    return SimpleNamespace(
        **{"pupil": one.student, "from": one.spell.first, "to": one.spell.last, "ground": one.ground}, **more
    )


def _year_group(told: Reading, membership: Row | None) -> int | None:
    level = told.one(LEVEL, membership["academicLevel"]) if membership else None
    if level is None:
        return None
    grade = told.perhaps(GRADE, level["curriculumGrade"]) or {"d00020": None, "curriculumGradeName": None}
    said = (grade["d00020"], grade["curriculumGradeName"], level["academicLevelName"])
    return next((number for text in said if (number := year_group(text)) is not None), None)


def _class(told: Reading, membership: Row | None) -> str | None:
    form = told.perhaps(FORM, membership["registrationForm"]) if membership else None
    return (form["registrationFormName"] or form["shortName"]) if form else None


def _pattern(row: Row) -> Spell:
    return spell_of(row, "effectiveDate")


def _boards(told: Reading, patterns: Iterable[Row]) -> bool:
    return any(_is_night(told, row[night]) for row in patterns for night in NIGHTS if row[night])


def _is_night(told: Reading, status: str) -> bool:
    """Whether a boarding status says that the pupil sleeps there: any that does not say the opposite."""
    known = told.perhaps(BOARDING_STATUS, status) or {}
    said = (status, known.get("code"), known.get("description"))
    return not any(_NO_NIGHT.fullmatch(text) for text in said if text)
