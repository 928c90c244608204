"""Pupils who left the roll and of whom nobody says where they went, or who came onto no other school's roll."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from rollbook.rules.ages import school_year_start
from rollbook.rules.case_types import LEAVER, ON_NO_ROLL, with_policy
from rollbook.rules.rule import Reading
from rollbook.tables.words import Destination

NO_DESTINATION = (
    "where this leaver went is not judged: no leaver of this school has a destination or a ground of deletion"
)
# Grounds of SI 2024/208 reg 9(1) that say where the child is; those by which the child is on no roll; by the others,
# and by none, it is not said.
_TELLING, _ON_NO_ROLL = ("a", "b", "c", "d", "e", "f", "j", "k", "l"), ("m", "n", "o")
_DAY = timedelta(days=1)


def find_leavers(reading: Reading) -> pl.DataFrame:
    """Spells off the roll of children of compulsory school age, since the start of the school year before this one.

    e, first (the first school day off the roll), last, ended (on a roll again, or past compulsory school age), reached,
    case_type (null where it is known that all is well), judged (whether the school says where leavers went), ground.
    """
    left = _spells(reading)
    left = left.filter(_due(reading, left)).drop("year_group", "highest_year")
    left = left.join(_elsewhere(reading, left), on="row", how="left", maintain_order="left")
    back = pl.min_horizontal(pl.col("again"), pl.col("elsewhere"))
    until = pl.min_horizontal(back - _DAY, "age_to", pl.lit(reading.as_at))
    left = left.with_columns(last=until, ended=until < reading.as_at).filter(pl.col("last") >= pl.col("first"))
    left = left.with_columns(case_type=_type(reading, left))
    left = with_policy(reading, left)
    wait = pl.when(pl.col("days") > 0).then(pl.col("left") + pl.duration(days="days")).otherwise("first")
    reached = pl.max_horizontal("first", wait)
    left = left.with_columns(reached=pl.when(reached <= pl.col("last")).then(reached))
    return left.select("e", "first", "last", "ended", "reached", "case_type", "judged", "ground")


def _spells(reading: Reading) -> pl.DataFrame:
    """Spells on the roll that ended and were not followed by another before the next school day."""
    people = reading.days.enrolments.select("e", "school", "pupil", "age_from", "age_to", "highest_year")
    roll = reading.registers.roll
    missing = [pl.lit(None, pl.String).alias(name) for name in ("destination", "ground") if name not in roll.columns]
    spells = roll.with_columns(*missing).filter(pl.col("from") <= reading.as_at)
    said = pl.col("destination").is_not_null() | pl.col("ground").is_not_null()
    spells = spells.with_columns(judged=said.any().over("school"))
    spells = spells.sort("school", "pupil", "from").with_columns(
        again=pl.when(
            (pl.col("school") == pl.col("school").shift(-1)) & (pl.col("pupil") == pl.col("pupil").shift(-1))
        ).then(pl.col("from").shift(-1))
    )
    since = school_year_start(school_year_start(reading.as_at) - _DAY)
    spells = spells.filter(pl.col("to").is_between(since, reading.as_at - _DAY)).with_columns(left="to")
    opened = reading.days.calendar.select("school", first="date")
    spells = spells.sort("left").join_asof(
        opened.sort("first"),
        left_on="left",
        right_on="first",
        by="school",
        strategy="forward",
        allow_exact_matches=False,
        check_sortedness=False,
    )
    spells = spells.filter(pl.col("first") <= pl.min_horizontal(pl.lit(reading.as_at), pl.col("again") - _DAY))
    wanted = ("pupil", "school", "left", "first", "again", "year_group", "destination", "ground", "judged")
    found = spells.select(*wanted).join(people, on=["school", "pupil"], how="inner").sort("e", "left")
    return found.drop("school").with_row_index("row")


def _due(reading: Reading, left: pl.DataFrame) -> pl.Series:
    """Of compulsory school age then, and no standard transition: the end of the school's most senior year."""
    days = reading.days.calendar.select("school", "date")
    starts = {day: school_year_start(day) for day in days.get_column("date").unique()}
    ends = days.with_columns(year=pl.col("date").replace_strict(starts, return_dtype=pl.Date))
    ends = ends.group_by("school", "year").agg(ends=pl.col("date").max())
    of_left = {day: school_year_start(day) for day in left.get_column("left").unique()}
    rows = left.join(reading.days.enrolments.select("e", "school"), on="e", how="left", maintain_order="left")
    rows = rows.with_columns(year=pl.col("left").replace_strict(of_left, return_dtype=pl.Date))
    rows = rows.join(ends, on=["school", "year"], how="left", maintain_order="left")
    transition = (pl.col("year_group") == pl.col("highest_year")) & (pl.col("left") >= pl.col("ends"))
    of_age = pl.col("first").is_between(pl.col("age_from"), pl.col("age_to"))
    return rows.select(of_age & ~transition.fill_null(False)).to_series()


def _elsewhere(reading: Reading, left: pl.DataFrame) -> pl.DataFrame:
    """row, elsewhere: the first day on which another school has the pupil on its roll, or marked, after the leaving."""
    schools = reading.days.enrolments.select("e", own="school")
    wanted = left.select("row", "e", "pupil", "left").join(schools, on="e", how="left")
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


def _type(reading: Reading, left: pl.DataFrame) -> pl.Series:
    """What is unknown or wrong of each leaver by destination and ground; null where nothing is.

    A destination that is a school to hand, which does not have the pupil, is on no roll that is known of.
    """
    to_hand = [str(urn) for urn in reading.registers.schools.get_column("school")]
    said = pl.col("destination").str.strip_chars().str.to_lowercase().replace("", None)
    unsaid = said.is_null() & ~pl.col("ground").is_in(_TELLING).fill_null(False)
    nowhere = (said.is_null() & pl.col("ground").is_in(_ON_NO_ROLL)).fill_null(False) | said.is_in(to_hand).fill_null(
        False
    )
    unknown = unsaid | (said == Destination.UNKNOWN.value).fill_null(False)
    kind = pl.when(nowhere).then(pl.lit(ON_NO_ROLL)).when(unknown).then(pl.lit(LEAVER))
    return left.select(case_type=kind).to_series()
