"""The form with a row for each mark. Other forms of registers will stand beside it, and give the same page."""

from __future__ import annotations

import polars as pl

from rollbook.contract import Window
from rollbook_csv.pages import day, half_day
from rollbook_csv.reading import Reading

NEEDED = ("date", "session", "mark")
COLUMNS = ("pupil", "date", "session", "code", "line")


def row_per_mark(reading: Reading) -> pl.DataFrame:
    """The page of marks, once `with_key` was called with NEEDED: each mark as it is written, a blank one null.

    Rows are not compared with each other: the host passes exact repeats and sets contradictions aside.
    """
    day(reading, "date", needed=True)
    half_day(reading)
    written = pl.when(pl.col("mark") != "").then(pl.col("mark"))
    return reading.rows.with_columns(code=written).select(COLUMNS)


def covered(rows: pl.DataFrame, window: Window, whole: bool) -> Window | None:
    """The days for which a whole-school export stands: from its first to its last in the window.

    None when a row had to be set aside: its mark may be there and not have been read, which is not deleted.
    """
    inside = rows.filter(pl.col("date").is_between(window.first, window.last))
    if not whole or inside.is_empty():
        return None
    first, last = inside.select(first=pl.col("date").min(), last=pl.col("date").max()).row(0)
    return Window(first, last)
