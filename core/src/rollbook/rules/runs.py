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
        there = self.days.filter(pl.col("k") == length).select("run", reached_c="c")
        return self.runs.join(there, on="run", how="inner", maintain_order="left")


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
    counted = whole.filter(pl.col("role") == COUNTS).select("e", "c", "pair", "stretch").with_row_index("row")
    starts = (pl.col("stretch") != pl.col("stretch").shift(1)).fill_null(True)
    counted = counted.with_columns(start=starts, run=(starts.cum_sum() - 1).cast(ROW))
    runs = _each(counted).join(_ends(days), on="e", how="left", maintain_order="left")
    last_rows = whole.select(pl.col("row").filter(pl.col("stretch") != pl.col("stretch").shift(-1, fill_value=_NONE)))
    unbroken = pl.col("on_roll") & (pl.lit(last_rows.to_series()).gather(pl.col("stretch")) == pl.col("final"))
    begins = runs.get_column("begin")
    runs = runs.select("run", "e", "length", "first_c", "last_c", unbroken=unbroken)
    k = pl.col("row") - pl.lit(begins).gather(pl.col("run")) + 1
    return Runs(counted.select("e", "c", "pair", "run", k=k), runs)


def _each(counted: pl.DataFrame) -> pl.DataFrame:
    """A row for each run: run, e, stretch, begin (its first row in `counted`), length, first_c, last_c."""
    ends = pl.col("row").shift(-1, fill_value=len(counted))
    runs = counted.filter("start").select("run", "e", "stretch", begin="row", first_c="c", length=ends - pl.col("row"))
    last = runs.get_column("begin") + runs.get_column("length") - 1
    return runs.with_columns(counted.get_column("c")[last].alias("last_c"))


def _ends(days: Days) -> pl.DataFrame:
    """e, on_roll, final (its last row in `days`)."""
    return days.enrolments.select("e", "on_roll", final=(pl.col("base") + pl.col("hi") - pl.col("lo")).cast(ROW) - 1)


def _whole(days: Days, roles: pl.Series, of_age: bool) -> pl.DataFrame:
    """The few days that do not break, with their row and the number of their stretch: a day that breaks, or another
    enrolment, begins a new one.
    """
    rows = days.saying(roles != BREAKS, of_age=of_age)
    new = (pl.col("row") != pl.col("row").shift(1) + 1) | (pl.col("e") != pl.col("e").shift(1))
    return rows.with_columns(role=look_up(roles), stretch=(new.fill_null(True).cum_sum() - 1).cast(ROW))
