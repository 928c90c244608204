"""Runs: days that count, one after another, with no day between them that breaks."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from rollbook.rules.days import ROW, Days
from rollbook.rules.pairs import BREAKS, COUNTS, look_up, run_roles


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
    return runs_of(days, pl.when("csa").then(look_up(run_roles(ids))).otherwise(pl.lit(BREAKS, pl.UInt8)))


def runs_of(days: Days, role: pl.Expr) -> Runs:
    """The runs of days whose `role` is COUNTS, with none between that BREAKS."""
    whole = _whole(days, role)
    counted = whole.filter(pl.col("role") == COUNTS).select("e", "c", "pair", "stretch")
    starts = pl.col("stretch") != pl.col("stretch").shift(1)
    counted = counted.with_row_index("row").with_columns(start=starts.fill_null(True))
    counted = counted.with_columns(run=(pl.col("start").cum_sum() - 1).cast(ROW))
    begins = counted.filter("start").get_column("row")
    counted = counted.with_columns(k=pl.col("row") - pl.lit(begins).gather(pl.col("run")) + 1)
    runs = counted.group_by("run", maintain_order=True).agg(
        pl.col("e", "stretch").first(),
        length=pl.len(),
        first_c=pl.col("c").first(),
        last_c=pl.col("c").last(),
    )
    final = (pl.col("base") + pl.col("hi") - pl.col("lo")).cast(ROW) - 1
    people = days.enrolments.select("e", "on_roll", final=final)
    runs = runs.join(people, on="e", how="left", maintain_order="left")
    ends = whole.group_by("stretch", maintain_order=True).agg(pl.col("row").last()).get_column("row")
    unbroken = pl.col("on_roll") & (pl.lit(ends).gather(pl.col("stretch")) == pl.col("final"))
    runs = runs.with_columns(unbroken=unbroken).drop("stretch", "final", "on_roll")
    return Runs(counted.select("e", "c", "pair", "run", "k"), runs)


def _whole(days: Days, role: pl.Expr) -> pl.DataFrame:
    """The few days that do not break, with their row and the number of their stretch: a day that breaks, or another
    enrolment, begins a new one.
    """
    rows = days.days.with_columns(role=role).with_row_index("row").filter(pl.col("role") != BREAKS)
    new = (pl.col("row") != pl.col("row").shift(1) + 1) | (pl.col("e") != pl.col("e").shift(1))
    return rows.with_columns(stretch=(new.fill_null(True).cum_sum() - 1).cast(ROW))
