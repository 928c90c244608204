"""Where a date stands in the calendars of many schools, found by counting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from rollbook.rules.registers import Registers

ROW = pl.UInt32
CLOSED_DAY = 2**32 - 1
_NEVER = date(2022, 9, 1)  # stands for the days of a calendar that has none


@dataclass(frozen=True)
class Places:
    """Where a date stands in a school's calendar: a row for each day from `first` to `last`, school after school.

    schools: with `start`, which added to a day's number (since 1970) gives its row. next: the first open day on or
    after it. day: itself where it is open, else CLOSED_DAY.
    """

    schools: pl.DataFrame
    first: date
    last: date
    next: pl.Series
    day: pl.Series

    @classmethod
    def of(cls, registers: Registers, calendar: pl.DataFrame) -> Places:
        """Of the open days in `calendar` (c, school, date). The first and the last row of a school are closed days."""
        dates = calendar.get_column("date")
        first = next(iter(dates.bottom_k(1)), _NEVER) - timedelta(days=1)
        last = next(iter(dates.top_k(1)), _NEVER) + timedelta(days=2)
        span = pl.DataFrame({"date": pl.date_range(first, last, eager=True)})
        start = pl.int_range(pl.len(), dtype=pl.Int32) * len(span) - (first - date(1970, 1, 1)).days
        schools = registers.schools.sort("school").with_columns(start=start)
        table = schools.select("school").join(span, how="cross", maintain_order="left_right")
        day = table.join(calendar, on=["school", "date"], how="left", maintain_order="left").get_column("c")
        is_open = day.is_not_null()
        following = (is_open.cum_sum() - is_open.cast(ROW)).cast(ROW)
        return cls(schools, first, last, following, day.fill_null(CLOSED_DAY))

    def at(self, day: pl.Expr) -> pl.Expr:
        """The first open day on or after `day`, at the school whose `start` is in the row."""
        return pl.lit(self.next).gather(self._row(day))

    def on(self, day: pl.Expr) -> pl.Expr:
        """The open day that `day` is, at the school whose `start` is in the row; CLOSED_DAY if it is none."""
        return pl.lit(self.day).gather(self._row(day))

    def _row(self, day: pl.Expr) -> pl.Expr:
        return (pl.col("start") + day.clip(self.first, self.last).to_physical()).cast(ROW)
