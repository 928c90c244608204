"""Marks that are missing or cannot be used, in the school year to date."""

from __future__ import annotations

from datetime import date

import polars as pl

from rollbook.rules.absence import sum_sessions
from rollbook.rules.rule import Field, Judged, Reading, Rule
from rollbook.tables.codes import INVALID, LOSSY, NOT_RECORDED


def judge(reading: Reading) -> Judged:
    """Counts of sessions on the roll that hold no usable mark; X and Z where they cannot be are invalid (`days`)."""
    kinds = {"not_recorded": (NOT_RECORDED,), "invalid": (INVALID,), "lossy": (LOSSY,)}
    return Judged(sum_sessions(reading, kinds))


MARKS = Rule(
    id="marks",
    title="Marks not recorded, invalid or ambiguous",
    says=(
        "Sessions since 1 August in which the pupil was on the roll and the register holds no mark, a mark that is no "
        "code on that day, or one that may be several. None of them is ever counted as an absence."
    ),
    law=("SI 2024/208, reg 10",),
    first_day=date(2022, 9, 1),
    settings=("judged_from",),
    answer=(
        Field("not_recorded", pl.UInt32, "sessions with no mark"),
        Field("invalid", pl.UInt32, "marks that are no code, X at compulsory school age, Z on the roll"),
        Field("lossy", pl.UInt32, "marks that may be one of several codes"),
    ),
    judge=judge,
)
