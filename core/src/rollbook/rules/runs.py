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
    roles = days.days.select("e", "c", "pair", role=role)
    roles = roles.with_columns(broken=(pl.col("role") == BREAKS).cum_sum())
    people = days.enrolments.filter(pl.col("hi") > pl.col("lo"))
    ends = people.select((pl.col("base") + pl.col("hi") - pl.col("lo") - 1).cast(ROW)).to_series()
    final = people.select("e", "on_roll", final=roles.get_column("broken").gather(ends))
    counted = roles.filter(pl.col("role") == COUNTS).drop("role")
    starts = (pl.col("e") != pl.col("e").shift(1)) | (pl.col("broken") != pl.col("broken").shift(1))
    counted = counted.with_row_index("row").with_columns(start=starts.fill_null(True))
    counted = counted.with_columns(run=(pl.col("start").cum_sum() - 1).cast(ROW))
    begins = counted.filter("start").get_column("row")
    counted = counted.with_columns(k=pl.col("row") - pl.lit(begins).gather(pl.col("run")) + 1)
    runs = counted.group_by("run", maintain_order=True).agg(
        pl.col("e", "broken").first(),
        length=pl.len(),
        first_c=pl.col("c").first(),
        last_c=pl.col("c").last(),
    )
    runs = runs.join(final, on="e", how="left", maintain_order="left")
    unbroken = pl.col("on_roll") & (pl.col("broken") == pl.col("final"))
    runs = runs.with_columns(unbroken=unbroken).drop("broken", "final", "on_roll")
    return Runs(counted.select("e", "c", "pair", "run", "k"), runs)
