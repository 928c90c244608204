"""Bring a pulled roll into the one that was known. A pupil who vanishes without leaving stays, marked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from rollbook.tables.codes import LAST_DAY
from rollbook.tables.schemas import QUARANTINE, ROLL, SCHOOL, Schema, conform

FRESH_ROLL: Schema = ROLL | {"first_mark": pl.Date}  # as a source gives it

_NO_KEY = "The row's pupil could not be known. Check that the list of pupils is whole and of the same date."
_NO_FIRST_DAY = "The spell has no first day on the roll that could be read. Enter it in the MIS."
_BACKWARDS = "The spell ends before it begins. Correct the first or the last day on the roll in the MIS."
_OVERLAP = (
    "Two spells of this pupil on the roll overlap: neither was used, and what was known before stands. "
    "Correct the first or the last day on the roll in the MIS."
)


@dataclass(frozen=True)
class MergedRoll:
    """roll: `ROLL`, sorted by pupil and first day. vanished: pupils on the roll without a leaving date of whom the
    source no longer speaks. quarantine: `QUARANTINE`.
    """

    roll: pl.DataFrame
    vanished: tuple[int, ...]
    quarantine: pl.DataFrame


def merge_roll(kept: pl.DataFrame, fresh: pl.DataFrame, *, school: int, origin: str = "") -> MergedRoll:
    """The roll after a pull gave it whole. kept: `ROLL`. fresh: `FRESH_ROLL`, a null pupil where unknown.

    What the source says of a pupil replaces what was kept of that pupil, but for a first day that is drawn from marks:
    see `_with_known_days`. A pupil of whom it says nothing keeps every spell; one of these without a leaving date has
    vanished. A spell that cannot be read, ends before it begins or overlaps another of the pupil is set aside
    (`malformed`, `unknown_pupil`, `overlapping_spells`); a pupil all of whose spells are set aside keeps those known
    before.
    """
    kept = conform(kept, ROLL)
    fresh = conform(fresh, FRESH_ROLL).with_columns(school=pl.lit(school, dtype=SCHOOL)).unique()
    judged = _judge(_with_known_days(kept, fresh))
    good = judged.filter(pl.col("fault").is_null())
    stays = kept.join(good, on="pupil", how="anti")
    unspoken = stays.join(fresh, on="pupil", how="anti")
    vanished = unspoken.filter(pl.col("to").is_null())["pupil"].unique().sort()
    return MergedRoll(
        roll=pl.concat([stays, conform(good, ROLL)]).sort("pupil", "from"),
        vanished=tuple(vanished.to_list()),
        quarantine=_set_aside(judged.filter(pl.col("fault").is_not_null()), origin),
    )


def _with_known_days(kept: pl.DataFrame, fresh: pl.DataFrame) -> pl.DataFrame:
    """`fresh` with the known days of pupils whose first day is drawn from marks (`first_mark`).

    Such a day says only which marks the source has now: it is later whenever the export begins later. The known first
    day of a spell that has not ended stands, unless there is a mark from before it; earlier spells stand. One who had
    left, and has no mark but later ones, is back from the first of them on. Year group, class and boarding are those of
    now.
    """
    drawn = fresh.drop_nulls(["pupil", "first_mark"])
    known = kept.join(drawn, on="pupil", how="semi").sort("pupil", "from")
    last = known.group_by("pupil").agg(begins=pl.col("from").last(), ends=pl.col("to").last(), spells=pl.len())
    here, only, mark = pl.col("ends").is_null(), pl.col("spells") == 1, pl.col("first_mark")
    first = pl.when(here & only).then(pl.min_horizontal("begins", mark)).when(here).then("begins").otherwise(mark)
    now = drawn.join(last, on="pupil").filter(here | (mark > pl.col("ends"))).with_columns(first.alias("from"))
    before = known.join(last, on="pupil").filter(~here | (pl.col("from") < pl.col("begins")))
    others = fresh.filter(mark.is_null() | ~pl.col("pupil").is_in(known["pupil"].implode()).fill_null(value=False))
    return pl.concat([conform(part, FRESH_ROLL) for part in (others, now, before)])


def _judge(fresh: pl.DataFrame) -> pl.DataFrame:
    """`fresh` with `fault`: null, or what is wrong with the spell."""
    ordered = fresh.sort("pupil", "from", "to", nulls_last=True)
    fault = (
        pl.when(pl.col("pupil").is_null())
        .then(pl.lit(_NO_KEY))
        .when(pl.col("from").is_null())
        .then(pl.lit(_NO_FIRST_DAY))
        .when(pl.col("to") < pl.col("from"))
        .then(pl.lit(_BACKWARDS))
    )
    judged = ordered.with_columns(fault=fault)
    sound = judged.filter(pl.col("fault").is_null())
    # In the order of their first days, some two spells overlap only if two neighbours do.
    before = pl.col("to").fill_null(LAST_DAY).shift(1).over("pupil")
    overlapping = sound.filter(pl.col("from") <= before)["pupil"].unique()
    doubtful = pl.col("fault").is_null() & pl.col("pupil").is_in(overlapping.implode())
    return judged.with_columns(fault=pl.when(doubtful).then(pl.lit(_OVERLAP)).otherwise("fault"))


def _set_aside(bad: pl.DataFrame, origin: str) -> pl.DataFrame:
    kinds = {
        _NO_KEY: "unknown_pupil",
        _NO_FIRST_DAY: "malformed",
        _BACKWARDS: "malformed",
        _OVERLAP: "overlapping_spells",
    }
    columns = {_NO_KEY: "pupil", _NO_FIRST_DAY: "from", _BACKWARDS: "to", _OVERLAP: "from"}
    fault = pl.col("fault")
    found = bad.with_columns(
        table=pl.lit("roll"),
        place=pl.lit(origin),
        column=fault.replace_strict(columns, return_dtype=pl.String),
        date=pl.col("from"),
        kind=fault.replace_strict(kinds, return_dtype=pl.String),
        reason=fault,
    )
    return conform(found, QUARANTINE)


def on_roll(roll: pl.DataFrame, day: date) -> int:
    """How many pupils are on the roll (`ROLL`) on `day`."""
    current = roll.filter(pl.lit(day).is_between(pl.col("from"), pl.col("to").fill_null(LAST_DAY)))
    return current["pupil"].n_unique()


def roll_drop(kept_count: int, fresh_count: int) -> bool:
    """Whether a roll fell by a third or more of what it was, and must be held for a person to look at.

    Exactly a third is held: 900 to 600 is, 900 to 601 is not. Count those of the roll known who are not `gone`: a net
    number does not see that all have been exchanged for others.
    """
    return kept_count > 0 and fresh_count * 3 <= kept_count * 2


def gone(kept: pl.DataFrame, fresh: pl.DataFrame, day: date) -> int:
    """How many pupils on the roll `kept` (`ROLL`) on `day`, with no leaving date, are on `fresh` neither on that day
    nor with a leaving date.
    """
    there = pl.lit(day).is_between(pl.col("from"), pl.col("to").fill_null(LAST_DAY))
    stayed = kept.filter(there, pl.col("to").is_null()).select("pupil", since="from")
    left = fresh.join(stayed, on="pupil").filter(pl.col("to") >= pl.col("since"))["pupil"]
    accounted = pl.concat([fresh.filter(there)["pupil"], left]).drop_nulls()
    return stayed.filter(pl.col("pupil").is_in(accounted.implode()).not_())["pupil"].n_unique()


def begin_later(kept: pl.DataFrame, fresh: pl.DataFrame) -> pl.DataFrame:
    """pupil, first: those of both rolls (`ROLL`) whose first day on it is later in `fresh`, with that day."""
    firsts = [roll.group_by("pupil").agg(first=pl.col("from").min()) for roll in (fresh, kept)]
    both = firsts[0].join(firsts[1], on="pupil", suffix="_kept")
    return both.filter(pl.col("first") > pl.col("first_kept")).select("pupil", "first").sort("pupil")


def many_begin_later(known: int, moved: int) -> bool:
    """Whether so many of the pupils known begin later that a person must look: two or more, and a tenth or more."""
    return moved > 1 and moved * 10 >= known
