"""Absence in the school year to date, with persistent and severe absence on whole numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from math import gcd

import polars as pl

from rollbook.rules.ages import age_on_31_august, school_year_start, spring_bank_holiday
from rollbook.rules.code_counts import count_codes
from rollbook.rules.pairs import ATTENDED, AUTHORISED, UNAUTHORISED
from rollbook.rules.rule import Field, Judged, Reading, Rule
from rollbook.rules.thresholds import Settings
from rollbook.tables import codes

_COUNTS = ("possible", "attended", "authorised", "unauthorised", "late")


def judge(reading: Reading) -> Judged:
    """Of the school year up to the day looked at, of each enrolment by itself."""
    return Judged(_answer(reading, year_to_date(reading)))


def of_window(reading: Reading, first: date) -> pl.DataFrame:
    """The rule's fields from `first` to the day looked at: of a half term, a term, several years."""
    figures = absence_between(reading, first, reading.as_at)
    return _answer(reading, figures.with_columns(in_statistics=_in_statistics(reading, figures.get_column("possible"))))


def _answer(reading: Reading, figures: pl.DataFrame) -> pl.DataFrame:
    shown = figures.select(*_COUNTS, "rate", "persistent", "severe", "in_statistics")
    return shown.with_columns(below_school_threshold(reading, shown))


def below_school_threshold(reading: Reading, figures: pl.DataFrame) -> pl.Series:
    """Whether each enrolment (possible, attended) is below what its school's own policy asks for: a name of its own, so
    that nobody takes it for persistent absence. Null where the school asks for nothing, or nothing was possible.
    """
    asked = reading.policy("attendance_watched_per_mille", pl.UInt32)
    below = pl.col("attended") * 1000 < pl.col("possible") * asked
    return figures.select(below_school_threshold=pl.when(pl.col("possible") > 0).then(below)).to_series()


def year_to_date(reading: Reading) -> pl.DataFrame:
    """The rule's fields for each enrolment, in the school year to date: what other rules of absence begin with."""

    def make() -> pl.DataFrame:
        figures = absence_between(reading, school_year_start(reading.as_at), reading.as_at)
        return figures.with_columns(in_statistics=_in_statistics(reading, figures.get_column("possible")))

    return reading.once("absence", make)


def absence_between(reading: Reading, first: date, last: date) -> pl.DataFrame:
    """Absence in any window: a half term, a term, a year. A row for each enrolment, in the order of the enrolments.

    first, last: days, both included; what lies after the day looked at is not counted. Columns: possible, attended,
    authorised, unauthorised, late (sessions), rate, persistent and severe (see `ABSENCE`).
    """
    late = codes.ids(*reading.settings.law("late_codes"))
    kinds = {"attended": ATTENDED, "authorised": AUTHORISED, "unauthorised": UNAUTHORISED, "late": late}
    sums = sum_sessions(reading, kinds, first, last)
    possible = pl.col("attended") + pl.col("authorised") + pl.col("unauthorised")
    return with_rates(sums.with_columns(possible=possible), reading.settings)


def sum_sessions(
    reading: Reading, kinds: Mapping[str, tuple[int, ...]], first: date | None = None, last: date | None = None
) -> pl.DataFrame:
    """For each enrolment, how many sessions from `first` (None: of the school year) to `last` (None: to date) say one
    of the ids of each kind.
    """
    counts = count_codes(reading, first or school_year_start(reading.as_at), last or reading.as_at)
    people = len(reading.days.enrolments)
    none = pl.repeat(0, people, dtype=pl.UInt32, eager=True)
    return pl.DataFrame(
        {kind: sum((counts.slice(one * people, people) for one in ids), none) for kind, ids in kinds.items()}
    )


def with_rates(figures: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """`figures` (possible, authorised, unauthorised) with rate, persistent, severe; null where nothing was possible."""
    absent = (figures.get_column("authorised") + figures.get_column("unauthorised")).to_list()
    pairs = zip(absent, figures.get_column("possible").to_list(), strict=True)
    rates = pl.Series("rate", [_fraction(*pair) for pair in pairs], dtype=pl.String)
    return with_reached(figures, settings).with_columns(rates)


def with_reached(figures: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """`figures` (possible, authorised, unauthorised) with persistent and severe; null where nothing was possible.

    On whole numbers: ten per cent exactly is persistent, and 20 of 201 is not, though both are shown as 10.0%.
    """
    absent = pl.col("authorised") + pl.col("unauthorised")
    some = pl.when(pl.col("possible") > 0)
    reaches = {
        name: some.then(absent * 100 >= pl.col("possible") * settings.law(f"{name}_percent"))
        for name in ("persistent", "severe")
    }
    return figures.with_columns(**reaches)


@lru_cache(maxsize=2**16)
def _fraction(absent: int, possible: int) -> str | None:
    if possible == 0:
        return None
    shared = gcd(absent, possible)
    return f"{absent // shared}/{possible // shared}"


def _in_statistics(reading: Reading, possible: pl.Series) -> pl.Series:
    """Whether each enrolment is in DfE's cohort."""
    year = school_year_start(reading.as_at).year
    youngest, oldest = reading.settings.law("statistics_ages")
    cohort = (
        age_on_31_august(year).is_between(youngest, oldest)
        & ~pl.col("boarder").fill_null(False)
        & (pl.col("type").fill_null("") != "independent")
        & (pl.col("first") < spring_bank_holiday(year + 1)).fill_null(False)
    )
    return reading.days.enrolments.select(in_statistics=cohort & (possible > 0)).to_series()


ABSENCE = Rule(
    id="absence",
    title="Absence in the school year to date",
    says=(
        "Sessions possible, attended and absent since 1 August at this school; persistent absence from 10% of the "
        "pupil's own possible sessions, severe from 50%; and whether the enrolment is in DfE's statistics."
    ),
    law=(
        "DfE, Pupil absence statistics: methodology, 2.2 to 2.4 and 3.1 to 3.2",
        "SI 2024/208, reg 10 (what each code says)",
    ),
    first_day=date(2022, 9, 1),
    settings=(
        "persistent_percent",
        "severe_percent",
        "late_codes",
        "statistics_ages",
        "judged_from",
        "attendance_watched_per_mille",
    ),
    answer=(
        Field("possible", pl.UInt32, "sessions: attended, authorised and unauthorised together"),
        Field("attended", pl.UInt32, "sessions present or at an approved activity"),
        Field("authorised", pl.UInt32, "sessions of authorised absence"),
        Field("unauthorised", pl.UInt32, "sessions of unauthorised absence"),
        Field("late", pl.UInt32, "sessions of L and U"),
        Field("rate", pl.String, "absent over possible, a fraction in lowest terms; null when nothing was possible"),
        Field("persistent", pl.Boolean, "absent for 10% or more; null when nothing was possible"),
        Field("severe", pl.Boolean, "absent for 50% or more; null when nothing was possible"),
        Field("in_statistics", pl.Boolean, "whether this enrolment is in DfE's cohort"),
        Field(
            "below_school_threshold",
            pl.Boolean,
            "whether attendance is below the number of the school's own policy, which is no persistent absence; null "
            "where the school sets none, or nothing was possible",
        ),
    ),
    judge=judge,
    between=of_window,
)
