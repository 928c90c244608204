"""How many sessions of the school year say each code."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from rollbook.rules.absence import sum_sessions
from rollbook.rules.ages import school_year_start
from rollbook.rules.rule import Field, Judged, Reading, Rule
from rollbook.tables import codes


def judge(reading: Reading) -> Judged:
    """Of the school year up to the day looked at, of each enrolment by itself."""
    return Judged(sessions_by_code(reading, school_year_start(reading.as_at), reading.as_at))


def sessions_by_code(reading: Reading, first: date, last: date) -> pl.DataFrame:
    """A row for each enrolment and a column for each letter (in all its meanings): sessions from `first` to `last`,
    both included, up to the day looked at. What a session not recorded, or not usable, is counted as: see `marks`.
    """
    return sum_sessions(reading, _letters(), first, last)


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
    between=lambda reading, first: sessions_by_code(reading, first, reading.as_at),
)
