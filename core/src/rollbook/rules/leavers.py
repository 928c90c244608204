"""Pupils who left the roll and of whom nobody says where they went, or who came onto no other school's roll."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from rollbook.rules.ages import school_year_start
from rollbook.rules.case_types import LEAVER, ON_NO_ROLL, with_policy
from rollbook.rules.rule import Reading
from rollbook.rules.spells import next_open, spells
from rollbook.tables.words import Destination

NO_DESTINATION = (
    "where this leaver went is not judged: no leaver of this school has a destination or a ground of deletion"
)
# Grounds of SI 2024/208 reg 9(1) that say where the child is; those by which the child is on no roll; by the others,
# and by none, it is not said.
_TELLING, _ON_NO_ROLL, _HOME = ("a", "b", "c", "d", "e", "f", "j", "k", "l"), ("m", "n", "o"), "f"
_DAY = timedelta(days=1)


def find_leavers(reading: Reading) -> pl.DataFrame:
    """Spells off the roll of children of compulsory school age, since the start of the school year before this one.

    e, left (the last day on the roll), first (the first school day off it and of compulsory school age: who left
    younger grows up), last, ended (on a roll again, or past that age), reached, case_type (null where it is known that
    all is well), at_home (educated otherwise than at school), judged (whether the school says where leavers went),
    ground; taken and called (`case_types`). Standard transition at the end of the last year group is none.
    """
    return reading.once("leavers", lambda: _leavers(reading))


def _leavers(reading: Reading) -> pl.DataFrame:
    left = _left(reading)
    left = left.join(_elsewhere(reading, left), on="row", how="left", maintain_order="left")
    until = pl.min_horizontal(pl.min_horizontal("again", "elsewhere") - _DAY, "age_to", pl.lit(reading.as_at))
    left = left.with_columns(last=until, ended=until < reading.as_at).filter(pl.col("last") >= pl.col("first"))
    left = left.with_columns(_said(reading, left)).drop("school")
    left = with_policy(reading, left)
    wait = pl.when(pl.col("days") > 0).then(pl.col("left") + pl.duration(days="days"))
    reached = pl.max_horizontal("first", wait)
    left = left.with_columns(reached=pl.when(reached <= pl.col("last")).then(reached))
    return left.select(
        *(
            "e",
            "left",
            "first",
            "last",
            "ended",
            "reached",
            "case_type",
            "at_home",
            "judged",
            "ground",
            "taken",
            "called",
        )
    )


def _left(reading: Reading) -> pl.DataFrame:
    """Spells that ended, with a school day since: row, e, school, pupil, left (the last day on the roll), first, again
    (the first day of the next spell), destination, ground, judged, age_to.
    """
    since = school_year_start(school_year_start(reading.as_at) - _DAY)
    again = pl.when(pl.col("e") == pl.col("e").shift(-1)).then(pl.col("from").shift(-1))
    begun = spells(reading).with_columns(again=again)
    transition = (pl.col("year_group") == pl.col("highest_year")).fill_null(False) & pl.col("at_end")
    ended = begun.filter(pl.col("to").is_between(since, reading.as_at - _DAY) & ~pl.col("goes_on") & ~transition)
    ended = reading.days.told(ended, "pupil", "age_from", "age_to")
    ended = ended.with_columns(without=pl.max_horizontal("to", pl.col("age_from") - _DAY))
    ended = ended.with_columns(first=next_open(reading, ended, "without")).filter(pl.col("first") <= reading.as_at)
    left = ended.select("e", "school", "pupil", "from", "first", "again", "age_from", "age_to", left="to")
    left = left.filter(pl.col("first") <= pl.col("age_to"))
    left = left.join(_destinations(reading), on=["school", "pupil", "from"], how="left", maintain_order="left")
    return left.sort("e", "left").with_row_index("row")


def _destinations(reading: Reading) -> pl.DataFrame:
    """school, pupil, from, destination, ground, judged (whether any leaver of the school has one of the two)."""
    roll = reading.registers.roll
    names = ("destination", "ground")
    missing = [pl.lit(None, pl.String).alias(name) for name in names if name not in roll.columns]
    said = roll.with_columns(*missing).select("school", "pupil", "from", *names)
    some = pl.any_horizontal(pl.col(*names).is_not_null())
    return said.with_columns(judged=some.any().over("school"))


def _elsewhere(reading: Reading, left: pl.DataFrame) -> pl.DataFrame:
    """row, elsewhere: the first day on which another school has the pupil on its roll, or marked, after the leaving."""
    wanted = left.select("row", "pupil", "left", own="school")
    roll = reading.registers.roll.select("pupil", "school", "from", "to").join(wanted, on="pupil", how="inner")
    roll = roll.filter((pl.col("school") != pl.col("own")) & (pl.col("from") <= reading.as_at))
    still = roll.filter(pl.col("to").is_null() | (pl.col("to") > pl.col("left")))
    days = [still.select("row", elsewhere="from")]
    marks = reading.registers.elsewhere
    if marks is not None:
        found = marks.select("pupil", "date").join(wanted, on="pupil", how="inner")
        found = found.filter((pl.col("date") > pl.col("left")) & (pl.col("date") <= reading.as_at))
        days.append(found.select("row", elsewhere="date"))
    return pl.concat(days).group_by("row").agg(pl.col("elsewhere").min())


def _said(reading: Reading, left: pl.DataFrame) -> list[pl.Series]:
    """case_type and at_home of each leaver, by destination and ground.

    A destination that is a school to hand, which does not have the pupil, is on no roll that is known of.
    """
    to_hand = [str(urn) for urn in reading.registers.schools.get_column("school")]
    rows = left.select(
        to=pl.col("destination").str.strip_chars().str.to_lowercase().replace("", None),
        by=pl.col("ground").str.strip_chars().str.to_lowercase().fill_null(""),
    )
    to, by = pl.col("to"), pl.col("by")
    nowhere = (to.is_null() & by.is_in(_ON_NO_ROLL)) | to.is_in(to_hand)
    unknown = (to.is_null() & ~by.is_in(_TELLING)) | (to == Destination.UNKNOWN.value)
    at_home = (to.is_null() & (by == _HOME)) | (to == Destination.HOME.value)
    kind = pl.when(nowhere.fill_null(False)).then(pl.lit(ON_NO_ROLL)).when(unknown).then(pl.lit(LEAVER))
    said = rows.select(case_type=kind, at_home=at_home.fill_null(False))
    return [said.get_column("case_type"), said.get_column("at_home")]
