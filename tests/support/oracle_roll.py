"""The plain judge of the roll: who came, who left, and grounds on which a name may be looked at."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from support.oracle import REGULATIONS, PlainPupil, PlainSchool, day_in_a_run, left, runs
from support.oracle_years import year_of

GROUND = {"G", "N", "O"}


def new_pupil_due(school: PlainSchool, pupil: PlainPupil, first: date, days: int) -> date | None:
    """When the return of an entry is due; None if the pupil began with the others."""
    of_year = [day for day in school.school_days() if year_of(day) == year_of(first)]
    most_junior = pupil.year_group is not None and pupil.year_group == school.lowest_year
    if most_junior and of_year and of_year[0] == first:
        return None
    return first + timedelta(days=days)


def new_pupil_return(school: PlainSchool, pupil: PlainPupil, as_at: date, days: int) -> dict[str, object]:
    begun = [first for first in entries(school, pupil) if first <= as_at]
    due_by = new_pupil_due(school, pupil, begun[-1], days) if begun else None
    return {"due_by": due_by, "due": due_by is not None and year_of(begun[-1]) == year_of(as_at)}


def entries(school: PlainSchool, pupil: PlainPupil) -> list[date]:
    """The first day of each stay: of spells with no school day between them, that of the first."""
    found, before = [], None
    for first, last in sorted(pupil.spells, key=lambda spell: spell[0]):
        if before is None or any(before < day < first for day in school.school_days()):
            found.append(first)
        before = last
    return found


def deleted(school: PlainSchool, pupil: PlainPupil, as_at: date) -> list[date]:
    """The last day of each spell after which the authority is to be told."""
    spells = sorted(pupil.spells, key=lambda spell: spell[0])
    found = []
    for number, (_, last) in enumerate(spells):
        if last is None or last > as_at:
            continue
        later = spells[number + 1][0] if number + 1 < len(spells) else None
        back_at_once = later is not None and not any(last < day < later for day in school.school_days())
        if not back_at_once and not completed(school, pupil, last):
            found.append(last)
    return found


def completed(school: PlainSchool, pupil: PlainPupil, last: date) -> bool:
    """The last year of the school, to the last of its school days."""
    if pupil.year_group is None or pupil.year_group != school.highest_year:
        return False
    before = [day for day in school.school_days() if day <= last]
    return bool(before) and not any(day > last and year_of(day) == year_of(before[-1]) for day in school.school_days())


def deletion_return(school: PlainSchool, pupil: PlainPupil, as_at: date) -> dict[str, object]:
    spells = sorted(spell for spell in pupil.spells if spell[0] <= as_at)
    told = deleted(school, pupil, as_at)
    due = bool(spells) and spells[-1][1] is not None and spells[-1][1] in told
    return {"due": due, "due_by": spells[-1][1] if due else None}


def overrun(school: PlainSchool, pupil: PlainPupil, leave_to: date, as_at: date) -> tuple[list[date], bool]:
    """The days that count after leave, up to the first that broke; and whether one did, or the pupil left."""
    counted = []
    for day in school.school_days():
        if leave_to < day <= as_at:
            what = day_in_a_run(school, pupil, day, GROUND)
            if what == "breaks":
                return counted, True
            if what == "counts":
                counted.append(day)
    return counted, left(school, pupil, as_at)


def ground_review(school: PlainSchool, pupil: PlainPupil, as_at: date) -> dict[str, object]:
    standing = [run for run in runs(school, pupil, as_at, GROUND) if not run.ended and len(run.days) >= 20]
    overruns = []
    for _, leave_to in pupil.leave:
        counted, over = overrun(school, pupil, leave_to, as_at)
        if len(counted) >= 10 and not over:
            overruns.append(counted[9])
    absent = standing[-1].days[19] if standing else None
    return {
        "continuous_absence": absent,
        "leave_overrun": min(overruns, default=None),
        "review_possible": bool(standing or overruns),
    }


def grounds_ever(school: PlainSchool, pupil: PlainPupil, as_at: date) -> list[dict[str, Any]]:
    """Every ground that was ever reached, whether it stands or not."""
    found: list[tuple[str, list[date], int, bool, str | None]] = []
    for run in runs(school, pupil, as_at, GROUND):
        found.append(("continuous_absence", run.days, 20, run.ended, None))
    for _, leave_to in sorted(set(pupil.leave)):
        days, over = overrun(school, pupil, leave_to, as_at)
        found.append(("leave_overrun", days, 10, over, leave_to.isoformat()))
    return [
        {
            "first": days[0],
            "last": days[-1],
            "reached": days[number - 1],
            "ended": ended,
            "ground": ground,
            "leave_to": leave_to,
        }
        for ground, days, number, ended, leave_to in found
        if len(days) >= number and days[number - 1] >= REGULATIONS
    ]
