"""A slow, plain judge of registers: day by day and pupil by pupil, written from the law and the form of worked cases.

It shares nothing with `rollbook.rules`: its own table of codes, its own ages, no tables, no columns. Where the two
differ, one of them has misread the law.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from functools import cache, lru_cache

REGULATIONS = date(2024, 8, 19)
WATCHED = 965  # attendance in thousandths below which the made-up schools look at a pupil
ONE_DAY = timedelta(days=1)
PRESENT = {"/", "\\", "L"}
ACTIVITY = {"B", "K", "P", "V", "W"}
AUTHORISED = {"C", "C1", "C2", "E", "I", "J1", "M", "R", "S", "T"}
UNAUTHORISED = {"G", "N", "O", "U"}
OTHERS = {"D", "Q", "Y1", "Y2", "Y3", "Y4", "Y5", "Y6", "Y7", "X", "Z", "#"}
MADE_IN_2024 = {"C1", "C2", "J1", "K", "Q", "Y1", "Y2", "Y3", "Y4", "Y5", "Y6", "Y7"}
NOTHING, INVALID, LOSSY = "not recorded", "invalid", "lossy"
NO_RECORD = {NOTHING, INVALID, LOSSY}


@dataclass(eq=False)  # so that what was once worked out for one can be kept
class PlainSchool:
    """A school: its type, its open sessions, (day, 0 or 1), and its most junior and most senior year groups."""

    type: str
    open: set[tuple[date, int]]
    lowest_year: int | None = None
    highest_year: int | None = None

    @lru_cache(maxsize=16)  # noqa: B019
    def school_days(self) -> list[date]:
        return sorted({day for day, _ in self.open})


@dataclass(eq=False)
class PlainPupil:
    """A pupil at one school: spells on the roll (last day included, None while on it), written marks, leave granted."""

    dob: date
    spells: list[tuple[date, date | None]]
    boarder: bool = False
    marks: dict[tuple[date, int], str] = field(default_factory=dict)
    year_group: int | None = None
    leave: list[tuple[date, date]] = field(default_factory=list)

    def on_roll(self, day: date) -> bool:
        return any(first <= day and (last is None or day <= last) for first, last in self.spells)


def judge(school: PlainSchool, pupil: PlainPupil, as_at: date) -> dict[str, dict[str, object]]:
    """The answers of each rule, by its name."""
    return {
        "absence": absence(school, pupil, as_at),
        "marks": unusable(school, pupil, as_at),
        "attendance_return": attendance_return(school, pupil, as_at),
        "unexplained": unexplained(school, pupil, as_at),
        "compulsory_age": {"compulsory_age": compulsory(pupil.dob, as_at)},
    }


@cache
def what_it_says(written: str, day: date) -> str:
    """The letter that counts, or why none does."""
    mark = written.strip().upper()
    if mark in ("", "-"):
        return NOTHING
    if mark in ("I01", "I02"):
        return "I"
    if mark == "X01":
        return "X"
    if mark in ("J", "Y"):
        return LOSSY if day >= REGULATIONS else mark
    if mark == "H":
        return INVALID if day >= REGULATIONS else mark
    if mark in MADE_IN_2024 and day < REGULATIONS:
        return INVALID
    return mark if mark in PRESENT | ACTIVITY | AUTHORISED | UNAUTHORISED | OTHERS else INVALID


@lru_cache(maxsize=10_000)
def session(pupil: PlainPupil, day: date, half: int) -> str:
    """What an open session on the roll says of this pupil."""
    said = what_it_says(pupil.marks.get((day, half), ""), day)
    if said == "Z" or (said == "X" and compulsory(pupil.dob, day)):
        return INVALID
    return said


@cache
def compulsory(dob: date, day: date) -> bool:
    """Education Act 1996, s8."""
    return begins(dob) <= day <= ends(dob)


@cache
def begins(dob: date) -> date:
    birthday = date(dob.year + 5, 3, 1) if (dob.month, dob.day) == (2, 29) else dob.replace(year=dob.year + 5)
    while (birthday.month, birthday.day) not in ((3, 31), (8, 31), (12, 31)):
        birthday += ONE_DAY
    return birthday


@cache
def ends(dob: date) -> date:
    """The school year in which a child turns 16 is here that of the law: from September to August."""
    june = date(dob.year + 16 + (1 if dob.month in (9, 10, 11, 12) else 0), 6, 30)
    while june.strftime("%a") != "Fri":
        june -= ONE_DAY
    return june


def sessions_of_the_year(school: PlainSchool, pupil: PlainPupil, as_at: date) -> list[str]:
    start = date(as_at.year if as_at.month >= 8 else as_at.year - 1, 8, 1)
    due = [(day, half) for day, half in sorted(school.open) if start <= day <= as_at and pupil.on_roll(day)]
    return [session(pupil, day, half) for day, half in due]


def absence(school: PlainSchool, pupil: PlainPupil, as_at: date) -> dict[str, object]:
    said = sessions_of_the_year(school, pupil, as_at)
    attended = sum(one in PRESENT | ACTIVITY or one == "J" for one in said)
    authorised = sum(one in AUTHORISED or one == "H" for one in said)
    unauthorised = sum(one in UNAUTHORISED for one in said)
    possible, absent = attended + authorised + unauthorised, authorised + unauthorised
    share = Fraction(absent, possible) if possible else None
    return {
        "possible": possible,
        "attended": attended,
        "authorised": authorised,
        "unauthorised": unauthorised,
        "late": said.count("L") + said.count("U"),
        "rate": None if share is None else f"{share.numerator}/{share.denominator}",
        "persistent": None if share is None else share >= Fraction(1, 10),
        "severe": None if share is None else share >= Fraction(1, 2),
        "in_statistics": possible > 0 and in_cohort(school, pupil, as_at),
        "below_school_threshold": None if share is None else 1 - share < Fraction(WATCHED, 1000),
    }


def in_cohort(school: PlainSchool, pupil: PlainPupil, as_at: date) -> bool:
    year = as_at.year if as_at.month >= 8 else as_at.year - 1
    age = year - pupil.dob.year - (0 if (pupil.dob.month, pupil.dob.day) <= (8, 31) else 1)
    holiday = date(year + 1, 5, 31)
    while holiday.strftime("%a") != "Mon":
        holiday -= ONE_DAY
    first = min(first for first, _ in pupil.spells)
    return 5 <= age <= 15 and not pupil.boarder and school.type != "independent" and first < holiday


def unusable(school: PlainSchool, pupil: PlainPupil, as_at: date) -> dict[str, object]:
    said = sessions_of_the_year(school, pupil, as_at)
    return {"not_recorded": said.count(NOTHING), "invalid": said.count(INVALID), "lossy": said.count(LOSSY)}


def day_in_a_run(school: PlainSchool, pupil: PlainPupil, day: date, wanted: set[str]) -> str:
    """counts, passes or breaks."""
    if not pupil.on_roll(day) or not compulsory(pupil.dob, day):
        return "breaks"
    said = [session(pupil, day, half) for half in (0, 1) if (day, half) in school.open]
    said = [one for one in said if one != "#"]
    if all(one in wanted for one in said):
        return "counts" if said else "passes"
    if all(one in wanted or one in NO_RECORD for one in said):
        return "passes"
    return "breaks"


@dataclass
class PlainRun:
    """A run of days that count; `ended` when a later day broke it, or the pupil left."""

    days: list[date]
    ended: bool = False


def runs(school: PlainSchool, pupil: PlainPupil, as_at: date, wanted: set[str]) -> list[PlainRun]:
    found: list[PlainRun] = []
    going = False
    for day in school.school_days():
        if day > as_at:
            break
        what = day_in_a_run(school, pupil, day, wanted)
        if what == "counts" and not going:
            found.append(PlainRun([]))
            going = True
        if what == "counts":
            found[-1].days.append(day)
        if what == "breaks" and going:
            found[-1].ended = True
            going = False
    if found and left(school, pupil, as_at):
        found[-1].ended = True
    return found


@lru_cache(maxsize=100)
def left(school: PlainSchool, pupil: PlainPupil, as_at: date) -> bool:
    """Off the roll on the day, and not only for days on which the school was closed."""
    if pupil.on_roll(as_at):
        return False
    before = [last for first, last in pupil.spells if first <= as_at and last is not None]
    after = [first for first, _ in pupil.spells if first > as_at]
    if not before or not after:
        return True
    return any(max(before) < day < min(after) for day in school.school_days())


def attendance_return(school: PlainSchool, pupil: PlainPupil, as_at: date) -> dict[str, object]:
    standing = [run for run in runs(school, pupil, as_at, UNAUTHORISED) if not run.ended]
    days = standing[-1].days if standing else []
    return {"due": len(days) >= 10, "run_days": len(days), "reached_on": days[9] if len(days) >= 10 else None}


def returns_ever_due(school: PlainSchool, pupil: PlainPupil, as_at: date) -> list[dict[str, object]]:
    """Every run that reached ten days: its first and last day, when it reached ten, whether it has ended."""
    return [
        {"first": run.days[0], "last": run.days[-1], "reached": run.days[9], "ended": run.ended}
        for run in runs(school, pupil, as_at, UNAUTHORISED)
        if len(run.days) >= 10 and run.days[9] >= REGULATIONS
    ]


def last_came(school: PlainSchool, pupil: PlainPupil, before: date) -> date | None:
    """The last day before `before` with a session present, at an approved activity, or U."""
    came = PRESENT | ACTIVITY | {"J", "U"}
    days = [
        day for day, half in school.open if day < before and pupil.on_roll(day) and session(pupil, day, half) in came
    ]
    return max(days, default=None)


def unexplained(school: PlainSchool, pupil: PlainPupil, as_at: date) -> dict[str, object]:
    days = school.school_days()
    deadlines = []
    for day, half in sorted(school.open):
        if day <= as_at and pupil.on_roll(day) and session(pupil, day, half) == "N":
            after = [later for later in days if later > day]
            deadlines.append(after[4] if len(after) >= 5 else None)
    overdue = [day for day in deadlines if day is not None and day < as_at]
    return {"overdue": len(overdue), "due_by": deadlines[0] if deadlines else None}
