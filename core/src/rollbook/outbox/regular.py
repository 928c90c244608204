"""The regular feed, reckoned from a register: how complete days are, weeks in figures, the marks of days.

Tables of one school in, tables out, in the open feed's field names. A session without a mark is not recorded, and never
an absence. Small numbers are still in a week's rows: who sends them hides them, for only there is it known how many the
authority calls few.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, TypeAlias

import polars as pl

from rollbook.tables import codes
from rollbook.tables.codes import Category
from rollbook.tables.words import Flag

Rows: TypeAlias = list[dict[str, Any]]
SESSIONS = ("AM", "PM")
COHORTS = tuple(
    flag.value for flag in Flag if flag not in (Flag.MEDICAL, Flag.BULLIED, Flag.PART_TIME_TIMETABLE)
)  # the feed tells of no other
YEARS = (-3, 14)
_FIGURES = {
    "attended": (Category.PRESENT, Category.APPROVED_ACTIVITY),
    "authorised": (Category.AUTHORISED,),
    "unauthorised": (Category.UNAUTHORISED,),
}


@dataclass(frozen=True)
class Register:
    """What is reported of a school: `tables.schemas` sessions, roll, marks, flags (None where the source gives none),
    and pupils (pupil, upn); marks from `first` to `last`.
    """

    sessions: pl.DataFrame
    roll: pl.DataFrame
    marks: pl.DataFrame
    pupils: pl.DataFrame
    flags: pl.DataFrame | None
    first: date
    last: date

    @cached_property
    def opened(self) -> pl.DataFrame:
        """date, session, week (its Monday): the sessions for which the school planned to be open."""
        within = pl.col("date").is_between(self.first, self.last)
        return self.sessions.filter("open", within).select("date", "session", week=pl.col("date").dt.truncate("1w"))

    @cached_property
    def recorded(self) -> pl.DataFrame:
        """pupil, date, session, code, week: the marks that are national codes, of open sessions and of those on the
        roll that day.
        """
        known = self.marks.filter(pl.col("code").is_in(list(codes.by_id())))
        held = known.join(self.opened, on=["date", "session"])
        spells = self.roll.select("pupil", "from", "to")
        there = held.join(spells, on="pupil").filter(_holds(pl.col("date"), pl.col("date")))
        return there.select("pupil", "date", "session", "code", "week").unique(["pupil", "date", "session"])


def days(register: Register) -> dict[date, Rows]:
    """For each day with an open session, its registers: session, expected, recorded."""
    opened = register.opened
    begun, ended = (register.roll.get_column(name).drop_nulls().sort() for name in ("from", "to"))
    dates = opened.get_column("date")
    expected = begun.search_sorted(dates, "right").cast(pl.Int64) - ended.search_sorted(dates, "left").cast(pl.Int64)
    came = register.recorded.group_by("date", "session").agg(recorded=pl.len())
    rows = opened.with_columns(expected=expected).join(came, on=["date", "session"], how="left")
    found: dict[date, Rows] = {}
    for day, session, due, made in (
        rows.select("date", "session", "expected", pl.col("recorded").fill_null(0)).sort("date", "session").iter_rows()
    ):
        found.setdefault(day, []).append({"session": SESSIONS[session], "expected": due, "recorded": made})
    return found


def weeks(register: Register) -> dict[date, Rows]:
    """For each week (its Monday) whose open sessions are all over, its rows: all pupils, each year group, each cohort
    where the source gives flags.
    """
    whole = register.sessions.filter("open").select(pl.col("date"), week=pl.col("date").dt.truncate("1w"))
    spans = whole.group_by("week").agg(begins=pl.col("date").min(), ends=pl.col("date").max())
    spans = spans.filter(pl.col("begins") >= register.first, pl.col("ends") <= register.last)
    each = _people(register, spans)
    found: dict[date, Rows] = {week: [] for week in spans.get_column("week").sort()}
    groups = [_summed(each.with_columns(cohort=pl.lit("all")), "cohort"), _summed(_of_years(each), "year_group")]
    if register.flags is not None:
        groups.append(_cohorts(each, register.flags, spans))
    for group in groups:
        for row in group.iter_rows(named=True):
            found[row.pop("week")].append(row)
    return found


def marks(register: Register) -> Mapping[date, pl.DataFrame]:
    """For each day with a recorded mark, its marks: pupil (digits as text), upn (null without), session, code."""
    letters = {number: code.code for number, code in codes.by_id().items()}
    found = register.recorded.join(register.pupils.select("pupil", "upn"), on="pupil", how="left")
    told = found.sort("pupil", "session").select(
        "date",
        pl.col("pupil").cast(pl.String),
        "upn",
        pl.col("session").replace_strict(dict(enumerate(SESSIONS)), return_dtype=pl.String),
        pl.col("code").replace_strict(letters, return_dtype=pl.String),
    )
    return {key[0]: part.drop("date") for key, part in told.partition_by("date", as_dict=True).items()}


def said(marks_of_day: pl.DataFrame) -> Rows:
    """Those of one day as they are sent; a pupil without a UPN has no such field."""
    return [{k: v for k, v in row.items() if v is not None} for row in marks_of_day.iter_rows(named=True)]


def _people(register: Register, spans: pl.DataFrame) -> pl.DataFrame:
    """week, pupil, year_group and figures: a row for each pupil on the roll in the week, by the last spell in it."""
    spells = register.roll.select("pupil", "from", "to", "year_group").sort("pupil", "from")
    there = spans.join(spells, how="cross").filter(_holds(pl.col("begins"), pl.col("ends")))
    there = there.unique(["week", "pupil"], keep="last", maintain_order=True)
    sums = {name: pl.col("code").is_in(codes.ids_in(*of)).sum().cast(pl.Int64) for name, of in _FIGURES.items()}
    counted = register.recorded.group_by("week", "pupil").agg(**sums)
    each = there.join(counted, on=["week", "pupil"], how="left", maintain_order="left")
    return each.select("week", "begins", "ends", "pupil", "year_group", *(pl.col(name).fill_null(0) for name in sums))


def _of_years(each: pl.DataFrame) -> pl.DataFrame:
    """Without those whose year group is not known: they are among all pupils alone."""
    return each.filter(pl.col("year_group").is_between(*YEARS))


def _cohorts(each: pl.DataFrame, flags: pl.DataFrame, spans: pl.DataFrame) -> pl.DataFrame:
    """Every cohort of every week, so that the rows there are say nothing of who is there."""
    held = each.join(flags.select("pupil", "from", "to", cohort="flag"), on="pupil")
    held = held.filter(pl.col("cohort").is_in(COHORTS), _holds(pl.col("begins"), pl.col("ends")))
    summed = _summed(held.unique(["week", "pupil", "cohort"]), "cohort")
    every = spans.select("week").join(pl.DataFrame({"cohort": COHORTS}), how="cross")
    return every.join(summed, on=["week", "cohort"], how="left", maintain_order="left").fill_null(0)


def _summed(each: pl.DataFrame, group: str) -> pl.DataFrame:
    sums = each.group_by("week", group).agg(pl.len().cast(pl.Int64).alias("pupils"), pl.col(*_FIGURES).sum())
    possible = pl.sum_horizontal(*_FIGURES)
    return sums.select("week", group, "pupils", possible.alias("possible"), *_FIGURES).sort("week", group)


def _holds(first: pl.Expr, last: pl.Expr) -> pl.Expr:
    """Whether a spell has a day from `first` to `last`; one without an end goes on, one without a begin always was."""
    return (pl.col("from") <= last).fill_null(True) & (pl.col("to") >= first).fill_null(True)
