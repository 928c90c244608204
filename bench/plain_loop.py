"""The rules as a plain loop would have them: pupil by pupil, day by day, one object a mark. For comparing speed.

It does the rules that walk over marks, each as a person would write it, in one walk over a pupil's days: absence and
its codes, unusable marks, the ten-day and the twenty-day run, unauthorised sessions, illness, N marks, days not seen,
and the ten school weeks. What they say is compared with `rollbook.rules` before anything is measured.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from rollbook.tables import codes

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


def read(folder: Path, schools: int, enrolments: pl.DataFrame) -> tuple[list[Pupil], dict[int, set[tuple[date, int]]]]:
    """The first few schools of a folder as objects. enrolments: school, pupil, age_from, age_to, first, last."""
    some = pl.read_parquet(folder / "schools.parquet").get_column("school").sort().head(schools).implode()
    pupils = {
        (row[0], row[1]): Pupil(*row[:5], row[5] or date.max)
        for row in enrolments.filter(pl.col("school").is_in(some)).iter_rows()
    }
    marks = pl.read_parquet(folder / "marks.parquet").filter(pl.col("school").is_in(some))
    for school, number, day, session, code in marks.iter_rows():
        pupils[school, number].marks.append(Mark(day, session, codes.letter(code)))
    opened: dict[int, set[tuple[date, int]]] = {}
    sessions = pl.read_parquet(folder / "sessions.parquet").filter(pl.col("open") & pl.col("school").is_in(some))
    for school, day, session in sessions.select("school", "date", "session").iter_rows():
        opened.setdefault(school, set()).add((day, session))
    return list(pupils.values()), opened
