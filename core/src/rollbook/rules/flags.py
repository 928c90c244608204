"""Flags of pupils: what was said of each on a day."""

from __future__ import annotations

from datetime import date

import polars as pl

from rollbook.rules.rule import Reading
from rollbook.tables.words import Flag

NO_FLAGS = "not judged: the source gives no flags of pupils (flags)"
ALWAYS, STILL = date(1900, 1, 1), date(2999, 12, 31)


def flags(reading: Reading) -> pl.DataFrame | None:
    """e, flag, from, to, authority, of spells that have begun by the day looked at; None where the source gives none.

    A spell without a first day held always, one without a last day holds still. What a social worker once had to do
    with stays said: `formerly_social_worker` follows from a spell that has ended.
    """
    given = reading.registers.flags
    if given is None:
        return None
    people = reading.days.enrolments.select("e", "school", "pupil")
    authority = "authority" if "authority" in given.columns else pl.lit(None, pl.String).alias("authority")
    spells = given.select(
        "school",
        "pupil",
        pl.col("flag").str.strip_chars().str.to_lowercase(),
        pl.col("from").fill_null(ALWAYS),
        pl.col("to").fill_null(STILL),
        authority,
    )
    spells = spells.filter(pl.col("from") <= reading.as_at).join(people, on=["school", "pupil"], how="inner")
    spells = spells.select("e", "flag", "from", "to", "authority")
    ended = spells.filter((pl.col("flag") == Flag.SOCIAL_WORKER.value) & (pl.col("to") < reading.as_at))
    former = ended.select(
        "e",
        flag=pl.lit(Flag.FORMERLY_SOCIAL_WORKER.value),
        **{"from": pl.col("to").dt.offset_by("1d"), "to": pl.lit(STILL)},
        authority="authority",
    )
    return pl.concat([spells, former]).sort("e", "from", "flag")


def holding(reading: Reading) -> pl.DataFrame | None:
    """e, flag of the flags that hold on the day looked at, each once, in their order."""
    spells = flags(reading)
    if spells is None:
        return None
    now = spells.filter(pl.col("to") >= reading.as_at)
    return now.select("e", "flag").unique().sort("e", "flag")
