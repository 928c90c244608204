"""Whose sorted marks are: each pupil of a school has one stretch of them."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

KEY = ("school", "pupil")


@dataclass(frozen=True)
class Owners:
    """pupils: school and pupil of each stretch, in the marks' order. begins: the row in which each begins, UInt32."""

    pupils: pl.DataFrame
    begins: pl.Series

    @classmethod
    def of(cls, marks: pl.DataFrame) -> Owners:
        """By where school or pupil change: a pupil may have marks at two schools, one after the other."""
        changes = [_begins(marks.get_column(name)) for name in KEY]
        begins = pl.concat(changes).unique().sort()
        return cls(marks.select(KEY)[begins], begins)


def _begins(column: pl.Series) -> pl.Series:
    """The rows in which another value begins."""
    lengths = column.rle().struct.field("len")
    return (lengths.cum_sum() - lengths).cast(pl.UInt32)
