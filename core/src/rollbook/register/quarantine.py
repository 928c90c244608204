"""Try again what was set aside, when the roll, the calendar or the map of codes has changed since."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from rollbook.register.normalise import FRESH, KEY, Normalised, normalise_marks
from rollbook.tables.schemas import PUPIL, QUARANTINE, SESSION, conform

# Kinds that a new roll, calendar or map can release. The others need the source to speak again.
RETRIED: Final = ("unknown_code", "lossy_code", "closed_day", "not_on_roll", "after_leaving")


def waits_since(rows: pl.DataFrame, earliest: date) -> date | None:
    """The first day of which the source must speak again, for the open quarantine rows of marks among `rows`
    (`QUARANTINE`) to be settled; None when none waits for it. A row without a day may be of any, from `earliest` on.

    Without it a row that is put right after the overlap has passed its day would never come into the register.
    """
    waiting = rows.filter(pl.col("table") == "marks", pl.col("kind").is_in(RETRIED).not_() | pl.col("pupil").is_null())
    first = waiting.select(pl.col("date").fill_null(earliest).min()).item()
    return max(first, earliest) if isinstance(first, date) else None


@dataclass(frozen=True)
class Retried:
    """marks: `normalise.FRESH`, the marks that are well now, to be merged with those of the pull, whose keys they
    never share. released: the `id` of every row that is no longer set aside: it is well now, or a newer pull spoke of
    its session. open: the `id` of those that stay.
    """

    marks: pl.DataFrame
    released: pl.Series
    open: pl.Series


def retry(
    rows: pl.DataFrame,
    pulled: Normalised,
    *,
    first: date | None,
    last: date | None,
    school: int,
    sessions: pl.DataFrame,
    roll: pl.DataFrame,
    mapped: Mapping[str, str],
    silent: Collection[date] = (),
) -> Retried:
    """Which of the open quarantine rows of marks (`QUARANTINE` and an `id`, larger for newer) are released, and how.

    pulled: the pull just normalised; `first` and `last`, the days for which it was whole, or None; `silent`: days of
    these of which it has no row of anybody, though it should. What that pull set
    aside is not among `rows`: it opens rows of its own. A row whose session the pull spoke of, or whose day it covers,
    is overtaken by it, and a row without a day by any whole pull. The others are normalised again, the newest row of a
    session only, with the roll, calendar and map of now; the rest of the arguments are `normalise_marks`'s.
    """
    rows = rows.filter(pl.col("table") == "marks").sort("id")
    overtaken = _overtaken(rows, pulled, first, last, silent)
    rest = rows.join(overtaken, on="id", how="anti", maintain_order="left")
    tried = rest.filter(pl.col("kind").is_in(RETRIED), pl.col("pupil").is_not_null())
    newest = tried.unique(KEY, keep="last", maintain_order=True)
    again = normalise_marks(
        newest.select("pupil", "date", session=_written_session(), code="raw", line=None, origin="place"),
        school=school,
        sessions=sessions,
        roll=roll,
        mapped=mapped,
        origin="",
    )
    still = conform(again.quarantine, QUARANTINE).select(KEY).unique()
    well = tried.join(still, on=KEY, how="anti").select("id")
    released = pl.concat([overtaken, well]).unique().sort("id")
    stays = rows.join(released, on="id", how="anti").sort("id")
    marks = again.marks.join(still, on=KEY, how="anti", maintain_order="left")
    return Retried(marks=conform(marks, FRESH), released=released["id"], open=stays["id"])


def _written_session() -> pl.Expr:
    return pl.col("session").replace_strict({0: "AM", 1: "PM"}, default=None, return_dtype=pl.String)


def _overtaken(
    rows: pl.DataFrame, pulled: Normalised, first: date | None, last: date | None, silent: Collection[date]
) -> pl.DataFrame:
    """The `id` of rows of which the pull has newer word."""
    keyed = conform(pulled.quarantine, QUARANTINE).filter(pl.col("pupil").is_not_null()).select(KEY)
    key = {"pupil": PUPIL, "date": pl.Date, "session": SESSION}
    ids = rows.with_columns(pl.col(name).cast(kind) for name, kind in key.items())
    theirs = pl.col("pupil").is_in(ids["pupil"].unique().implode())  # few rows are open, and many marks are pulled
    spoken = pl.concat([part.select(KEY).filter(theirs) for part in (pulled.marks, pulled.blank, keyed)])
    said = ids.join(spoken, on=KEY, how="semi").select("id")
    covered = rows.clear().select("id")
    if first is not None and last is not None:
        spoken_of = pl.col("date").is_between(first, last) & ~pl.col("date").is_in(list(silent))
        covered = rows.filter(spoken_of | pl.col("date").is_null()).select("id")
    return pl.concat([said, covered]).unique()
