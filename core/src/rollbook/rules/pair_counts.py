"""How often each pair of sessions comes up: what every sum over a stretch of days begins with."""

from __future__ import annotations

from datetime import date

import polars as pl

from rollbook.rules.pairs import SIZE
from rollbook.rules.rule import Reading
from rollbook.tables import codes

_ALL_DAY = codes.ids("/")[0] * SIZE + codes.ids("\\")[0]


def days_by_pair(reading: Reading, first: date, last: date) -> pl.DataFrame:
    """For each enrolment and pair: the number `n` of its days from `first` to `last`, both included, that say it.

    Columns: e, pair, n; sorted by e. Most days are wholly present: those are counted, and only the others told apart.
    """

    def make() -> pl.DataFrame:
        days = reading.days.between(first, last).select("e", "pair")
        other = days.filter(pl.col("pair") != _ALL_DAY).group_by("e", "pair").agg(n=pl.len())
        wholly = days.group_by("e", maintain_order=True).agg(n=(pl.col("pair") == _ALL_DAY).sum())
        wholly = wholly.select("e", pl.lit(_ALL_DAY, pl.UInt16).alias("pair"), "n")
        return pl.concat([other, wholly]).with_columns(pl.col("n").cast(pl.UInt32)).sort("e")

    return reading.once(f"days by pair from {first} to {min(last, reading.as_at)}", make)
