"""The plain judge of who was not seen, and of the signs of a register that is not kept as it should be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from support.oracle import (
    ACTIVITY,
    INVALID,
    LOSSY,
    NO_RECORD,
    NOTHING,
    PRESENT,
    UNAUTHORISED,
    PlainPupil,
    PlainSchool,
    begins,
    compulsory,
    left,
    session,
    what_it_says,
)
from support.oracle_years import read, year_of

SEEN = PRESENT | ACTIVITY | {"J", "U"}
EXCLUSION_DAYS, OBSERVANCE_DAYS, ENOUGH_DAYS = 5, 1, 30


def days_on_roll(school: PlainSchool, pupil: PlainPupil, as_at: date) -> Iterator[tuple[date, list[str]]]:
    """Each school day on the roll, and what its open sessions say."""
    for day in school.school_days():
        if day <= as_at and pupil.on_roll(day):
            yield day, [session(pupil, day, half) for half in (0, 1) if (day, half) in school.open]


def not_seen(school: PlainSchool, pupil: PlainPupil, as_at: date, number: int | None) -> dict[str, object]:
    """The days after the last on which the pupil was seen, if something but #, D and X is recorded on them."""
    days, last = 0, None
    for day, said in days_on_roll(school, pupil, as_at):
        if any(one in SEEN for one in said):
            days, last = 0, day
        elif any(one not in {"#", "D", "X", *NO_RECORD} for one in said):
            days += 1
    due = None if number is None else days >= number and not left(school, pupil, as_at)
    return {"days": days, "last_seen": last, "due": due}


def signs(school: PlainSchool, pupil: PlainPupil, as_at: date) -> dict[str, object]:
    """The numbers of the signs that are in the pupil's own marks of the school year to date."""
    own = [(when, said) for when, said in read(school, pupil, as_at) if year_of(when[0]) == year_of(as_at)]
    said = [one for _, one in own]
    written = [(day, what_it_says(pupil.marks.get((day, half), ""), day)) for (day, half), _ in own]
    group = pupil.year_group
    return {
        "not_recorded": said.count(NOTHING),
        "invalid": said.count(INVALID),
        "lossy": said.count(LOSSY),
        "x_at_compulsory_age": sum(one == "X" and compulsory(pupil.dob, day) for day, one in written),
        "z_on_roll": sum(one == "Z" for _, one in written),
        "unauthorised_below_age": sum(one in UNAUTHORISED and day < begins(pupil.dob) for (day, _), one in own),
        "study_leave_early": None if group is None else said.count("S") * (group < 11),
        "work_experience_early": None if group is None else said.count("W") * (group < 10),
        "excluded_past_fifth_day": too_many_in_a_row(school, pupil, as_at, "E", EXCLUSION_DAYS),
        "religious_observance_too_long": too_many_in_a_row(school, pupil, as_at, "R", OBSERVANCE_DAYS),
    }


def too_many_in_a_row(school: PlainSchool, pupil: PlainPupil, as_at: date, letter: str, most: int) -> int:
    """Sessions of this year that say the letter, on the days after the first `most` of a run of days that have it."""
    run, found, before = 0, 0, None
    for day, halves in days_on_roll(school, pupil, as_at):
        said = [one for one in halves if one != "#"]
        if before is not None and any(before < between < day for between in school.school_days()):
            run = 0  # off the roll meanwhile
        before = day
        if letter in said:
            run += 1
            found += said.count(letter) if run > most and year_of(day) == year_of(as_at) else 0
        elif any(one not in NO_RECORD for one in said):
            run = 0
    return found


def of_school(school: PlainSchool, pupils: list[PlainPupil], as_at: date) -> dict[str, object]:
    """What is said of the school with each of its pupils."""
    year = [when for when in school.open if when[0] <= as_at and year_of(when[0]) == year_of(as_at)]
    not_taken, late = 0, False
    for day, half in year:
        said = [session(pupil, day, half) for pupil in pupils if pupil.on_roll(day)]
        not_taken += bool(said) and all(one == NOTHING for one in said)
        late = late or "U" in said
    return {
        "registers_not_taken": not_taken,
        "u_never_used": not late and len({day for day, _ in year}) >= ENOUGH_DAYS,
    }
