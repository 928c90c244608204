"""Pupils, spells on the roll and flags, out of Wonde's students and leavers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec
from rollbook.contract import Page, Reject
from rollbook.tables.schemas import Table

from rollbook_wonde.days import day_of
from rollbook_wonde.records import Enrolled, Flagged, Leaver, Person

MALFORMED = (msgspec.MsgspecError, UnicodeDecodeError, ValueError)
SEX = {"FEMALE": "F", "MALE": "M"}
SEN = {"K": "sen_support", "E": "ehcp", "N": None, "": None}
"""The school census's codes of SEN provision, by which a status is written. Other words are set aside."""


class Pupil(msgspec.Struct):
    pupil: str
    upn: str | None
    former_upn: str | None
    surname: str | None
    forename: str | None
    preferred_surname: str | None
    preferred_forename: str | None
    dob: date | None
    sex: str | None


class Spell(msgspec.Struct):
    pupil: str
    from_: date | None
    to: date | None
    year_group: int | None
    destination: str | None


class Flag(msgspec.Struct):
    pupil: str
    flag: str


def pupils(one: Person) -> list[Pupil]:
    """Who the student is. Wonde's `surname` is the one in use; the legal one counts."""
    surname, forename = one.legal_surname or one.surname, one.legal_forename or one.forename
    details = one.education_details.data
    return [
        Pupil(
            pupil=one.upi,
            upn=details.upn or None,
            former_upn=details.former_upn or None,
            surname=surname or None,
            forename=forename or None,
            preferred_surname=one.surname if one.surname and one.surname != surname else None,
            preferred_forename=one.forename if one.forename and one.forename != forename else None,
            dob=day_of(one.date_of_birth),
            sex=SEX.get((one.gender or "").upper()),
        )
    ]


def spells(one: Enrolled) -> list[Spell]:
    """The spell of this enrolment, and where a leaver went."""
    details = one.education_details.data
    went = one.extended_details.data.leaver_destination if isinstance(one, Leaver) else None
    first, last = day_of(details.admission_date), day_of(details.leaving_date)
    return [Spell(one.upi, first, last, _year_group(details.current_nc_year), went or None)]


def _year_group(said: str | int | None) -> int | None:
    """`R` is reception, `N1` and `N2` nursery, the others are numbers. What is none of these is not known."""
    text = str(said).strip().upper() if said is not None else ""
    if text.isdecimal():
        return int(text) if int(text) < 20 else None
    return 0 if text == "R" else -1 if text in ("N", "N1", "N2") else None


def flags(one: Flagged) -> list[Flag]:
    """What holds now: Wonde says no days with it. A child with a protection plan has a social worker."""
    said = one.extended_details.data
    sen = SEN[(said.sen_status or "").strip().upper()]
    found = {
        "fsm": said.free_school_meals,
        "looked_after": said.in_lea_care,
        "social_worker": said.child_protection_plan,
        "child_in_need": said.child_in_need,
    }
    return [Flag(one.upi, flag) for flag in [*(flag for flag, holds in found.items() if holds), *([sen] if sen else [])]]


class Reading(NamedTuple):
    """How a table of people is read: a list of Wonde's, what to include, and what becomes of each record there."""

    path: str
    include: str
    form: Any
    rows: Callable[[Any], list[Any]]
    key: Callable[[Any], Any]


def readings(table: Table, extended: bool) -> list[Reading]:
    """The students first: where somebody is among the leavers too, who came back, what holds now is said once."""
    if table is Table.FLAGS:
        return [Reading("students", "extended_details", Flagged, flags, attrgetter("pupil", "flag"))]
    if table is Table.PUPILS:
        said = ("education_details", Person, pupils, attrgetter("pupil"))
        return [Reading("students", *said), Reading("students-leaver", *said)]
    key = attrgetter("pupil", "from_")
    now = Reading("students", "education_details", Enrolled, spells, key)
    if extended:
        return [now, Reading("students-leaver", "education_details,extended_details", Leaver, spells, key)]
    return [now, now._replace(path="students-leaver")]


def page_of(table: Table, reading: Reading, records: Iterable[msgspec.Raw], origin: str, seen: set[Any]) -> Page:
    """A page. `seen`: the keys of the rows that were given before; those of this page are added to it."""
    rows, rejects = [], []
    for number, record in enumerate(records, 1):
        try:
            said = reading.rows(msgspec.json.decode(record, type=reading.form, strict=False))
        except (*MALFORMED, KeyError):
            reason = "a field is missing, or is not of its form"
            rejects.append(Reject(f"{origin}, record {number}", "", reason))
            continue
        rows += [row for row in said if reading.key(row) not in seen]
        seen.update(map(reading.key, said))
    return Page.of(table, rows, rejects=rejects, origin=origin)
