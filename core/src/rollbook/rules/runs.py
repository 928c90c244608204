"""Runs: days that count, one after another, with no day between them that breaks."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from rollbook.rules.days import ROW, Days
from rollbook.rules.pairs import BREAKS, COUNTS, look_up, run_roles

_NONE = 2**32 - 1  # the number of no stretch


@dataclass(frozen=True)
class Runs:
    """days: each day that counts, in order: e, c, pair, run (its number), k (which day of the run, from 1).

    runs: each run, in order: run, e, length (days that count), first_c, last_c, unbroken (it still stands on the day
    looked at, and the pupil is on the roll).
    """

    days: pl.DataFrame
    runs: pl.DataFrame

    def reached(self, length: int) -> pl.DataFrame:
        """The runs that reached `length` days, with `reached_c`, the day of it."""
        there = self.days.filter(pl.col("k") == length)
        return self.runs[there.get_column("run")].hstack([there.get_column("c").alias("reached_c")])

    def of(self, runs: pl.DataFrame) -> pl.DataFrame:
        """The days of these of the runs."""
        wanted = pl.Series([False]).new_from_index(0, len(self.runs)).scatter(runs.get_column("run"), True)
        return self.days.filter(wanted[self.days.get_column("run")])


def find_runs(days: Days, ids: tuple[int, ...]) -> Runs:
    """The runs of days on which every session says one of `ids` (see `pairs.run_roles`).

    A day outside compulsory school age breaks a run, and so does a day off the roll.
    """
    return runs_of(days, run_roles(ids), of_age=True)


def runs_of(days: Days, roles: pl.Series, *, of_age: bool = False) -> Runs:
    """The runs of days whose role (of each pair) is COUNTS, with none between that BREAKS; `of_age`: nor one outside
    compulsory school age.
    """
    whole = _whole(days, roles, of_age)
    counted = whole.filter(pl.col("role") == COUNTS)
    starts = (pl.col("stretch") != pl.col("stretch").shift(1)).fill_null(True)
    counted = counted.select("e", "c", "pair", "stretch", start=starts, run=(starts.cum_sum() - 1).cast(ROW))
    row = pl.int_range(len(counted), dtype=ROW, eager=True)
    begins = row.filter(counted.get_column("start"))
    runs = _each(counted, begins)
    unbroken = _unbroken(days, whole, runs).alias("unbroken")
    k = (row - begins[counted.get_column("run")] + 1).alias("k")
    return Runs(counted[["e", "c", "pair", "run"]].hstack([k]), runs.drop("stretch").hstack([unbroken]))


def _each(counted: pl.DataFrame, begins: pl.Series) -> pl.DataFrame:
    """A row for each run, which begins in that row of `counted`: run, e, stretch, length, first_c, last_c."""
    ends = pl.concat([begins.slice(1), pl.Series([len(counted)], dtype=ROW)]).head(len(begins))
    own = {name: counted.get_column(name)[begins] for name in ("run", "e", "stretch")}
    c = counted.get_column("c")
    return pl.DataFrame(own | {"length": ends - begins, "first_c": c[begins], "last_c": c[ends - 1]})


def _unbroken(days: Days, whole: pl.DataFrame, runs: pl.DataFrame) -> pl.Series:
    """Whether each run still stands: its stretch reaches the last day of an enrolment that is on the roll."""
    last = pl.col("stretch") != pl.col("stretch").shift(-1, fill_value=_NONE)
    ends = whole.select(pl.col("row").filter(last)).to_series()
    own = days.told(runs.select("e", "stretch"), "on_roll", "base", "lo", "hi")
    final = own.get_column("base") + own.get_column("hi") - own.get_column("lo") - 1
    return own.get_column("on_roll") & (ends[own.get_column("stretch")] == final)


def _whole(days: Days, roles: pl.Series, of_age: bool) -> pl.DataFrame:
    """The few days that do not break, with their row and the number of their stretch: a day that breaks, or another
    enrolment, begins a new one.
    """
    rows = days.saying(roles != BREAKS, of_age=of_age)
    new = (pl.col("row") != pl.col("row").shift(1) + 1) | (pl.col("e") != pl.col("e").shift(1))
    return rows.with_columns(role=look_up(roles), stretch=(new.fill_null(True).cum_sum() - 1).cast(ROW))
