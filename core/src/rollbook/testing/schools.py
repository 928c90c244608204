"""Made-up schools: registers with the code mix, the episodes and the late corrections of real ones, and nobody real.

    school = make_school("primary", 900001, 420, seed=1, first=date(2026, 9, 1), last=date(2026, 11, 20))
    frames = school.known_on(date(2026, 11, 19))  # {Table.PUPILS: ..., Table.MARKS: ..., ...}

The same arguments give the same school. Figures come near those of `rollbook.testing.phases`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import polars as pl

from rollbook.tables.schemas import Table
from rollbook.testing import absences, corrections, history, people, stories
from rollbook.testing.calendars import half_term, school_calendar, year_of
from rollbook.testing.phases import PHASES, Phase, SchoolKind

__all__ = ["MadeSchool", "PlannedRun", "SchoolKind", "demo_schools", "make_school"]

LA, NEXT_DOOR = "801", "802"
_EVENINGS = 4  # whose pages are kept: those of a large school take room
NAMES = {"primary": "Larkspur Primary School", "secondary": "Beacon Hill Academy", "special": "Harbour View School"}


@dataclass(frozen=True)
class PlannedRun:
    """A pupil's planned run of unauthorised absence, ten school days or more, as first written: `first` to `last`.

    `pupil` is the vendor's key. `story` is one of:
    `goes_on` (N, reaches the last day), `ended` (G, the pupil came back weeks before), `no_address` (O, reaches the
    last day, and the school has no address of the pupil), and two that the last night's corrections change:
    `withdrawn` (O, all of it becomes illness) and `amended` (O, its first day becomes illness).
    """

    story: str
    pupil: str
    first: date
    last: date


@dataclass(frozen=True)
class MadeSchool:
    """A made-up school from its `first` to its `last` day.

    `history`: for each table, the columns of its page with `known_from` and `known_to`: the days from which, and
    until the one before which, the MIS held the row (`known_to` is null while it does).
    `runs`: where what must be reported was planned; none when there are fewer than 32 school days.
    """

    kind: SchoolKind
    urn: int
    name: str
    la: str
    laestab: str
    type: str
    lowest_year: int
    highest_year: int
    first: date
    last: date
    history: Mapping[Table, pl.DataFrame]
    runs: tuple[PlannedRun, ...]

    @cached_property
    def _held(self) -> dict[date, dict[Table, pl.DataFrame]]:
        return {}

    def known_on(self, evening: date) -> dict[Table, pl.DataFrame]:
        """Every page as the MIS holds it at the end of that day: no later mark, and no correction made later."""
        if evening not in self._held:  # a simulator, and what it is compared with, ask for few evenings and often
            while len(self._held) >= _EVENINGS:
                self._held.pop(next(iter(self._held)))
            self._held[evening] = {table: _known(rows, evening) for table, rows in self.history.items()}
        return dict(self._held[evening])

    @property
    def corrections_of_the_last_night(self) -> pl.DataFrame:
        """What `known_on(last)` shows and the evening before does not, in marks already made: `pupil`, `date`,
        `session`, `before`, `after`. The runs `withdrawn` and `amended` are among them.
        """
        key = ["pupil", "date", "session"]
        marks = self.history[Table.MARKS]
        before = marks.filter(pl.col("known_to") == self.last).select(*key, before="code")
        after = marks.filter(pl.col("known_from") == self.last).select(*key, after="code")
        return before.join(after, on=key, how="inner", maintain_order="left")


def make_school(
    kind: SchoolKind,
    urn: int,
    pupils: int,
    seed: int,
    first: date,
    last: date,
    *,
    name: str | None = None,
    calendar_offset: int = 0,
    la: str = LA,
    home_la: Mapping[str, str] | None = None,
) -> MadeSchool:
    """A school of about that many pupils (joiners included) with registers from `first` to `last`.

    `urn`: 6 digits; the LAESTAB follows from it and `la`, its authority. `calendar_offset` moves the half-day closure.
    `home_la`: for the story of a planned run, the authority in whose area that pupil lives, where it is another.
    Raises ValueError when there is no pupil to make, or `last` is before `first`.
    """
    if pupils < 1 or last < first:
        raise ValueError("a made-up school needs a pupil and a day")
    phase, rng = PHASES[kind], np.random.default_rng([seed, urn])
    cohort = _cohort(kind, urn, phase, la)
    children = people.make_pupils(cohort, pupils, year_of(last), rng)
    calendar = school_calendar(first, last, calendar_offset)
    sheet = absences.blank_sheet(children, calendar, last, phase, seed)
    spells, runs = _fill(sheet, children, phase, half_term(year_of(last)), rng)
    story = _tell(sheet, runs, last, rng)
    tables = history.Tables(_living(children, runs, home_la or {}), sheet.days, spells, cohort, first)
    return MadeSchool(
        kind=kind,
        urn=urn,
        name=name or NAMES[kind],
        la=la,
        laestab=cohort.laestab,
        type=phase.type,
        lowest_year=phase.lowest_year,
        highest_year=phase.highest_year,
        first=first,
        last=last,
        history=tables.all(story, calendar, runs, rng),
        runs=tuple(_planned(run, children, sheet.days) for run in runs),
    )


def demo_schools(seed: int, first: date, last: date) -> list[MadeSchool]:
    """The three schools of the demonstration, 1,510 pupils together: a primary, a secondary and a special school.

    Each has its planned runs (see `PlannedRun`), so that a first sync as at the evening before `last` finds them, and a
    second as at `last`, after `corrections_of_the_last_night`, withdraws one and amends one at every school. The
    special school is in the area of another authority than the others, and takes a child (`amended`) out of theirs.
    """
    return [
        make_school("primary", 900001, 420, seed, first, last),
        make_school("secondary", 900002, 960, seed + 1, first, last, calendar_offset=3),
        make_school(
            "special", 900003, 130, seed + 2, first, last, calendar_offset=6, la=NEXT_DOOR, home_la={"amended": LA}
        ),
    ]


def _fill(
    sheet: absences.Sheet, children: pl.DataFrame, phase: Phase, term_break: date, rng: np.random.Generator
) -> tuple[stories.Spells, list[stories.Run]]:
    """Write every reason on the sheet, the rarest stories first."""
    stories.start_of_year(sheet, phase)
    runs = stories.plan_runs(sheet, children["address"].is_null().to_numpy(), rng)
    spells = stories.comings_and_goings(sheet, rng)
    stories.long_patterns(sheet, phase, rng)
    stories.holidays_and_suspensions(sheet, phase, term_break, rng)
    stories.days_out(sheet, phase, rng)
    absences.everyday_absence(sheet, phase, rng)
    stories.lateness(sheet, phase, rng)
    return spells, runs


def _tell(sheet: absences.Sheet, runs: list[stories.Run], last: date, rng: np.random.Generator) -> corrections.Story:
    story = corrections.told(sheet, runs, rng)
    corrections.spoil(story, runs, rng)
    stories.break_long_runs(story.first, story.final, runs)
    corrections.correct_on_the_last_night(story, runs, last)
    return story


def _living(children: pl.DataFrame, runs: list[stories.Run], home_la: Mapping[str, str]) -> pl.DataFrame:
    homes: list[str | None] = [None] * children.height
    for run in runs:
        homes[run.pupil] = home_la.get(run.story)
    return children.with_columns(home_la=pl.Series(homes, dtype=pl.String))


def _cohort(kind: SchoolKind, urn: int, phase: Phase, la: str) -> people.Cohort:
    number = {"primary": 2000, "secondary": 4000, "special": 7000}[kind] + urn % 900
    feeder, feeders = (number, 1) if kind == "primary" else (3000 + 10 * (urn % 90), 5)
    years = phase.lowest_year, phase.highest_year
    return people.Cohort(urn, f"{la}/{number}", *years, phase.class_size, feeder, feeders)


def _planned(run: stories.Run, children: pl.DataFrame, days: list[date]) -> PlannedRun:
    return PlannedRun(run.story, children["pupil"][run.pupil], days[run.first], days[run.last])


def _known(rows: pl.DataFrame, evening: date) -> pl.DataFrame:
    gone = pl.col("known_to") <= evening
    held = rows.filter((pl.col("known_from") <= evening) & ~gone.fill_null(value=False))
    return held.drop("known_from", "known_to")
