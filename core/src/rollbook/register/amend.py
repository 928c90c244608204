"""Bring normalised marks into what a register held. What changes keeps its earlier value, and when it was known.

Every amendment of a register keeps the original entry (Reg 6); the source seldom says who amended and why, so the
register says when it became known and in which run.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from rollbook.register.normalise import FRESH, KEY, KEYS, any_twice
from rollbook.tables.schemas import MARKS, MOMENT, PUPIL, REPLACED, conform, empty


@dataclass(frozen=True)
class Counts:
    """Marks by what a pull did to them. A mark of which the pull said nothing is in none of these."""

    added: int
    changed: int
    deleted: int
    unchanged: int


@dataclass(frozen=True)
class Merged:
    """marks: `MARKS`, the register as it is now, sorted. replaced: `REPLACED`, the rows that this merge closed."""

    marks: pl.DataFrame
    replaced: pl.DataFrame
    counts: Counts


def merge(
    kept: pl.DataFrame,
    fresh: pl.DataFrame,
    *,
    first: date | None,
    last: date | None,
    removed: pl.DataFrame | None = None,
    conflicted: pl.DataFrame | None = None,
    known_from: datetime,
    run: int,
    in_source: Iterable[int] | pl.Series | None = None,
    silent: Collection[date] = (),
) -> Merged:
    """The register `kept` (`MARKS`) after a pull brought `fresh` (`normalise.FRESH`, one row a session).

    first, last: the days for which the pull was whole; None where it cannot be said, and then no mark is deleted for
    being missing. removed: keys that the source says have no mark. conflicted: keys that stay as they were, whatever
    the pull lacks; a null session is the whole day, a null date all the pupil's days.
    in_source: the pupils of whom this pull has rows (default: those of `fresh` within the window). A pupil who is not
    among them has vanished from the source: no mark of his is deleted for being missing. silent: days of which the
    pull has no row of anybody, though it should: nor is any mark of these.
    A change is known from `known_from`, or from the earlier mark's own moment should the clock have gone back.
    Raises ValueError when `fresh` has two rows for one session: `normalise_marks` sets those aside.
    """
    kept, fresh = conform(kept, MARKS), conform(fresh, FRESH)
    if any_twice(fresh):
        raise ValueError("two marks for one session cannot be merged: normalise the pages of one pull together")
    lacking = _lacking(kept, first, last, silent, _present(fresh, first, last, in_source))
    gone = _gone(kept, lacking, removed, conflicted)
    judged = _compare(kept, fresh, gone, known_from)
    closed = judged.filter(pl.col("what").is_in(["changed", "deleted"])).with_columns(known_to=pl.col("moment"))
    news = pl.concat([_added(kept, fresh, known_from), _changed(judged)]).with_columns(run=pl.lit(run))
    stays = judged.filter(pl.col("what").is_in(["unchanged", "unsaid"]))
    number = dict(judged["what"].value_counts().iter_rows())
    return Merged(
        marks=pl.concat([conform(stays, MARKS), conform(news, MARKS)]).sort(KEY),
        replaced=conform(closed, REPLACED).sort(KEY),
        counts=Counts(
            added=news.height - number.get("changed", 0),
            changed=number.get("changed", 0),
            deleted=number.get("deleted", 0),
            unchanged=number.get("unchanged", 0),
        ),
    )


def _compare(kept: pl.DataFrame, fresh: pl.DataFrame, gone: pl.DataFrame, known_from: datetime) -> pl.DataFrame:
    """`kept` with the fresh mark beside it (`code_new`, `raw_new`), `what` became of it, and the `moment` of that."""
    both = kept.join(fresh.with_columns(pulled=True), on=KEY, how="left", suffix="_new", maintain_order="left")
    both = both.join(gone.with_columns(gone=True), on=KEY, how="left", maintain_order="left")
    same = (pl.col("code") == pl.col("code_new")) & pl.col("raw").eq_missing(pl.col("raw_new"))
    what = (
        pl.when(pl.col("pulled") & same)
        .then(pl.lit("unchanged"))
        .when("pulled")
        .then(pl.lit("changed"))
        .when("gone")
        .then(pl.lit("deleted"))
        .otherwise(pl.lit("unsaid"))
    )
    return both.with_columns(what=what, moment=pl.max_horizontal("known_from", pl.lit(known_from, dtype=MOMENT)))


def _added(kept: pl.DataFrame, fresh: pl.DataFrame, known_from: datetime) -> pl.DataFrame:
    new = fresh.join(kept.select(KEY), on=KEY, how="anti")
    return new.with_columns(known_from=pl.lit(known_from, dtype=MOMENT)).select(*FRESH, "known_from")


def _changed(judged: pl.DataFrame) -> pl.DataFrame:
    changed = judged.filter(pl.col("what") == "changed")
    return changed.select(*KEY, code="code_new", raw="raw_new", known_from="moment")


def as_known(marks: pl.DataFrame, replaced: pl.DataFrame, moment: datetime) -> pl.DataFrame:
    """The register (`MARKS`, sorted) as it was known at `moment`, from the marks now and all those ever replaced."""
    now = pl.lit(moment, dtype=MOMENT)
    then = conform(replaced, REPLACED).filter(pl.col("known_from") <= now, pl.col("known_to") > now)
    still = conform(marks, MARKS).filter(pl.col("known_from") <= now)
    return pl.concat([still, conform(then, MARKS)]).sort(KEY)


def _present(
    fresh: pl.DataFrame, first: date | None, last: date | None, in_source: Iterable[int] | pl.Series | None
) -> pl.Series:
    if in_source is not None:
        return pl.Series("pupil", in_source, dtype=PUPIL)
    if first is None or last is None:
        return pl.Series("pupil", [], dtype=PUPIL)
    return fresh.filter(pl.col("date").is_between(first, last))["pupil"].unique()


def _lacking(
    kept: pl.DataFrame, first: date | None, last: date | None, silent: Collection[date], present: pl.Series
) -> pl.DataFrame:
    """Keys of `kept` that the source would have if it had them still, of pupils and days of which it speaks."""
    if first is None or last is None:
        return empty(KEYS)
    keys = kept.select(KEY).filter(pl.col("date").is_between(first, last), pl.col("pupil").is_in(present.implode()))
    return keys.filter(~pl.col("date").is_in(list(silent))) if silent else keys


def _gone(
    kept: pl.DataFrame, lacking: pl.DataFrame, removed: pl.DataFrame | None, conflicted: pl.DataFrame | None
) -> pl.DataFrame:
    """Keys of `kept` that have no mark in the source: it says so, or lacks them where it was whole."""
    keys = kept.select(KEY)
    said = keys.join(conform(removed, KEYS).unique(), on=KEY, how="semi") if removed is not None else empty(KEYS)
    return _without(pl.concat([said, lacking]).unique(), conflicted)


def _without(keys: pl.DataFrame, doubtful: pl.DataFrame | None) -> pl.DataFrame:
    if doubtful is None or doubtful.is_empty():
        return keys
    doubt = conform(doubtful, KEYS)
    keys = keys.join(doubt.filter(pl.col("date").is_null()), on="pupil", how="anti")
    keys = keys.join(doubt.filter(pl.col("session").is_null()), on=["pupil", "date"], how="anti")
    return keys.join(doubt, on=KEY, how="anti")
