"""The rules as plain loops have them, pupil by pupil and day by day, for comparing speed.

Two of them. The plain judge is that of the tests, written to be read beside the law. The plain loop is written to be
quick: one object a mark, one walk over a pupil's days for all its rules. What the loop says is compared with what
`rollbook.rules` says before anything is made of it; the judge is compared in the tests.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from rollbook.rules.days import build
from rollbook.rules.evaluate import evaluate
from rollbook.rules.registers import Registers
from rollbook.rules.thresholds import Settings
from rollbook.tables import codes

sys.path.append(str(Path(__file__).parents[1] / "tests"))
from support import oracle, oracle_roll, oracle_years

SCHOOLS = 2
# Rule, its field, and the loop's name for it.
COMPARED = (
    ("absence", "possible", "possible"),
    ("absence", "persistent", "persistent"),
    ("marks", "not_recorded", "not_recorded"),
    ("attendance_return", "run_days", "run_days"),
    ("irregular", "sessions", "irregular"),
    ("sickness_return", "days", "illness"),
    ("unexplained", "overdue", "overdue"),
    ("not_seen", "days", "not_seen"),
    ("penalty_notice", "sessions", "in_ten_weeks"),
)
RULES_OF_LOOP = sorted({rule for rule, _, _ in COMPARED})
RULES_OF_JUDGE = [
    *("absence", "marks", "attendance_return", "unexplained", "compulsory_age", "statistics", "irregular"),
    *("sickness_return", "new_pupil_return", "deletion_return", "ground_review"),
]

ATTENDED = frozenset(["/", "\\", "L", "B", "K", "P", "V", "W"])
AUTHORISED = frozenset(["C", "C1", "C2", "E", "I", "J1", "M", "R", "S", "T"])
UNAUTHORISED = frozenset(["G", "N", "O", "U"])
GROUND = frozenset(["G", "N", "O"])
PASSED_OVER = frozenset(["#", "D", "X", "-"])
NO_MARK = frozenset(("-", "invalid", "lossy"))


@dataclass(slots=True)
class Mark:
    """A mark of a register."""

    date: date
    session: int
    code: str


@dataclass(slots=True)
class Pupil:
    """A pupil of one school: compulsory school age and roll as first and last days, and marks in order."""

    school: int
    number: int
    dob: date
    age_from: date
    age_to: date
    first: date
    last: date
    marks: list[Mark] = field(default_factory=list)


def judge(pupil: Pupil, days: list[date], opened: set[tuple[date, int]], as_at: date) -> dict[str, object]:
    """What the rules say of one pupil. days: the open days up to `as_at`; opened: its open sessions."""
    written = {(mark.date, mark.session): mark.code for mark in pupil.marks}
    counts: Counter[str] = Counter()
    unauthorised: list[date] = []
    unexplained: list[date] = []
    run = ground = illness = irregular = unseen = 0
    for day in days:
        if not pupil.first <= day <= pupil.last:
            run = ground = 0
            continue
        of_age = pupil.age_from <= day <= pupil.age_to
        said = []
        for session in (0, 1):
            if (day, session) not in opened:
                continue
            code = written.get((day, session), "-")
            if code == "Z" or (code == "X" and of_age):
                code = "invalid"
            said.append(code)
            counts[code] += 1
            if code in UNAUTHORISED and of_age:
                irregular += 1
                unauthorised.append(day)
            if code == "I" and of_age:
                illness += 1
            if code == "N":
                unexplained.append(day)
        run = next_length(run, said, UNAUTHORISED) if of_age else 0
        ground = next_length(ground, said, GROUND) if of_age else 0
        if any(code in ATTENDED or code == "U" for code in said):
            unseen = 0
        elif any(code not in PASSED_OVER and code not in NO_MARK for code in said):
            unseen += 1
    on_roll = pupil.first <= as_at <= pupil.last
    overdue = sum(1 for day in unexplained if sum(1 for later in days[-6:] if later > day) > 5)
    possible = sum(number for code, number in counts.items() if code in ATTENDED | AUTHORISED | UNAUTHORISED)
    absent = sum(number for code, number in counts.items() if code in AUTHORISED | UNAUTHORISED)
    weeks = sorted({day - timedelta(days=day.weekday()) for day in days})[-10:]
    return {
        "possible": possible,
        "persistent": absent * 10 >= possible if possible else None,
        "not_recorded": counts["-"],
        "run_days": run if on_roll else 0,
        "ground": ground if on_roll else 0,
        "irregular": irregular,
        "illness": illness / 2,
        "overdue": overdue,
        "not_seen": unseen,
        "in_ten_weeks": sum(1 for day in unauthorised if day >= weeks[0]),
    }


def next_length(length: int, said: list[str], wanted: frozenset[str]) -> int:
    """The length of a run after a day that says this."""
    left = [code for code in said if code != "#"]
    known = [code for code in left if code not in NO_MARK]
    if any(code not in wanted for code in known):
        return 0
    return length + 1 if left and len(known) == len(left) else length


def seconds_a_mark(tables: Registers, as_at: date) -> tuple[float, float]:
    """Of the plain judge and of the plain loop, on the first few schools, for a mark.

    Raises SystemExit when the loop differs from the rules: then there is nothing to compare.
    """
    pupils, opened = as_objects(tables, as_at)
    marks = sum(len(pupil.marks) for pupil in pupils)
    days = {school: sorted({day for day, _ in some if day <= as_at}) for school, some in opened.items()}
    began = time.perf_counter()
    found = [judge(pupil, days[pupil.school], opened[pupil.school], as_at) for pupil in pupils]
    of_loop = (time.perf_counter() - began) / marks
    compare(tables, pupils, found, as_at)
    schools = {school: oracle.PlainSchool("academy", some) for school, some in opened.items()}
    some = pupils[::4]
    plain = [(schools[pupil.school], as_plain(pupil)) for pupil in some]
    began = time.perf_counter()
    for school, pupil in plain:
        judge_plainly(school, pupil, as_at)
    return (time.perf_counter() - began) / sum(len(pupil.marks) for pupil in some), of_loop


def judge_plainly(school: oracle.PlainSchool, pupil: oracle.PlainPupil, as_at: date) -> list[object]:
    """What the plain judge says by the rules of RULES_OF_JUDGE."""
    return [
        oracle.judge(school, pupil, as_at),
        oracle_years.statistics(school, pupil, as_at),
        oracle_years.irregular(school, pupil, as_at, None),
        oracle_years.sickness(school, pupil, as_at),
        oracle_roll.new_pupil_return(school, pupil, as_at, 5),
        oracle_roll.deletion_return(school, pupil, as_at),
        oracle_roll.ground_review(school, pupil, as_at),
    ]


def as_plain(pupil: Pupil) -> oracle.PlainPupil:
    """A pupil as the plain judge reads one."""
    last = None if pupil.last == date.max else pupil.last
    marks = {(mark.date, mark.session): mark.code for mark in pupil.marks}
    return oracle.PlainPupil(pupil.dob, [(pupil.first, last)], marks=marks)


def as_objects(tables: Registers, as_at: date) -> tuple[list[Pupil], dict[int, set[tuple[date, int]]]]:
    """The pupils of the first few schools, each mark an object, and the open sessions of each school."""
    some = tables.schools.get_column("school").sort().head(SCHOOLS).implode()
    own = pl.col("school").is_in(some)
    people = build(tables, Settings(as_at, tables.schools)).enrolments.filter(own)
    people = people.select("school", "pupil", "dob", "age_from", "age_to", "first", "last")
    pupils = {(row[0], row[1]): Pupil(*row[:6], row[6] or date.max) for row in people.iter_rows()}
    for school, number, day, session, code in tables.marks.filter(own).iter_rows():
        pupils[school, number].marks.append(Mark(day, session, codes.letter(code)))
    opened: dict[int, set[tuple[date, int]]] = {}
    for school, day, session in (
        tables.sessions.filter(own & pl.col("open")).select("school", "date", "session").iter_rows()
    ):
        opened.setdefault(school, set()).add((day, session))
    return list(pupils.values()), opened


def compare(tables: Registers, pupils: list[Pupil], found: list[dict[str, object]], as_at: date) -> None:
    """Raises SystemExit when the plain loop and the rules differ."""
    said = evaluate(tables, as_at, rules=RULES_OF_LOOP)
    for rule, name, plain in COMPARED:
        values = {row[:2]: row[2] for row in said.answers[rule].select("school", "pupil", name).iter_rows()}
        pairs = zip(pupils, found, strict=True)
        wrong = [pupil for pupil, one in pairs if values[pupil.school, pupil.number] != one[plain]]
        if wrong:
            raise SystemExit(f"the plain loop differs from {rule}.{name} for {len(wrong)} of {len(pupils)} pupils")
