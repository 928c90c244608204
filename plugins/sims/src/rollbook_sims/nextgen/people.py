"""Learners, their enrolments and where they are now: the tables of pupils and of the roll.

Learners hold leavers and applicants too, of all years. Only those are given who are, were or will be on the roll since
the first day of the previous school year: no more is judged, and no more need be kept of a child.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import polars as pl

from rollbook.contract import Page, Reject, Window
from rollbook.tables.schemas import Table, page_schema
from rollbook_sims.nextgen.api import Api
from rollbook_sims.nextgen.days import day_of
from rollbook_sims.nextgen.decoding import Decoded, Place, everything, reject
from rollbook_sims.tables import values

Rows = list[tuple[Any, ...]]
COLUMNS = {
    Table.PUPILS: "pupil upn former_upn surname forename preferred_surname preferred_forename dob sex",
    Table.ROLL: "pupil from to year_group class_name",
}
SEX = {"MALE": "M", "FEMALE": "F"}
UNLISTED = "its learner is not listed, cannot be read, or has no key of its own"
NOT_ON_ROLL = frozenset({"guest", "guest pupil"})
"""Registrations, as they are described, of a child who is on another school's roll and not on this one's."""
_NO_YEAR = "its year group (not shown) is none such as Year 5, 5, R or N1: the learner is taken without it"


class Spell(NamedTuple):
    """An enrolment. `guest`: of somebody who is not on the roll. `place`: where it was read."""

    learner: str
    first: date
    last: date | None
    guest: bool
    place: Place


def pupils(api: Api, window: Window) -> Iterator[Page]:
    """A row for each learner who has an enrolment."""
    spells, rejects = _spells(api, window)
    enrolled = {spell.learner for spell in spells}
    found = everything(api, "learners")
    keys, rows = _keys(found), []
    for place, one in zip(found.places, found.records, strict=True):
        if one.id.lower() in enrolled:
            try:
                rows.append(_pupil(one, keys))
            except ValueError as wrong:
                rejects.append(reject(place, str(wrong)))
    yield _page(Table.PUPILS, rows, rejects + found.rejects, "learners")


def roll(api: Api, window: Window) -> Iterator[Page]:
    """A row for each enrolment. Year group and class are those of now, of the latest that has begun alone."""
    spells, rejects = _spells(api, window)
    keys, now = keys_of(api), everything(api, "identifiers")
    years, places = _year_groups([_said(one.year) for one in now.records]), {}
    for at, one, year in zip(now.places, now.records, years, strict=True):
        places[one.id.lower()] = year, _said(one.class_name)
        if year is None and _said(one.year):
            now.rejects.append(reject(at, _NO_YEAR))
    in_turn = sorted(spells, key=lambda spell: (spell.first <= window.last, spell.first))
    latest = {spell.learner: spell.first for spell in in_turn}
    rows: Rows = []
    for spell in (spell for spell in spells if not spell.guest):
        if spell.learner not in keys:
            rejects.append(reject(spell.place, UNLISTED))
            continue
        place = places.get(spell.learner) if spell.first == latest[spell.learner] else None
        rows.append((keys[spell.learner], spell.first, spell.last, *(place or (None, None))))
    yield _page(Table.ROLL, rows, rejects + now.rejects, "enrolments")


def keys_of(api: Api) -> dict[str, str]:
    """The key of each learner by id, in small letters: ids come in both. Raises as `everything`."""
    return _keys(everything(api, "learners"))


def _keys(learners: Decoded) -> dict[str, str]:
    """Without those who have no key, and those who share one: whose marks are whose could not be told."""
    own = {one.id.lower(): _text(str(getattr(one, "key", one.id))) for one in learners.records}
    times = Counter(own.values())
    return {learner: key for learner, key in own.items() if key and times[key] == 1}


def previous_year(window: Window) -> date:
    """The first day of the school year before that of the window's last day."""
    day = window.last
    return date(day.year - (1 if day.month >= 9 else 2), 9, 1)


def _year_groups(said: Sequence[str | None]) -> list[int | None]:
    """As reports are read; what is none is null."""
    frame = pl.DataFrame({"said": said}, schema={"said": pl.String})
    return frame.select(values.year_group(pl.col("said"))).to_series().to_list()


def _spells(api: Api, window: Window) -> tuple[list[Spell], list[Reject]]:
    """The enrolments that did not end before the previous school year, and those that cannot be read."""
    since, spells = previous_year(window), []
    found = everything(api, "enrolments")
    for place, one in zip(found.places, found.records, strict=True):
        try:
            spell = _spell(one, place)
        except ValueError as wrong:
            found.rejects.append(reject(place, str(wrong)))
            continue
        if spell.last is None or spell.last >= since:
            spells.append(spell)
    return spells, found.rejects


def _spell(one: Any, place: Place) -> Spell:
    first, last = _day(one.first, "its first day"), _day(one.last, "its last day")
    if first is None:
        raise ValueError("it has no first day")
    guest = (_said(one.status) or "").lower() in NOT_ON_ROLL
    return Spell(one.learner.id.lower(), first, last, guest, place)


def _pupil(one: Any, keys: Mapping[str, str]) -> tuple[Any, ...]:
    """The legal name, and the one in use where it is another. Raises ValueError, of which the text names nobody."""
    key = keys.get(one.id.lower())
    if key is None:
        raise ValueError("it has no key, or shares it with another learner")
    legal = _text(one.surname), _text(one.forename)
    in_use = _text(one.preferred_surname), _text(one.preferred_forename)
    other = (said if said != name else None for said, name in zip(in_use, legal, strict=True))
    sex = SEX.get((_text(one.sex) or "").upper())
    return (key, _text(one.upn), _text(one.former_upn), *legal, *other, _day(one.dob, "its date of birth"), sex)


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
