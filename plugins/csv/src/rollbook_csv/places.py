"""Year group and class of pupils of whom there is no file of the roll: some exports have them with the pupils."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from rollbook.contract import Reject
from rollbook_csv import pages
from rollbook_csv.headings import PLACE
from rollbook_csv.reading import open_file


def with_places(
    rows: pl.DataFrame, key: str, settings: Mapping[str, Any]
) -> tuple[pl.DataFrame, list[Reject], str | None]:
    """A roll that was drawn from the marks, with those columns of PLACE that only the file of pupils has; what of them
    could not be read; and the name of that file where it has any. Raises RetryLater, FixSettings.
    """
    reading = open_file("pupils", settings)
    if reading is None or not any(reading.has(field) for field in PLACE):
        return rows, [], None
    pages.with_key(reading, key)
    place = pages.place(reading)
    reading.forget_rows()
    new = [name for name in place.columns if name not in rows.columns]
    placed = rows.join(place.select("pupil", *new), on="pupil", how="left", maintain_order="left")
    return placed, reading.rejects(), reading.file
