"""The page of a table out of its own file, or out of that of the marks where there is none."""

from __future__ import annotations

import polars as pl

from rollbook.tables.schemas import Table
from rollbook_csv import pages, values
from rollbook_csv.marks import NEEDED, register
from rollbook_csv.reading import Reading


def page_of(table: Table, reading: Reading, key: str) -> pl.DataFrame:
    """The page of `table` out of its own file, or out of that of the marks. Raises FixSettings for a missing column."""
    beside = pages.BESIDE[table]
    if table is Table.SESSIONS:
        reading.headings.require(*beside.needed)
        return beside.make(reading)
    if reading.headings.table != "marks":
        pages.with_key(reading, key, *beside.needed)
        return beside.make(reading)
    pages.with_key(reading, key, *(field for field in NEEDED[reading.shape] if field != "session"))
    rows = pages.roll_from_marks(reading, _marks(reading)) if table is Table.ROLL else beside.make(reading)
    reading.forget_rows()
    return rows


def _marks(reading: Reading) -> pl.DataFrame:
    """Day and code of each mark. With a row a mark, one whose session cannot be read says too that a pupil was there,
    and so does one without a mark; in the other shapes a blank says nothing of the kind.
    """
    if reading.shape == "mark":
        return reading.rows.select("pupil", values.day(pl.col("date"), reading.settings["date_form"]), code="mark")
    return register(reading)
