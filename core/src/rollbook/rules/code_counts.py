"""How many sessions say each code: what every sum over a stretch of days begins with."""

from __future__ import annotations

from datetime import date

import polars as pl

from rollbook.rules.pairs import ALL_DAY, SIZE
from rollbook.rules.rule import Reading


def count_codes(reading: Reading, first: date, last: date) -> pl.Series:
    """How many of each enrolment's sessions from `first` to `last`, both included, say each code.

    Code after code (those with the ids 0 to 127), and for each a number for each enrolment, in order. Wholly present
    days are only numbered: they are those that are no others.
    """

    def make() -> pl.DataFrame:
        people = len(reading.days.enrolments)
        rest = reading.days.rest.filter(_within(reading, first, last)[reading.days.rest.get_column("c")])
        present = _days(reading, first, last) - count_each(rest.get_column("e"), people)
        halves = [pl.col("pair") // SIZE, pl.col("pair") % SIZE]
        said = [rest.select(half.cast(pl.UInt32) * people + pl.col("e")).to_series() for half in halves]
        counts = count_each(pl.concat(said), SIZE * people)
        places = pl.int_range(people, dtype=pl.UInt32, eager=True)
        for code in (ALL_DAY // SIZE, ALL_DAY % SIZE):
            counts = counts.scatter(places + code * people, counts.slice(code * people, people) + present)
        return counts.to_frame()

    return reading.once(f"codes from {first} to {min(last, reading.as_at)}", make).to_series()


def _within(reading: Reading, first: date, last: date) -> pl.Series:
    """Whether each day of the calendar is from `first` to `last`."""
    return reading.days.calendar.get_column("date").is_between(first, min(last, reading.as_at))


def _days(reading: Reading, first: date, last: date) -> pl.Series:
    """How many days each enrolment has from `first` to `last`."""
    before = pl.concat([pl.Series([0], dtype=pl.UInt32), _within(reading, first, last).cum_sum().cast(pl.UInt32)])
    return before[reading.days.enrolments.get_column("hi")] - before[reading.days.enrolments.get_column("lo")]


def count_each(numbers: pl.Series, length: int) -> pl.Series:
    """How often each whole number below `length` is among `numbers`."""
    found = numbers.alias("number").value_counts(name="n")
    none = pl.Series([0], dtype=pl.UInt32).new_from_index(0, length)
    return none.scatter(found.get_column("number"), found.get_column("n").cast(pl.UInt32))
