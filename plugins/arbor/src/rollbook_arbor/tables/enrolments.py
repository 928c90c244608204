"""Who is on the roll, and when: enrolments, less the days on which a child is only another school's guest.

A guest (D00018 of the common basic data set, `G`) is registered elsewhere and not here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from rollbook.contract import Window
from rollbook.tables.words import GROUNDS
from rollbook_arbor.tables.loading import Read, Reading, Row
from rollbook_arbor.tables.shaped import ENROLMENT, MODE, MODE_ASSIGNMENT, YEAR_ENROLMENT
from rollbook_arbor.tables.spells import HOLIDAY, Spell, spell_of, without, years_of

_GUEST: Final = "G"
_AT_ONCE: Final = "is while the pupil is on the roll by an earlier enrolment: correct one of the two in Arbor"


@dataclass(frozen=True)
class Enrolment:
    """A spell on the roll. ground: on which the name was deleted at its end, a letter, or None."""

    student: str
    spell: Spell
    ground: str | None = None


def students(read: Read, window: Window) -> Mapping[str, Sequence[Enrolment]]:
    """Student id -> spells on the roll, the earliest first: of those who were, are or will be on it since the first day
    of the previous school year. Raises NeedsCredentials, VendorMustAct, and what `read` raises.
    """
    return enrolments(Reading(read), window)


def enrolments(told: Reading, window: Window) -> Mapping[str, Sequence[Enrolment]]:
    """As `students`; what cannot be used goes to the rejects of `told`."""
    since = years_of(window).first
    away = _guests(told)
    by_student: dict[str, list[Row]] = defaultdict(list)
    for row in told.rows(ENROLMENT):
        by_student[row["student"]].append(row)
    found = {}
    for student, rows in by_student.items():
        whole = _sound(told, rows)
        spells = [piece for one in whole for piece in _here(one, away.get(student, ()))]
        kept = [one for one in spells if one.spell.end >= since]
        if kept:
            found[student] = kept
    return found


def guests(read: Read) -> Mapping[str, Sequence[Spell]]:
    """Student id -> the days on which the child is a guest here and nothing else: marks of those days are not ours."""
    return _guests(Reading(read))


def _sound(told: Reading, rows: Sequence[Row]) -> list[Enrolment]:
    """The enrolments of one student that end after they begin and overlap no earlier one."""
    kept: list[Enrolment] = []
    for row in sorted(rows, key=lambda row: (row["entryDate"], row["id"])):
        spell = spell_of(row, "entryDate", "leavingDate")
        if spell.end < spell.first:
            told.reject(ENROLMENT, row["id"], "leavingDate", "is before the entry date: correct it in Arbor")
            continue
        kept = _handed_over(kept, spell)
        if kept and spell.overlaps(kept[-1].spell):
            told.reject(ENROLMENT, row["id"], "entryDate", _AT_ONCE, "overlapping_spells")
        else:
            kept.append(Enrolment(row["student"], spell, _ground(row) if spell.last else None))
    return kept


def _handed_over(kept: list[Enrolment], spell: Spell) -> list[Enrolment]:
    """An enrolment that ends on the day on which the next begins, ending on the day before: no day is in doubt."""
    if kept and kept[-1].spell.first < spell.first == kept[-1].spell.last:
        before = replace(kept[-1].spell, last=spell.first - timedelta(days=1))
        return [*kept[:-1], replace(kept[-1], spell=before)]
    return kept


def _here(whole: Enrolment, away: Sequence[Spell]) -> list[Enrolment]:
    pieces = without(whole.spell, away)
    return [
        Enrolment(whole.student, piece, whole.ground if piece.last == whole.spell.last else None) for piece in pieces
    ]


def _ground(row: Row) -> str | None:
    letter = (row["removalGrounds"] or "").strip("() .").lower()
    return letter if letter in GROUNDS else None


def _guests(told: Reading) -> Mapping[str, Sequence[Spell]]:
    """A child who is also registered on a day is no guest on it: whoever is left off by mistake is seen by nobody."""
    away: dict[str, list[tuple[Spell, Row]]] = defaultdict(list)
    registered: dict[str, list[Spell]] = defaultdict(list)
    for row in told.rows(MODE_ASSIGNMENT):
        mode = told.one(MODE, row["enrolmentMode"])
        year = told.one(YEAR_ENROLMENT, row["academicYearEnrolment"])
        spell = _of_both(row, year) if year else None
        if mode is None or year is None or spell is None:
            continue
        if (mode["d00018"] or mode["code"] or "").upper() == _GUEST:
            away[year["student"]].append((spell, year))
        else:
            registered[year["student"]].append(spell)
    found = {}
    for student, spells in away.items():
        pieces = [piece for spell, year in spells for piece in _alone(spell, year, registered.get(student, ()))]
        if pieces:
            found[student] = _joined(pieces)
    return found


def _of_both(row: Row, year: Row) -> Spell | None:
    """The days of a mode that lie in the year's enrolment: it is not said to outlast it."""
    mode, whole = spell_of(row), spell_of(year)
    first, last = max(mode.first, whole.first), min(mode.end, whole.end)
    return Spell(first, None if last == date.max else last) if first <= last else None


def _alone(spell: Spell, year: Row, registered: Sequence[Spell]) -> list[Spell]:
    """The days of a guest who is not registered besides. Where they end only because the year does, the holiday is one
    of them: a guest does not join the roll for August, to be deleted from it in September.
    """
    pieces = without(spell, registered)
    if spell.last and spell.last == year["endDate"] and pieces and pieces[-1].last == spell.last:
        pieces[-1] = replace(pieces[-1], last=spell.last + HOLIDAY)
    return [left for piece in pieces for left in without(piece, registered)]


def _joined(spells: Sequence[Spell]) -> list[Spell]:
    """The same days as spells that do not overlap, in order."""
    joined: list[Spell] = []
    for spell in sorted(spells, key=lambda spell: spell.first):
        if joined and spell.first <= joined[-1].end:
            last = max(joined[-1].end, spell.end)
            joined[-1] = Spell(joined[-1].first, None if last == date.max else last)
        else:
            joined.append(spell)
    return joined
