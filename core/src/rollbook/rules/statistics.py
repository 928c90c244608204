"""Absence as DfE's published figures have it, for enrolments that are in their cohort."""

from __future__ import annotations

from datetime import date

import polars as pl

from rollbook.rules.absence import sum_sessions, with_reached, year_to_date
from rollbook.rules.ages import age_on_31_august, school_year_start, spring_bank_holiday
from rollbook.rules.pairs import ATTENDED, AUTHORISED, UNAUTHORISED
from rollbook.rules.rule import Field, Judged, Reading, Rule

_KINDS = {"attended": ATTENDED, "authorised": AUTHORISED, "unauthorised": UNAUTHORISED}


def judge(reading: Reading) -> Judged:
    """The year to date, but for pupils of 15 without the sessions from the spring bank holiday on."""
    figures = year_to_date(reading)
    left_out = _left_out(reading)
    kept = figures.select(*(pl.col(kind) - left_out.get_column(kind) for kind in _KINDS), "in_statistics")
    found = with_reached(kept.with_columns(possible=pl.sum_horizontal(*_KINDS)), reading.settings)
    found = found.with_columns(absent=pl.col("authorised") + pl.col("unauthorised"))
    names = ("possible", "absent", "persistent", "severe")
    return Judged(found.select(pl.when("in_statistics").then(name).alias(name) for name in names))


def _left_out(reading: Reading) -> pl.DataFrame:
    """For each enrolment, its sessions of each kind that the statistics do not count."""
    year = school_year_start(reading.as_at).year
    first = spring_bank_holiday(year + 1)
    if first > reading.as_at:
        return reading.days.enrolments.select(pl.lit(0, pl.UInt32).alias(kind) for kind in _KINDS)
    oldest = age_on_31_august(year) == reading.settings.law("statistics_short_year_age")
    of_age = reading.days.enrolments.select(oldest.alias("of_age"))
    sums = pl.concat([sum_sessions(reading, _KINDS, first), of_age], how="horizontal")
    return sums.select(pl.when("of_age").then(kind).otherwise(pl.lit(0, pl.UInt32)).alias(kind) for kind in _KINDS)


STATISTICS = Rule(
    id="statistics",
    title="Absence as DfE's statistics count it",
    says=(
        "The same enrolment as DfE's published figures have it: only those in their cohort, and for pupils who were 15 "
        "on 31 August without the sessions from the spring bank holiday to 31 July."
    ),
    law=("DfE, Pupil absence statistics: methodology, 2.2 to 2.4 and 3.1 to 3.2",),
    first_day=date(2022, 9, 1),
    settings=("persistent_percent", "severe_percent", "statistics_ages", "statistics_short_year_age", "judged_from"),
    answer=(
        Field("possible", pl.UInt32, "sessions; null, as the others, when the enrolment is not in the cohort"),
        Field("absent", pl.UInt32, "sessions of authorised and unauthorised absence"),
        Field("persistent", pl.Boolean, "absent for 10% or more; null when nothing was possible"),
        Field("severe", pl.Boolean, "absent for 50% or more; null when nothing was possible"),
    ),
    judge=judge,
)
