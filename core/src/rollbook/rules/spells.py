"""Spells on the roll, each with what the calendar says of its first and last day."""

from __future__ import annotations

import polars as pl

from rollbook.rules.rule import Reading

_SPAN = 2**24  # more days than there are


def spells(reading: Reading) -> pl.DataFrame:
    """A row for each spell that has begun, sorted by enrolment and first day.

    Columns: e, school, from, to, year_group, lowest_year, highest_year; first_open (of the school year of `from`);
    at_end (no school day of the school year is after `to`); goes_on (to a later spell, with no school day between).
    """
    return reading.once("spells", lambda: _spells(reading))


def _spells(reading: Reading) -> pl.DataFrame:
    facts = reading.days.enrolments.select("e", "school", "pupil", "lowest_year", "highest_year")
    roll = reading.registers.roll.select("school", "pupil", "from", "to", "year_group")
    rows = roll.join(facts, on=["school", "pupil"], how="inner").sort("e", "from").drop("pupil")
    rows = rows.with_columns(_first_open(reading, rows), next_open=next_open(reading, rows, "to"))
    again = pl.when(pl.col("e") == pl.col("e").shift(-1)).then(pl.col("from").shift(-1))
    rows = rows.with_columns(
        at_end=_at_end(reading, rows),
        goes_on=again.is_not_null() & (pl.col("next_open").is_null() | (pl.col("next_open") >= again)),
    )
    return rows.filter(pl.col("from") <= reading.as_at).drop("next_open")


def last_open(reading: Reading, rows: pl.DataFrame, day: str) -> pl.Series:
    """For each row (school, and a day), the last open day on or before it, or null."""
    return _open(reading, rows, day, -1)


def next_open(reading: Reading, rows: pl.DataFrame, day: str) -> pl.Series:
    """For each row (school, and a day), the first open day after it, or null."""
    return _open(reading, rows, day, 0)


def _open(reading: Reading, rows: pl.DataFrame, day: str, step: int) -> pl.Series:
    calendar = reading.once("open days", lambda: reading.days.calendar.select("date", "school", key=_key("date")))
    dates, schools, keys = (pl.lit(column) for column in calendar.get_columns())
    place = keys.search_sorted(_key(day), side="right").cast(pl.Int64) + step
    place = pl.when(pl.col(day).is_not_null() & place.is_between(0, len(calendar) - 1)).then(place)
    same = schools.gather(place) == pl.col("school")
    return rows.select(date=pl.when(same).then(dates.gather(place))).to_series()


def _key(day: str) -> pl.Expr:
    return pl.col("school").cast(pl.Int64) * _SPAN + pl.col(day).to_physical()


def _year(day: str) -> pl.Expr:
    """The school year of a day, by its August."""
    return pl.col(day).dt.year() - (pl.col(day).dt.month() < 8).cast(pl.Int32)


def _years(reading: Reading) -> pl.DataFrame:
    """school, year: the first and the last open day of each school year."""

    def make() -> pl.DataFrame:
        each = reading.days.calendar.group_by("school", _year("date").alias("year"))
        return each.agg(first_open=pl.col("date").min(), last_open=pl.col("date").max())

    return reading.once("school years", make)


def _first_open(reading: Reading, rows: pl.DataFrame) -> pl.Series:
    asked = rows.select("school", year=_year("from"))
    found = asked.join(_years(reading), on=["school", "year"], how="left", maintain_order="left")
    return found.get_column("first_open")


def _at_end(reading: Reading, rows: pl.DataFrame) -> pl.Series:
    """Whether the last open day up to `to` is the last of its school year: the holiday after it belongs to it."""
    asked = rows.select("school", day=last_open(reading, rows, "to")).with_columns(year=_year("day"))
    found = asked.join(_years(reading), on=["school", "year"], how="left", maintain_order="left")
    return found.select((pl.col("day") == pl.col("last_open")).fill_null(False)).to_series()
