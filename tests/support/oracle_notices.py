"""The plain judge of penalty notices: ten sessions in ten school weeks on every day there was, and the ladder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from support.oracle import (
    ACTIVITY,
    ONE_DAY,
    PRESENT,
    REGULATIONS,
    UNAUTHORISED,
    PlainPupil,
    PlainSchool,
    compulsory,
    session,
)


@dataclass
class PlainChild:
    """All that is known of a child: each register, and marks of registers that are not here."""

    registers: Sequence[tuple[PlainSchool, PlainPupil]]
    elsewhere: list[tuple[date, int, str]] = field(default_factory=list)


def half_days(child: PlainChild, dob: date, as_at: date, *, with_n: bool) -> dict[tuple[date, int], str]:
    """The half days that count at some school, each once, and what is to be counted of it."""
    said: dict[tuple[date, int], set[str]] = {}
    for school, pupil in child.registers:
        for day, half in school.open:
            if pupil.on_roll(day):
                said.setdefault((day, half), set()).add(session(pupil, day, half))
    for day, half, letter in child.elsewhere:
        said.setdefault((day, half), set()).add(letter)
    counted = {}
    for (day, half), letters in said.items():
        absent = letters & UNAUTHORISED
        attended = letters & (PRESENT | ACTIVITY)
        if absent and not attended and REGULATIONS <= day <= as_at and compulsory(dob, day):
            counted[day, half] = "N" if absent == {"N"} else "other"
    return {when: what for when, what in counted.items() if with_n or what == "other"}


@lru_cache(maxsize=1000)
def ten_weeks(school: PlainSchool, day: date) -> date | None:
    """The Monday of the first of the ten school weeks that end with the day."""
    mondays = sorted({one - timedelta(days=one.weekday()) for one, _ in school.open})
    so_far = [monday for monday in mondays if monday <= day]
    return so_far[-10:][0] if so_far else None


def in_window(school: PlainSchool, counted: dict[tuple[date, int], str], day: date) -> list[tuple[date, int]]:
    start = ten_weeks(school, day)
    return [] if start is None else sorted(when for when in counted if start <= when[0] <= day)


@dataclass
class Stretch:
    """Days without a break on which there were ten: the first of them, and the sessions counted on it; the last session
    while it lasted; whether it is over.
    """

    reached: date
    counted: list[tuple[date, int]]
    last: date
    ended: bool = False


def stretches(school: PlainSchool, counted: dict[tuple[date, int], str], as_at: date) -> list[Stretch]:
    found: list[Stretch] = []
    day = min((when for when, _ in counted), default=as_at)
    while day <= as_at:
        held = in_window(school, counted, day)
        if len(held) >= 10 and (not found or found[-1].ended):
            found.append(Stretch(day, held, held[-1][0]))
        if len(held) >= 10:
            found[-1].last = max(found[-1].last, held[-1][0])
        if len(held) < 10 and found:
            found[-1].ended = True
        day += ONE_DAY
    return found


def penalty_notice(
    school: PlainSchool,
    pupil: PlainPupil,
    child: PlainChild,
    as_at: date,
    notices: Sequence[PlainNotice],
    *,
    with_n: bool,
) -> dict[str, object]:
    if school.type == "independent":
        none = {"sessions": 0, "met_on": None, "due": False, "covered_sessions": None}
        return {"status": "not_applicable", **none}
    counted = half_days(child, pupil.dob, as_at, with_n=with_n)
    held = in_window(school, counted, as_at)
    sure = sum(counted[when] != "N" for when in held)
    status = "met" if sure >= 10 else "provisional" if len(held) >= 10 else "not_met"
    standing = [one for one in stretches(school, counted, as_at) if not one.ended]
    met_on = standing[-1].reached if standing else None
    due = status != "not_met"
    covered = sum(day <= newest_notice(notices, as_at) for day, _ in held) if due else None
    return {"status": status, "sessions": len(held), "met_on": met_on, "due": due, "covered_sessions": covered}


def newest_notice(notices: Sequence[PlainNotice], as_at: date) -> date:
    """The day of the newest notice to any parent that stands, of the national framework; the first of all if none."""
    issued = [one.issued for one in notices if one.outcome != "withdrawn" and REGULATIONS <= one.issued <= as_at]
    return max(issued, default=date.min)


def penalty_findings(
    school: PlainSchool, pupil: PlainPupil, child: PlainChild, as_at: date, *, with_n: bool
) -> list[dict[str, object]]:
    """Every stretch that began while the pupil was on the roll here, or between two spells on it."""
    if school.type == "independent":
        return []
    counted = half_days(child, pupil.dob, as_at, with_n=with_n)
    first = min(start for start, _ in pupil.spells)
    ends = [end for _, end in pupil.spells]
    last = date.max if None in ends else max(end for end in ends if end is not None)
    return [
        {
            "first": one.counted[0][0],
            "last": one.last,
            "reached": one.reached,
            "ended": one.ended,
            "n": len(one.counted),
        }
        for one in stretches(school, counted, as_at)
        if first <= one.reached <= last
    ]


@dataclass(frozen=True)
class PlainNotice:
    """A penalty notice to a parent."""

    parent: str
    issued: date
    outcome: str


def ladder(notices: Sequence[PlainNotice], as_at: date) -> dict[str, str]:
    """What the next notice would be, of each parent to whom one was issued."""
    steps = {}
    for parent in {one.parent for one in notices if one.issued <= as_at}:
        days = {one.issued for one in notices if one.parent == parent and one.issued <= as_at and stands(one, as_at)}
        steps[parent] = ["first", "second", "barred"][min(len(days), 2)]
    return steps


def stands(notice: PlainNotice, as_at: date) -> bool:
    anniversary = notice.issued.replace(year=notice.issued.year + 3)
    return notice.outcome != "withdrawn" and notice.issued >= REGULATIONS and anniversary > as_at
