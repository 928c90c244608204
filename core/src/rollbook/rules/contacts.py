"""Attempts to reach a family, from the log of contacts: whether anyone was reached, what was tried, what was not."""

from __future__ import annotations

import polars as pl

from rollbook.rules.rule import Reading
from rollbook.tables.schemas import Schema
from rollbook.tables.words import ContactOutcome, ContactType

NO_LOG = "whether anyone was reached is not judged: the source gives no log of contact attempts (contact_log)"
CALL, MESSAGE, VISIT = "telephone call", "letter or message", "home visit"
_WAYS = {
    ContactType.CALL: CALL,
    ContactType.TEXT: MESSAGE,
    ContactType.EMAIL: MESSAGE,
    ContactType.LETTER: MESSAGE,
    ContactType.VISIT: VISIT,
}
_FOUND = (ContactOutcome.SEEN, ContactOutcome.REACHED)


def attempts(reading: Reading) -> pl.DataFrame | None:
    """e, date, way (null for another), reached (was anyone), by e and date; None where the source gives no log."""
    log = reading.registers.contact_log
    if log is None:
        return None
    people = reading.days.enrolments.select("e", "school", "pupil")
    known = log.filter(pl.col("date") <= reading.as_at).join(people, on=["school", "pupil"], how="inner")
    ways = {str(kind): way for kind, way in _WAYS.items()}
    way = pl.col("type").replace_strict(ways, default=None, return_dtype=pl.String)
    reached = pl.col("outcome").is_in([str(one) for one in _FOUND]).fill_null(False)
    return known.select("e", "date", way=way, reached=reached).sort("e", "date")


def tried(stays: pl.DataFrame, log: pl.DataFrame | None) -> pl.DataFrame:
    """`stays` (stay, e, first, until) with attempts (how many from first to until), last_attempt, outstanding (the ways
    not yet tried) and done_on (the day by which every way was); all null where there is no log.
    """
    if log is None:
        blank: Schema = {
            "attempts": pl.UInt32,
            "last_attempt": pl.Date,
            "outstanding": pl.List(pl.String),
            "done_on": pl.Date,
        }
        return stays.with_columns(pl.lit(None, dtype=dtype).alias(name) for name, dtype in blank.items())
    of_stay = stays.select("stay", "e", "first", "until").join(log, on="e", how="inner")
    of_stay = of_stay.filter(pl.col("date").is_between(pl.col("first"), pl.col("until")))
    ways = (CALL, MESSAGE, VISIT)
    each = of_stay.group_by("stay").agg(
        pl.len().alias("attempts"),
        pl.col("date").max().alias("last_attempt"),
        *(pl.col("date").filter(pl.col("way") == way).min().alias(way) for way in ways),
    )
    found = stays.join(each, on="stay", how="left", maintain_order="left")
    left = pl.concat_list(pl.when(pl.col(way).is_null()).then(pl.lit(way)) for way in ways).list.drop_nulls()
    all_tried = pl.all_horizontal(pl.col(way).is_not_null() for way in ways)
    found = found.with_columns(
        pl.col("attempts").fill_null(0).cast(pl.UInt32),
        outstanding=left,
        done_on=pl.when(all_tried).then(pl.max_horizontal(*ways)),
    )
    return found.drop(*ways)
