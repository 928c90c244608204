"""Learners, their enrolments and where they are now: the tables of pupils and of the roll.

Learners hold leavers and applicants too, of all years. Only those are given who are, were or will be on the roll since
the first day of the previous school year: no more is judged, and no more need be kept of a child.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

import polars as pl

from rollbook.contract import Page, Reject, Window
from rollbook.tables.schemas import Table, page_schema
from rollbook_sims.nextgen.api import Api
from rollbook_sims.nextgen.days import day_of
from rollbook_sims.nextgen.decoding import decoded, everything, reject

Rows = list[tuple[Any, ...]]
COLUMNS = {
    Table.PUPILS: "pupil upn former_upn surname forename preferred_surname preferred_forename dob sex",
    Table.ROLL: "pupil from to year_group class_name",
}
SEX = {"MALE": "M", "FEMALE": "F"}
NOT_ON_ROLL = frozenset({"guest", "guest pupil"})
"""Registrations, as they are described, of a child who is on another school's roll and not on this one's."""
_YEAR = re.compile(r"(?:year\s*)?(?:(\d{1,2})|(r|reception)|(?:n|nursery)\s*\d?)", re.IGNORECASE)


class Spell(NamedTuple):
    """An enrolment. `guest`: of somebody who is not on the roll. `page`, `number`: where it was read."""

    learner: str
    first: date
    last: date | None
    guest: bool
    page: str
    number: int


def pupils(api: Api, window: Window) -> Iterator[Page]:
    """A row for each learner who has an enrolment, a page as it comes."""
    spells, rejects = _spells(api, window)
    enrolled = {spell.learner for spell in spells}
    yield _page(Table.PUPILS, [], rejects, "enrolments")
    for origin, raws in api.pages("learners"):
        found = decoded(api, "learners", raws, origin)
        rows: Rows = []
        for number, one in zip(found.numbers, found.records, strict=True):
            try:
                rows += [_pupil(one)] if one.id.lower() in enrolled else []
            except ValueError as wrong:
                found.rejects.append(reject(origin, number, str(wrong)))
        yield _page(Table.PUPILS, rows, found.rejects, origin)


def roll(api: Api, window: Window) -> Iterator[Page]:
    """A row for each enrolment, with the year group and the class of the latest one alone: Next Gen says no earlier."""
    spells, rejects = _spells(api, window)
    keys = keys_of(api)
    now = everything(api, "identifiers")
    places = {one.id.lower(): (year_group(_said(one.year)), _said(one.class_name)) for one in now.records}
    latest = {spell.learner: spell.first for spell in sorted(spells, key=lambda spell: spell.first)}
    rows: Rows = []
    for spell in (spell for spell in spells if not spell.guest):
        if spell.learner not in keys:
            rejects.append(reject(spell.page, spell.number, UNLISTED))
            continue
        place = places.get(spell.learner) if spell.first == latest[spell.learner] else None
        rows.append((keys[spell.learner], spell.first, spell.last, *(place or (None, None))))
    yield _page(Table.ROLL, rows, rejects + now.rejects, "enrolments")


UNLISTED = "its learner is not among the learners that could be read"


def keys_of(api: Api) -> dict[str, str]:
    """The key of each learner by id, in small letters: ids come in both. One without a key is not in it."""
    found = {one.id.lower(): _key(one) for one in everything(api, "learners").records}
    return {learner: key for learner, key in found.items() if key}


def previous_year(window: Window) -> date:
    """The first day of the school year before that of the window's last day."""
    day = window.last
    return date(day.year - (1 if day.month >= 9 else 2), 9, 1)


def year_group(said: str | None) -> int | None:
    """`Year 5` is 5, reception 0, nursery -1; anything else is not known."""
    found = _YEAR.fullmatch(said or "")
    if not found:
        return None
    return int(found[1]) if found[1] else 0 if found[2] else -1


def _spells(api: Api, window: Window) -> tuple[list[Spell], list[Reject]]:
    """The enrolments that did not end before the previous school year, and those that cannot be read."""
    since, spells, rejects = previous_year(window), [], []
    for origin, raws in api.pages("enrolments"):
        found = decoded(api, "enrolments", raws, origin)
        rejects += found.rejects
        for number, one in zip(found.numbers, found.records, strict=True):
            try:
                spell = _spell(one, origin, number)
            except ValueError as wrong:
                rejects.append(reject(origin, number, str(wrong)))
                continue
            if spell.last is None or spell.last >= since:
                spells.append(spell)
    return spells, rejects


def _spell(one: Any, origin: str, number: int) -> Spell:
    first, last = _day(one.first, "its first day"), _day(one.last, "its last day")
    if first is None:
        raise ValueError("it has no first day")
    guest = (_said(one.status) or "").lower() in NOT_ON_ROLL
    return Spell(one.learner.id.lower(), first, last, guest, origin, number)


def _pupil(one: Any) -> tuple[Any, ...]:
    """The legal name, and the one in use where it is another. Raises ValueError, of which the text names nobody."""
    key = _key(one)
    if not key:
        raise ValueError("it has no key")
    legal = _text(one.surname), _text(one.forename)
    in_use = _text(one.preferred_surname), _text(one.preferred_forename)
    other = (said if said != name else None for said, name in zip(in_use, legal, strict=True))
    sex = SEX.get((_text(one.sex) or "").upper())
    return (key, _text(one.upn), _text(one.former_upn), *legal, *other, _day(one.dob, "its date of birth"), sex)


def _key(one: Any) -> str | None:
    return _text(str(getattr(one, "key", one.id)))


def _day(said: str | None, what: str) -> date | None:
    try:
        return day_of(said)
    except ValueError:
        raise ValueError(f"{what} is no date") from None


def _said(ref: Any) -> str | None:
    return _text(ref.description) if ref else None


def _text(said: str | None) -> str | None:
    return (said or "").strip() or None


def _page(table: Table, rows: Rows, rejects: list[Reject], origin: str) -> Page:
    schema = {name: page_schema(table)[name] for name in COLUMNS[table].split()}
    return Page(pl.DataFrame(rows, schema=schema, orient="row"), rejects=rejects, origin=origin)
