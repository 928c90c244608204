"""How many sessions of the school year say each code."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from rollbook.rules.ages import school_year_start
from rollbook.rules.pairs import SIZE, how_many
from rollbook.rules.rule import Field, Judged, Reading, Rule
from rollbook.tables import codes

_ALL_DAY = codes.ids("/")[0] * SIZE + codes.ids("\\")[0]


def judge(reading: Reading) -> Judged:
    """Of the school year up to the day looked at, of each enrolment by itself."""
    return Judged(sessions_by_code(reading, school_year_start(reading.as_at), reading.as_at))


def sessions_by_code(reading: Reading, first: date, last: date) -> pl.DataFrame:
    """A row for each enrolment and a column for each letter (in all its meanings): sessions from `first` to `last`,
    both included, up to the day looked at. What a session not recorded, or not usable, is counted as: see `marks`.
    """
    days = reading.days.between(first, last).select("e", "pair")
    # Most days are wholly present: they are counted, and only the others told apart.
    other = days.filter(pl.col("pair") != _ALL_DAY).group_by("e", "pair").agg(n=pl.len())
    wholly = days.group_by("e", maintain_order=True).agg(n=(pl.col("pair") == _ALL_DAY).sum())
    said = pl.concat([other, wholly.select("e", pl.lit(_ALL_DAY, pl.UInt16).alias("pair"), "n")])
    said = said.with_columns(pl.col("n").cast(pl.UInt32))
    sums = said.group_by("e").agg(
        (pl.col("n") * pl.lit(how_many(ids)).gather(pl.col("pair"))).sum().cast(pl.UInt32).alias(letter)
        for letter, ids in _letters().items()
    )
    return reading.spread(sums).fill_null(0)


def _letters() -> Mapping[str, tuple[int, ...]]:
    return {code.code: codes.ids(code.code) for code in codes.all_codes()}


def _titles() -> Mapping[str, str]:
    """Of each letter, what it means now, or meant last."""
    return {code.code: code.title for code in sorted(codes.all_codes(), key=lambda code: code.last)}


ABSENCE_BY_CODE = Rule(
    id="absence_by_code",
    title="Sessions of the school year by code",
    says=(
        "How many sessions since 1 August at this school say each national code, those that make no session possible "
        "too. Every session on the roll is in exactly one of these figures, or in one of those of `marks`."
    ),
    law=("SI 2024/208, reg 10 (what each code says)",),
    first_day=date(2022, 9, 1),
    settings=("judged_from",),
    answer=tuple(Field(letter, pl.UInt32, _titles()[letter]) for letter in _letters()),
    judge=judge,
)
