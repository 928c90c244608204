"""The plain judge of what adds up over a school year: DfE's statistics, irregular attendance, illness."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import lru_cache

from support.oracle import (
    ACTIVITY,
    AUTHORISED,
    ONE_DAY,
    PRESENT,
    REGULATIONS,
    UNAUTHORISED,
    PlainPupil,
    PlainSchool,
    absence,
    compulsory,
    left,
    session,
)

Half = tuple[date, int]


def year_of(day: date) -> int:
    """The school year, by its August."""
    return day.year if day.month >= 8 else day.year - 1


@lru_cache(maxsize=100)
def read(school: PlainSchool, pupil: PlainPupil, as_at: date) -> list[tuple[Half, str]]:
    """Every open session on the roll up to the day, in order, and what it says."""
    due = [(day, half) for day, half in sorted(school.open) if day <= as_at and pupil.on_roll(day)]
    return [((day, half), session(pupil, day, half)) for day, half in due]


def statistics(school: PlainSchool, pupil: PlainPupil, as_at: date) -> dict[str, object]:
    if not absence(school, pupil, as_at)["in_statistics"]:
        return dict.fromkeys(("possible", "absent", "persistent", "severe"))
    year = year_of(as_at)
    holiday = date(year + 1, 5, 31)
    while holiday.strftime("%A") != "Monday":
        holiday -= ONE_DAY
    born = pupil.dob
    fifteen = year - born.year - (0 if (born.month, born.day) <= (8, 31) else 1) == 15
    kept = [
        said
        for (day, _), said in read(school, pupil, as_at)
        if year_of(day) == year and not (fifteen and day >= holiday)
    ]
    absent = sum(one in AUTHORISED | UNAUTHORISED or one == "H" for one in kept)
    possible = absent + sum(one in PRESENT | ACTIVITY or one == "J" for one in kept)
    share = Fraction(absent, possible) if possible else None
    return {
        "possible": possible,
        "absent": absent,
        "persistent": None if share is None else share >= Fraction(1, 10),
        "severe": None if share is None else share >= Fraction(1, 2),
    }


def by_code(school: PlainSchool, pupil: PlainPupil, as_at: date) -> dict[str, int]:
    """Sessions of the school year by what they say, those that say nothing too."""
    found: dict[str, int] = {}
    for (day, _), said in read(school, pupil, as_at):
        if year_of(day) == year_of(as_at):
            found[said] = found.get(said, 0) + 1
    return found


def irregular(school: PlainSchool, pupil: PlainPupil, as_at: date, number: int | None) -> dict[str, object]:
    counted = 0
    for (day, _), said in read(school, pupil, as_at):
        if year_of(day) == year_of(as_at) and said in UNAUTHORISED and compulsory(pupil.dob, day):
            counted += 1
    due = None if number is None else counted >= number and not left(school, pupil, as_at)
    return {"sessions": counted, "due": due}


def ill(school: PlainSchool, pupil: PlainPupil, as_at: date) -> list[Half]:
    return [when for when, said in read(school, pupil, as_at) if said == "I" and compulsory(pupil.dob, when[0])]


def sickness(school: PlainSchool, pupil: PlainPupil, as_at: date) -> dict[str, object]:
    sessions = [when for when in ill(school, pupil, as_at) if year_of(when[0]) == year_of(as_at)]
    reached = sessions[29][0] if len(sessions) >= 30 else None
    return {
        "prompt": reached is not None and not left(school, pupil, as_at),
        "days": len(sessions) / 2,
        "reached_on": reached,
    }


def spells_of_illness(school: PlainSchool, pupil: PlainPupil, as_at: date) -> list[dict[str, object]]:
    """Each spell from the one in which the year's total reached fifteen days: its days, and whether it is over."""
    found: list[dict[str, object]] = []
    spell: dict[str, object] | None = None
    total, year = 0, None
    for (day, _), said in read(school, pupil, as_at):
        if year_of(day) != year:
            total, year, spell = 0, year_of(day), None
        if said in PRESENT | ACTIVITY or said == "J":
            if spell is not None:
                spell["ended"] = True
            spell = None
        if said == "I" and compulsory(pupil.dob, day):
            total += 1
            if spell is None:
                spell = {"first": day, "last": day, "reached": None, "ended": False, "year": year}
                found.append(spell)
            spell["last"] = day
            if total >= 30 and spell["reached"] is None:
                spell["reached"] = day
    over = left(school, pupil, as_at)
    for one in found:
        one["ended"] = one["ended"] or over or one["year"] != year_of(as_at)
    return [
        {name: one[name] for name in ("first", "last", "reached", "ended")}
        for one in found
        if isinstance(one["reached"], date) and one["reached"] >= REGULATIONS
    ]
