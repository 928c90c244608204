"""School weeks: weeks, from Monday to Sunday, with at least one open session of the school."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from rollbook.rules.rule import Reading

_SPAN = 2**24  # more days than there are


@dataclass(frozen=True)
class SchoolWeeks:
    """The school weeks of many schools, school after school.

    mondays: school and monday, in order. schools: school, `w0` (the row of its first week) and `weeks` (how many).
    """

    mondays: pl.DataFrame
    schools: pl.DataFrame

    @classmethod
    def of(cls, reading: Reading) -> SchoolWeeks:
        """By the whole calendar, what is to come too."""
        monday = pl.col("date").dt.truncate("1w")
        mondays = reading.days.calendar.select("school", monday=monday).unique().sort("school", "monday")
        rows = mondays.with_row_index("row").group_by("school", maintain_order=True)
        return cls(mondays, rows.agg(w0=pl.col("row").first().cast(pl.Int64), weeks=pl.len().cast(pl.Int64)))

    def week_of(self, rows: pl.DataFrame, day: str) -> pl.Series:
        """For each row (school, and a day) the school week that the day is in, or the last one before it; counted from
        0 at each school, and null before the first.
        """
        keys = self.mondays.select(_key("monday")).to_series()
        before = keys.search_sorted(rows.select(_key(day)).to_series(), side="right").cast(pl.Int64) - 1
        placed = rows.select("school").with_columns(week=before)
        placed = placed.join(self.schools, on="school", how="left", maintain_order="left")
        return placed.select(pl.when(pl.col("week") >= pl.col("w0")).then(pl.col("week") - pl.col("w0"))).to_series()

    def monday_of(self, rows: pl.DataFrame, week: str) -> pl.Series:
        """For each row (school, and the number of a week there) its Monday; null where the calendar has none such."""
        placed = rows.select("school", week=week).join(self.schools, on="school", how="left", maintain_order="left")
        there = pl.col("week").is_between(0, pl.col("weeks") - 1)
        row = placed.select(pl.when(there).then(pl.col("w0") + pl.col("week"))).to_series()
        return self.mondays.get_column("monday").gather(row)


def _key(day: str) -> pl.Expr:
    return pl.col("school").cast(pl.Int64) * _SPAN + pl.col(day).to_physical()
