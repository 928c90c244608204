"""The plain judge of children who are missing, and of the people who must be told of a child they look after.

What the schools know beside marks: dated flags, the attempts to reach a family, where a leaver went and on what ground.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from support.oracle import NO_RECORD, ONE_DAY, REGULATIONS, PlainPupil, PlainSchool, compulsory, left, session
from support.oracle_roll import completed
from support.oracle_signs import SEEN

Key = tuple[int, int]
NO_REASON = {"N", "O"}
WORKERS = {
    "social_worker": "social worker",
    "youth_justice": "youth justice worker",
    "looked_after": "virtual school head",
}
ENQUIRIES = {
    "telephone call": {"call"},
    "letter or message": {"letter", "email", "text"},
    "home visit": {"visit"},
}
DAYS = {"missing_registered_pupil": 10, "failed_to_start": 10, "leaver_destination_unknown": 0, "cme_not_on_roll": 10}
NOT_DUE: dict[str, Any] = dict.fromkeys(("case_type", "called", "taken", "since", "reached_on"))


@dataclass(frozen=True)
class PlainFlag:
    """What is said of a pupil for some days: both included, None is without end."""

    name: str
    first: date | None
    last: date | None
    authority: str | None

    def holds(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True)
class PlainAttempt:
    """An attempt to reach a family; a type or an outcome that is None was not written."""

    day: date
    type: str | None
    outcome: str | None

    @property
    def reached(self) -> bool:
        return self.outcome in ("seen", "reached")


@dataclass
class PlainFile:
    """What a school holds of one pupil; `log` is None where it keeps none. Destination and ground, spell by spell."""

    flags: list[PlainFlag] = field(default_factory=list)
    log: list[PlainAttempt] | None = None
    leavings: list[tuple[str | None, str | None]] = field(default_factory=list)


# Missing


@dataclass
class PlainTown:
    """Schools, pupils by school and number, what is held of each, and the days marked at schools that are not here."""

    schools: dict[int, PlainSchool]
    pupils: dict[Key, PlainPupil]
    files: dict[Key, PlainFile]
    elsewhere: dict[int, set[date]]


def missing(town: PlainTown, key: Key, as_at: date, local: dict[str, Any]) -> dict[str, Any]:
    school, pupil = town.schools[key[0]], town.pupils[key]
    if min(first for first, _ in pupil.spells) > as_at:
        return {"due": False, **NOT_DUE}
    if left(school, pupil, as_at):
        return leaver(town, key, as_at, local)
    return registered(school, pupil, town.files[key], as_at, local)


def registered(
    school: PlainSchool, pupil: PlainPupil, known: PlainFile, as_at: date, local: dict[str, Any]
) -> dict[str, Any]:
    """School days of N and O alone since anyone was last reached, seen or told of a reason."""
    log = [one for one in known.log or [] if one.day <= as_at]
    days: list[date] = []
    school_days, reached_on = set(school.school_days()), {one.day for one in log if one.reached}
    for day in every_day(school, as_at):
        if day in school_days:
            what = day_without_a_reason(school, pupil, day)
            days = [] if what == "breaks" else days + [day] * (what == "counts")
        if day in reached_on:
            days = []
    if not days:
        return {"due": False, **NOT_DUE}
    case_type = "failed_to_start" if never_came(school, pupil, as_at) else "missing_registered_pupil"
    number = local.get(f"{case_type}_days", DAYS[case_type])
    tried = [one for one in log if one.day >= days[0]]
    reached = [days[number - 1]] if len(days) >= number else []
    first_of_each = [min((one.day for one in tried if one.type in ways), default=None) for ways in ENQUIRIES.values()]
    if local.get("missing_when_enquiries_done") and None not in first_of_each:
        reached.append(max(day for day in first_of_each if day is not None))
    said = answer(case_type, days[0], min(reached, default=None), as_at, local)
    if said["due"]:
        said["attempts"] = None if known.log is None else len(tried)
        waiting = [name for name, ways in ENQUIRIES.items() if not any(one.type in ways for one in tried)]
        said["outstanding"] = None if known.log is None else waiting
    return said


def every_day(school: PlainSchool, as_at: date) -> list[date]:
    first = school.school_days()[0]
    return [first + timedelta(days=n) for n in range((as_at - first).days + 1)]


def day_without_a_reason(school: PlainSchool, pupil: PlainPupil, day: date) -> str:
    """counts, passes or breaks."""
    if not pupil.on_roll(day) or not compulsory(pupil.dob, day):
        return "breaks"
    said = what_is_said(school, pupil, day)
    if all(one in NO_REASON for one in said):
        return "counts" if said else "passes"
    return "passes" if all(one in NO_REASON | NO_RECORD for one in said) else "breaks"


def what_is_said(school: PlainSchool, pupil: PlainPupil, day: date) -> list[str]:
    said = [session(pupil, day, half) for half in (0, 1) if (day, half) in school.open]
    return [one for one in said if one != "#"]


def never_came(school: PlainSchool, pupil: PlainPupil, as_at: date) -> bool:
    """Not once, and on the roll no longer than the school's calendar is known."""
    if min(first for first, _ in pupil.spells) < school.school_days()[0]:
        return False
    days = [day for day in school.school_days() if day <= as_at and pupil.on_roll(day)]
    return not any(one in SEEN for day in days for one in what_is_said(school, pupil, day))


def answer(case_type: str, since: date, reached: date | None, as_at: date, local: dict[str, Any]) -> dict[str, Any]:
    if reached is None or reached > as_at:
        return {"due": False, **NOT_DUE}
    return {
        "due": True,
        "case_type": case_type,
        "called": local.get(f"{case_type}_called", CALLED[case_type]),
        "taken": local.get(f"{case_type}_taken", True),
        "since": since,
        "reached_on": reached,
    }


CALLED = {
    "missing_registered_pupil": "Registered pupil whose whereabouts are not known",
    "failed_to_start": "Pupil who was expected and never came",
    "leaver_destination_unknown": "Leaver whose destination is not known",
    "cme_not_on_roll": "Child on no school's roll",
}


def leaver(town: PlainTown, key: Key, as_at: date, local: dict[str, Any]) -> dict[str, Any]:
    """Gone, of compulsory school age, and at no other school since."""
    school, pupil = town.schools[key[0]], town.pupils[key]
    last, (destination, ground) = max(
        ((last, said) for (_, last), said in spells_left(town, key) if last <= as_at), key=lambda one: one[0]
    )
    after = [day for day in school.school_days() if last < day <= as_at and compulsory(pupil.dob, day)]
    if not after or not compulsory(pupil.dob, as_at) or completed(school, pupil, last):
        return {"due": False, **NOT_DUE}
    if found_elsewhere(town, key, last, as_at):
        return {"due": False, **NOT_DUE}
    if not any(said != (None, None) for one in town.pupils if one[0] == key[0] for _, said in spells_left(town, one)):
        return {"due": None, **NOT_DUE}
    case_type = type_of_leaver(destination, ground, set(town.schools))
    if case_type is None:
        return {"due": False, **NOT_DUE}
    reached = max(after[0], last + timedelta(days=local.get(f"{case_type}_days", DAYS[case_type])))
    return answer(case_type, after[0], reached, as_at, local)


def spells_left(town: PlainTown, key: Key) -> list[tuple[tuple[date, date], tuple[str | None, str | None]]]:
    """The spells that end, each with where the pupil went and on what ground."""
    spells = zip(town.pupils[key].spells, town.files[key].leavings, strict=True)
    return [((first, last), said) for (first, last), said in spells if last is not None]


def found_elsewhere(town: PlainTown, key: Key, last: date, as_at: date) -> bool:
    """On the roll of another school, or marked at one, on a day after the last."""
    days = {last + ONE_DAY * n for n in range(1, (as_at - last).days + 1)}
    others = [one for (other, number), one in town.pupils.items() if number == key[1] and other != key[0]]
    return any(one.on_roll(day) for one in others for day in days) or bool(days & town.elsewhere.get(key[1], set()))


def type_of_leaver(destination: str | None, ground: str | None, here: set[int]) -> str | None:
    """None where it is known where he went."""
    if destination == "unknown":
        return "leaver_destination_unknown"
    if destination is not None:
        return "cme_not_on_roll" if destination.isdigit() and int(destination) in here else None
    if ground in ("m", "n", "o"):  # unpaid, gone from an independent school, excluded: of none does a roll follow
        return "cme_not_on_roll"
    return "leaver_destination_unknown" if ground in (None, "g", "h", "i") else None


# Who must be told


def who(flags: list[PlainFlag], days: list[date]) -> dict[str, Any]:
    """Those whose flag held on one of the days, each at every authority that is known of them."""
    told = [one for day in days for one in flags if one.name in WORKERS and one.holds(day)]
    known = {(WORKERS[one.name], one.authority) for one in told if one.authority}
    unknown = {WORKERS[one.name] for one in told} - {worker for worker, _ in known}
    pairs = sorted(known | {(worker, None) for worker in unknown}, key=lambda pair: (pair[0], pair[1] or ""))
    return {
        "workers": [worker for worker, _ in pairs],
        "authorities": [authority for _, authority in pairs],
        "still": set(told),
    }


def worker_notice(school: PlainSchool, pupil: PlainPupil, flags: list[PlainFlag], as_at: date) -> dict[str, Any]:
    """The stretch that stands of school days with an N or an O on them; a day counts while a flag names someone."""
    days: list[date] = []
    for day in school.school_days():
        if day <= as_at:
            what = unexplained_day(school, pupil, day)
            days = [] if what == "breaks" else days + [day] * (what == "counts")
    days = [day for day in days if day >= REGULATIONS and who(flags, [day])["workers"]]
    told = who(flags, days)
    if left(school, pupil, as_at) or not any(one.holds(as_at) for one in told.pop("still")):
        return {"due": False, **dict.fromkeys(("since", "sessions", "workers", "authorities"))}
    sessions = [one for day in days for one in what_is_said(school, pupil, day) if one in NO_REASON]
    return {"due": True, "since": days[0], "sessions": len(sessions), **told}


def unexplained_day(school: PlainSchool, pupil: PlainPupil, day: date) -> str:
    if not pupil.on_roll(day):
        return "breaks"
    said = what_is_said(school, pupil, day)
    if any(one in NO_REASON for one in said):
        return "counts"
    return "passes" if all(one in NO_RECORD for one in said) else "breaks"


def worker_notice_deletion(
    school: PlainSchool, pupil: PlainPupil, flags: list[PlainFlag], as_at: date, days: int
) -> dict[str, Any]:
    """The latest last day that is to be told of, from so many days before it to so many after it."""
    answer: dict[str, Any] = {
        "due": False,
        **dict.fromkeys(("since", "last_day", "workers", "authorities")),
    }
    spells = sorted(pupil.spells, key=lambda spell: spell[0])
    for number, (first, last) in enumerate(spells):
        later = spells[number + 1][0] if number + 1 < len(spells) else None
        if last is None or last < REGULATIONS or back_at_once(school, last, later):
            continue
        since, until = max(first, last - timedelta(days=days), REGULATIONS), min(last, as_at)
        told = who(flags, [since + timedelta(days=n) for n in range((until - since).days + 1)])
        named = any(one.holds(until) for one in told.pop("still"))
        if since <= as_at <= last + timedelta(days=days) and named:
            answer = {"due": True, "since": since, "last_day": last, **told}
    return answer


def back_at_once(school: PlainSchool, last: date, later: date | None) -> bool:
    return later is not None and not any(last < day < later for day in school.school_days())
