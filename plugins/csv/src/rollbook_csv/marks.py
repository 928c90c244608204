"""Marks out of a file of any shape: one page, in which each row is a mark."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import polars as pl

from rollbook.contract import Window
from rollbook_csv import month_apart
from rollbook_csv.grid import row_per_pupil
from rollbook_csv.pages import day, half_day
from rollbook_csv.reading import Reading
from rollbook_csv.strings import row_per_string

# For each shape, the fields without which there is no register.
NEEDED: Mapping[str, tuple[str, ...]] = {
    "mark": ("date", "session", "mark"),
    "day": ("date", "am_mark", "pm_mark"),
    "grid": (),
    "string": ("start", "marks"),
    "folder": ("date", "session", "mark"),
}
COLUMNS = ("pupil", "date", "session", "code", "line")


def register(reading: Reading, today: date | None = None) -> pl.DataFrame:
    """The page of marks, once `with_key` was called with what its shape needs: each mark as it is written, a blank one
    null.

    Rows are not compared with each other: the host passes exact repeats and sets contradictions aside.
    today: after it nobody was present, so that a string of marks that says so begins on another day or counts others.
    Raises FixSettings, RetryLater.
    """
    if reading.shape == "string":
        return row_per_string(reading, today).select(COLUMNS)
    rows = _MADE[reading.shape](reading).select(COLUMNS)
    days = rows["date"].unique()
    if reading.shape in ("mark", "day") and days.dt.day().n_unique() == 1:
        month_apart.refuse(reading, days.to_list())
    return rows


def row_per_mark(reading: Reading) -> pl.DataFrame:
    """Marks of a file that has a row for each."""
    day(reading, "date", needed=True)
    half_day(reading)
    return reading.rows.with_columns(code=_written("mark"))


def row_per_day(reading: Reading) -> pl.DataFrame:
    """Marks of a file that has a row for each pupil and day, its morning and afternoon in two columns."""
    day(reading, "date", needed=True)
    am = reading.rows.with_columns(session=pl.lit("AM"), code=_written("am_mark"))
    pm = reading.rows.with_columns(session=pl.lit("PM"), code=_written("pm_mark"))
    return pl.concat([am.select(COLUMNS), pm.select(COLUMNS)]).sort("line", maintain_order=True)


def _written(field: str) -> pl.Expr:
    return pl.when(pl.col(field) != "").then(pl.col(field))


_MADE: Mapping[str, Callable[[Reading], pl.DataFrame]] = {
    "mark": row_per_mark,
    "day": row_per_day,
    "grid": row_per_pupil,
    "folder": row_per_mark,
}


def covered(rows: pl.DataFrame, window: Window, whole: bool) -> Window | None:
    """The days for which a whole-school export stands: from its first to its last in the window.

    None when a row had to be set aside: its mark may be there and not have been read, which is not deleted.
    """
    inside = rows.filter(pl.col("date").is_between(window.first, window.last))
    if not whole or inside.is_empty():
        return None
    first, last = inside.select(first=pl.col("date").min(), last=pl.col("date").max()).row(0)
    return Window(first, last)
