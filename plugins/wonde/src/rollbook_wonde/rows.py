"""From Wonde's records to pages of Rollbook's: as tuples, a page at a time, and never an object kept for each mark."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

import msgspec
import polars as pl

from rollbook.contract import Page, Reject, VendorMustAct, Window
from rollbook.tables.schemas import Table, page_schema
from rollbook_wonde.days import day_of
from rollbook_wonde.records import Flagged, Leaver, Mark, Person

DAY = timedelta(days=1)
MALFORMED = (msgspec.MsgspecError, UnicodeDecodeError, ValueError)
COLUMNS = {
    Table.PUPILS: "pupil upn former_upn surname forename preferred_surname preferred_forename dob sex",
    Table.ROLL: "pupil from to year_group destination",
    Table.FLAGS: "pupil flag",
    Table.MARKS: "pupil date session code",
}
KEYS = {Table.PUPILS: 1, Table.ROLL: 2, Table.FLAGS: 2}
"""How many columns a row of people is known by."""
SEX = {"FEMALE": "F", "MALE": "M"}
YEARS = {"R": 0, "N": -1, "N1": -1, "N2": -1} | {str(year): year for year in range(15)}
SEN = {"k": "sen_support", "e": "ehcp", "n": "", "": ""}
"""The school census's codes. Another status stands as a flag of the school's own: nothing is guessed, nor lost."""
Rows = list[tuple[Any, ...]]


class Unlisted(ValueError):
    """A mark of a student whom Wonde lists neither among the students nor among the leavers. Its text is ours alone."""


def pupil(one: Person) -> Rows:
    """Who the student is: the legal name, and the one in use where it is another."""
    details = one.education_details.data
    legal = one.legal_surname or one.surname or None, one.legal_forename or one.forename or None
    in_use = one.surname or None, one.forename or None
    other = (said if said != name else None for said, name in zip(in_use, legal, strict=True))
    sex = SEX.get((one.gender or "").upper())
    return [(one.upi, details.upn or None, details.former_upn or None, *legal, *other, day_of(one.date_of_birth), sex)]


def spell(one: Person) -> Rows:
    """The days of this enrolment, and where a leaver went."""
    details = one.education_details.data
    went = one.extended_details.data.leaver_destination if isinstance(one, Leaver) else None
    year = YEARS.get(str(details.current_nc_year).strip().upper())
    return [(one.upi, day_of(details.admission_date), day_of(details.leaving_date), year, went or None)]


def ended(one: Person) -> Rows:
    """The spell of a leaver. One without a last day is set aside: it would be on the roll for ever."""
    if one.education_details.data.leaving_date is None:
        raise ValueError("no leaving date")
    return spell(one)


def flags(one: Flagged) -> Rows:
    """What holds now: Wonde says no days with it. A child with a protection plan has a social worker."""
    said = one.extended_details.data
    sen = (said.sen_status or "").strip().lower()
    found = {
        "fsm": said.free_school_meals,
        "looked_after": said.in_lea_care,
        "social_worker": said.child_protection_plan,
        "child_in_need": said.child_in_need,
        SEN.get(sen, sen): bool(SEN.get(sen, sen)),
    }
    return [(one.upi, flag) for flag, holds in found.items() if holds]


def marks(upis: Mapping[str, str], window: Window) -> Callable[[Mark], Rows]:
    """How marks of the window are read. `upis`: the key of each student, by the id that a mark names."""

    def rows(one: Mark) -> Rows:
        day = day_of(one.date)
        if day is None or not window.first - DAY <= day <= window.last + DAY:
            raise VendorMustAct("Wonde gave marks of days that it was not asked for: check days_parameters.")
        if not window.first <= day <= window.last:
            return []
        if one.student not in upis:
            raise Unlisted("its student is not listed")
        code = one.attendance_code.data.code if one.attendance_code else None
        return [(upis[one.student], day, one.session, code or None)]

    return rows


def page_of(
    table: Table, form: Any, rows_of: Callable[[Any], Rows], records: Iterable[msgspec.Raw], origin: str, seen: set[Any]
) -> Page:
    """A page. `seen`: the keys of the people's rows that came before, which come once; this page's are added."""
    rows, rejects, key = [], [], KEYS.get(table)
    for number, record in enumerate(records, 1):
        try:
            said = rows_of(msgspec.json.decode(record, type=form, strict=False))
        except MALFORMED as wrong:
            reason = str(wrong) if isinstance(wrong, Unlisted) else "a field is missing, or is not of its form"
            rejects.append(Reject(f"{origin}, record {number}", "", reason))
            continue
        rows += [row for row in said if key is None or row[:key] not in seen]
        seen.update(row[:key] for row in said if key)
    schema = {name: page_schema(table)[name] for name in COLUMNS[table].split()}
    return Page(pl.DataFrame(rows, schema=schema, orient="row"), rejects=rejects, origin=origin)
