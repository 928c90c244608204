"""School weeks: weeks, from Monday to Sunday, with at least one open session of the school."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from rollbook.rules.rule import Reading

_SPAN = 2**24  # more days than there are


@dataclass(frozen=True)
class SchoolWeeks:
    """The school weeks of many schools, school after school: the Monday of each, and its `_key`."""

    mondays: pl.Series
    keys: pl.Series

    @classmethod
    def of(cls, reading: Reading) -> SchoolWeeks:
        """By the whole calendar, what is to come too."""

        def make() -> pl.DataFrame:
            monday = pl.col("date").dt.truncate("1w")
            weeks = reading.days.calendar.select("school", monday=monday).unique().sort("school", "monday")
            return weeks.select("monday", key=_key("monday"))

        return cls(*reading.once("school weeks", make).get_columns())

    def week_of(self, rows: pl.DataFrame, day: str) -> pl.Series:
        """For each row (school, and a day) the school week that the day is in, or the last one before it; counted from
        0 at each school, and null before the first.
        """
        before = pl.lit(self.keys).search_sorted(_key(day), side="right").cast(pl.Int64) - 1
        first = self._first(pl.col("school"))
        return rows.select(week=pl.when(before >= first).then(before - first)).to_series()

    def monday_of(self, rows: pl.DataFrame, week: str) -> pl.Series:
        """For each row (school, and the number of a week there) its Monday; null where the calendar has none such."""
        row = self._first(pl.col("school")) + pl.col(week)
        there = (pl.col(week) >= 0) & (row < self._first(pl.col("school") + 1))
        return self.mondays[rows.select(pl.when(there).then(row).cast(pl.UInt32)).to_series()]

    def _first(self, school: pl.Expr) -> pl.Expr:
        """How many weeks come before those of a school."""
        return pl.lit(self.keys).search_sorted(school.cast(pl.Int64) * _SPAN, side="left").cast(pl.Int64)


def _key(day: str) -> pl.Expr:
    return pl.col("school").cast(pl.Int64) * _SPAN + pl.col(day).to_physical()
