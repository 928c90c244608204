"""Sessions that add up over a school year, for rules that look at how many there were and when one of them came."""

from __future__ import annotations

import polars as pl

from rollbook.rules.ages import school_year_start
from rollbook.rules.days import ROW
from rollbook.rules.pairs import said, sessions
from rollbook.rules.rule import Reading


def tally(reading: Reading, ids: tuple[int, ...]) -> pl.DataFrame:
    """Each session, at compulsory school age, that says one of `ids`, in order.

    Columns: e, c, session, code, date; year (of 1 August before it), group (enrolment and year, numbered in order) and
    k (which of its group, from 1).
    """
    days = reading.days.saying(said(ids), of_age=True)
    found = reading.days.dated(sessions(days, ids)).select("e", "c", "session", "code", "date")
    year = pl.col("date").dt.year() - (pl.col("date").dt.month() < 8).cast(pl.Int32)
    new = ((pl.col("e") != pl.col("e").shift(1)) | (pl.col("year") != pl.col("year").shift(1))).fill_null(True)
    found = found.with_columns(year=year)
    found = found.with_columns(new=new, group=(new.cum_sum() - 1).cast(ROW))
    row = pl.int_range(len(found), dtype=ROW, eager=True)
    begins = row.filter(found.get_column("new"))[found.get_column("group")]
    return found.drop("new").hstack([(row - begins + 1).alias("k")])


def this_year(reading: Reading, tallied: pl.DataFrame) -> pl.DataFrame:
    """Those of the school year of the day looked at."""
    return tallied.filter(pl.col("year") == school_year_start(reading.as_at).year)
