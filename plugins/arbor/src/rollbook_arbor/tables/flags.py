"""What is said of pupils for groups, each kind only where a setting asks for it: it is the most personal of all."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Final, TypeAlias

from rollbook.contract import Page, Window
from rollbook.tables.checks import la_problem
from rollbook.tables.schemas import Table
from rollbook.tables.words import Flag
from rollbook_arbor.tables.enrolments import students
from rollbook_arbor.tables.loading import Read, Reading, Row, Shape
from rollbook_arbor.tables.pupils import owners_of
from rollbook_arbor.tables.shaped import (
    AUTHORITY,
    CHILD_PROTECTION,
    ELIGIBILITY,
    ELIGIBILITY_RECORD,
    IN_CARE,
    IN_CARE_STATUS,
    SEN_ASSIGNMENT,
    SEN_STATUS,
    STUDENT,
)
from rollbook_arbor.tables.spells import spell_of, years_of

_SEN: Final = {"E": Flag.EDUCATION_HEALTH_CARE_PLAN, "K": Flag.SEN_SUPPORT}
_MEALS: Final = re.compile(r"\bfree\s+school\s+meals?\b|\bfsm\b", re.IGNORECASE)


@dataclass(frozen=True)
class _Said:
    """That a record says `flag` of a student; authority: whose it is, three digits."""

    student: str
    flag: Flag
    row: Row
    authority: str | None = None


_Kind: TypeAlias = Callable[[Reading, Collection[str]], Iterator[_Said]]


def flags(read: Read, wanted: Collection[str], window: Window) -> Page:
    """Rows of the kinds that are `wanted`, of `settings.FLAGS`; nothing is read for another. Of pupils of the roll, and
    not what was over before the previous school year. Raises NeedsCredentials, VendorMustAct, and what `read` raises.
    """
    told = Reading(read)
    who = students(read, window) if wanted else {}
    since = years_of(window).first
    rows = []
    for shape, kind in (_KINDS[name] for name in _KINDS if name in wanted):
        for said in kind(told, who):
            spell = spell_of(said.row)
            if spell.end < spell.first:
                told.reject(shape, said.row["id"], "endDate", "is before the start: correct it in Arbor")
            elif spell.end >= since:
                rows.append(_row(said))
    return Page.of(Table.FLAGS, rows, rejects=told.rejects, origin="Arbor")


def _row(said: _Said) -> SimpleNamespace:
    days = {"from": said.row["startDate"], "to": said.row["endDate"]}
    return SimpleNamespace(pupil=said.student, flag=said.flag.value, authority=said.authority, **days)


def _looked_after(told: Reading, who: Collection[str]) -> Iterator[_Said]:
    for student, rows in told.grouped(IN_CARE, "student", who).items():
        for row in rows:
            status = told.one(IN_CARE_STATUS, row["inCareStatus"])
            if status and status["countsAsInCareStatus"]:
                authority = told.perhaps(AUTHORITY, row["responsibleLocalAuthority"])
                yield _Said(student, Flag.LOOKED_AFTER, row, _number(authority))


def _number(authority: Row | None) -> str | None:
    """The number by which the DfE knows an authority; its other code is one of statistics."""
    codes = (authority["authorityCodePre2011"], authority["authorityCode"]) if authority else ()
    return next((code for code in codes if code and la_problem(code) is None), None)


def _child_protection(told: Reading, who: Collection[str]) -> Iterator[_Said]:
    """A child with a protection plan has a social worker."""
    for student, rows in told.grouped(CHILD_PROTECTION, "student", who).items():
        yield from (_Said(student, Flag.SOCIAL_WORKER, row) for row in rows)


def _sen(told: Reading, who: Collection[str]) -> Iterator[_Said]:
    for student, rows in told.grouped(SEN_ASSIGNMENT, "student", who).items():
        for row in rows:
            status = told.one(SEN_STATUS, row["senStatus"])
            flag = _SEN.get((status["d00229"] or "").upper()) if status else None
            if flag:
                yield _Said(student, flag, row)


def _fsm(told: Reading, who: Collection[str]) -> Iterator[_Said]:
    silent = told.quietly()
    known = {student: owners_of(student, silent.perhaps(STUDENT, student)) for student in who}
    student_of = {owner: student for student, owners in known.items() for owner in owners}
    for owner, rows in told.grouped(ELIGIBILITY_RECORD, "person", student_of).items():
        for row in rows:
            what = told.one(ELIGIBILITY, row["eligibility"])
            if what and _MEALS.search(what["eligibilityName"] or ""):
                yield _Said(student_of[owner], Flag.FREE_SCHOOL_MEALS, row)


_KINDS: Final[Mapping[str, tuple[Shape, _Kind]]] = {
    "looked_after": (IN_CARE, _looked_after),
    "child_protection": (CHILD_PROTECTION, _child_protection),
    "sen": (SEN_ASSIGNMENT, _sen),
    "fsm": (ELIGIBILITY_RECORD, _fsm),
}
