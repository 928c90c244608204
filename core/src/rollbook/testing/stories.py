"""What happens to some pupils of a made-up school: joining, leaving, holidays, suspensions, runs of absence.

Each story writes its sessions on the sheet before everyday absence fills the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from rollbook.testing.absences import OF, UNAUTHORISED, Array, Sheet
from rollbook.testing.phases import Phase

LEAST_DAYS = 32  # fewer school days hold no planned runs
LONGEST_UNPLANNED = 8  # school days of unauthorised absence on end, but for the planned runs


@dataclass(frozen=True)
class Run:
    """A planned run of unauthorised absence of ten school days or more, as it is written before any correction.

    `pupil` is the place in the table of pupils; `first` and `last`, both included, in the list of school days.
    `story`: see `rollbook.testing.schools.PlannedRun`.
    """

    story: str
    pupil: int
    first: int
    last: int


@dataclass(frozen=True)
class Spells:
    """When each pupil came and went, as places in the list of school days; -1 for one who was there before, or stays.

    `leave`: pupil, first and last day of leave that was granted.
    """

    joined: Array
    left: Array
    leave: list[tuple[int, int, int]]


def plan_runs(sheet: Sheet, homeless: Array, rng: np.random.Generator) -> list[Run]:
    """Five pupils of compulsory school age with a run each, counted back from the last school day."""
    end = len(sheet.days) - 1
    if end < LEAST_DAYS:
        return []
    runs = []
    for story, (letter, first, last) in _spans(end).items():
        fit = sheet.plain & (sheet.groups >= 1) & (sheet.groups <= 10) & (homeless == (story == "no_address"))
        enough = fit & (sheet.rates >= (last - first + 3) / (end + 1))
        candidates = np.flatnonzero(enough if enough.any() else fit)
        if not len(candidates):
            continue
        pupil = int(rng.choice(candidates))
        sheet.plain[pupil] = False
        sheet.put((pupil, slice(first, last + 1)), letter)
        sheet.free[pupil, max(first - 1, 0) : last + 2] = False  # present before and after: the run is no longer
        runs.append(Run(story, pupil, first, last))
    return runs


def _spans(end: int) -> dict[str, tuple[str, int, int]]:
    return {
        "goes_on": ("N", end - 11, end),
        "withdrawn": ("O", end - 13, end - 1),
        "amended": ("O", end - 16, end),
        "ended": ("G", end - 29, end - 18),
        "no_address": ("O", end - 12, end),
    }


def start_of_year(sheet: Sheet, phase: Phase) -> None:
    """The two oldest years begin a half day later (`#`); reception has its first afternoons at home (X)."""
    if not sheet.days or sheet.days[0].month != 9:
        return
    if phase.type != "special":
        sheet.put((sheet.groups > phase.highest_year - 2, 0, 0), "#")
    sheet.put((sheet.groups == 0, slice(0, 3), 1), "X")


def comings_and_goings(sheet: Sheet, rng: np.random.Generator) -> Spells:
    """Pupils who join and leave in term, with Z before they are on the roll, and the other stories of whole spells."""
    count, days = sheet.pupils, len(sheet.days)
    joined, left = np.full(count, -1), np.full(count, -1)
    for pupil in sheet.take(round(count * 0.013) if days > 20 else 0, rng, most=0.3):
        joined[pupil] = rng.integers(5, days - 8)
        sheet.codes[pupil, : joined[pupil]] = OF[""]
        sheet.free[pupil, : joined[pupil]] = False
        sheet.codes[pupil, max(joined[pupil] - 3, 0) : joined[pupil]] = OF["Z"]
    for pupil in sheet.take(round(count * 0.01) if days > 20 else 0, rng, most=0.3):
        left[pupil] = rng.integers(8, days - 2)
        sheet.codes[pupil, left[pupil] + 1 :] = OF[""]
        sheet.free[pupil, left[pupil] + 1 :] = False
    return Spells(joined, left, _leave(sheet, rng))


def _leave(sheet: Sheet, rng: np.random.Generator) -> list[tuple[int, int, int]]:
    """Leave that was granted and marked so: C, and C1 for a performance."""
    spells = []
    for n, pupil in enumerate(sheet.take(round(sheet.pupils * 0.008), rng, least=0.04)):
        if len(sheet.days) < 8:
            break
        first = int(rng.integers(2, len(sheet.days) - 5))
        last = first + int(rng.integers(0, 4))
        sheet.put((pupil, slice(first, last + 1)), "C1" if n % 8 == 7 else "C")
        spells.append((int(pupil), first, last))
    return spells


def long_patterns(sheet: Sheet, phase: Phase, rng: np.random.Generator) -> None:
    """Part-time timetables (C2 in the afternoon), dual registration (D), provision elsewhere (B, K), no taxi (Q)."""
    count, weekday = sheet.pupils, np.array([day.weekday() for day in sheet.days], dtype=int)
    for pupil in sheet.take(round(count * phase.part_time), rng, least=0.35):
        sheet.put((pupil, slice(None), 1), "C2")
    for pupil in sheet.take(max(1, round(count * phase.dual)), rng, most=0.2):
        sheet.put((pupil, np.isin(weekday, rng.permutation(5)[:2])), "D")
    for n, pupil in enumerate(sheet.take(round(count * 0.014), rng, most=0.3)):
        sheet.put((pupil, weekday == n % 5), "K" if n % 6 == 5 else "B")
    if phase.type == "special":
        for pupil in sheet.take(1, rng):
            sheet.put((pupil, slice(3, 7)), "Q")


def holidays_and_suspensions(sheet: Sheet, phase: Phase, term_break: date, rng: np.random.Generator) -> Array:
    """G of three to five days on either side of the half term, E of one to four days. The pupils on holiday."""
    days = len(sheet.days)
    turn = sum(day < term_break for day in sheet.days)
    travellers = sheet.take(round(sheet.pupils * phase.holidays), rng, least=0.04, most=0.3)
    for pupil in travellers:
        length = int(rng.integers(3, 6))
        first = turn - length if rng.random() < 0.6 else min(turn, max(days - length, 0))
        sheet.put((pupil, slice(max(first, 0), first + length)), "G")
    for pupil in sheet.take(round(sheet.pupils * phase.suspended), rng, least=0.05):
        first = int(rng.integers(0, max(days - 5, 1)))
        sheet.put((pupil, slice(first, first + int(rng.integers(1, 5)))), "E")
    return travellers


def days_out(sheet: Sheet, phase: Phase, rng: np.random.Generator) -> None:
    """A class's visit (V), a match (P), a week of work experience (W), a day on which the buses fail (Y1)."""
    days = len(sheet.days)
    if not days:
        return
    for number in np.unique(sheet.classes):
        if rng.random() < 0.4:
            _present_only(sheet, sheet.classes == number, int(rng.integers(days)), "V")
    for _ in range(max(1, days // 12)):
        _present_only(sheet, rng.random(sheet.pupils) < 0.01, int(rng.integers(days)), "P", afternoon=True)
    workers = np.isin(np.arange(sheet.pupils), sheet.take(round((sheet.groups >= 10).sum() * 0.05), rng, most=0.2))
    monday = int(rng.integers(max(days - 5, 1)))
    for day in range(monday, min(monday + 5, days)):
        _present_only(sheet, workers, day, "W")
    riders = sheet.plain & (rng.random(sheet.pupils) < phase.buses)
    sheet.put((riders, days * 2 // 3, 0), "Y1")


def lateness(sheet: Sheet, phase: Phase, rng: np.random.Generator) -> None:
    """L for mornings on which a pupil came before the register closed; some pupils much more often than others."""
    often = rng.gamma(0.6, 1 / 0.6, sheet.pupils)
    late = rng.random((sheet.pupils, len(sheet.days))) < (phase.late * often)[:, None]
    mornings = sheet.codes[:, :, 0]
    mornings[late & sheet.free[:, :, 0] & (mornings == OF["/"])] = OF["L"]


def break_long_runs(first: Array, final: Array, planned: list[Run]) -> None:
    """Make ill, for a day, whoever would have unauthorised absence on end without a story (both arrays in place).

    So that what the rules find in a made-up school is what was planned. A session counts here if it was ever
    unauthorised; one not recorded breaks nothing.
    """
    ever = np.isin(first, UNAUTHORISED) | np.isin(final, UNAUTHORISED)
    blank = np.isin(final, (OF[""], OF["-"]))
    unbroken = np.asarray((ever | blank).all(axis=2))
    unbroken[[run.pupil for run in planned]] = False
    streak = np.zeros(len(first), dtype=int)
    for day in range(first.shape[1]):
        streak = np.where(unbroken[:, day], streak + ever[:, day].any(axis=1), 0)
        over = (streak > LONGEST_UNPLANNED) & ever[:, day].any(axis=1)
        for codes in (first, final):
            codes[over, day] = np.where(codes[over, day] == OF[""], OF[""], OF["I"])
        streak[over] = 0


def _present_only(sheet: Sheet, pupils: Array, day: int, letter: str, afternoon: bool = False) -> None:
    sessions = slice(1, 2) if afternoon else slice(0, 2)
    today = sheet.codes[:, day, sessions]
    going = pupils[:, None] & sheet.free[:, day, sessions] & np.isin(today, (OF["/"], OF["\\"]))
    today[going] = OF[letter]
    sheet.free[:, day, sessions][going] = False
