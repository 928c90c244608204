"""What a day's two sessions say together, as tables to look up: a day's `pair` is AM * 128 + PM (see `days.Days`)."""

from __future__ import annotations

from functools import cache

import polars as pl

from rollbook.rules.lay import CLOSED
from rollbook.rules.lay import SIZE as SIZE
from rollbook.tables import codes
from rollbook.tables.codes import Category
from rollbook.tables.schemas import AM

PASSES, COUNTS, BREAKS = 0, 1, 2
ATTENDED = codes.ids_in(Category.PRESENT, Category.APPROVED_ACTIVITY)
AUTHORISED = codes.ids_in(Category.AUTHORISED)
UNAUTHORISED = codes.ids_in(Category.UNAUTHORISED)
CAME = (*ATTENDED, *codes.ids("U"))  # in the building, or at an approved activity, in that session

ALL_DAY = codes.ids("/")[0] * SIZE + codes.ids("\\")[0]  # present in both sessions, as nearly all days are

# The evidence of a finding that rests on no session.
NO_SESSIONS = pl.DataFrame(schema={"run": pl.UInt32, "date": pl.Date, "session": pl.UInt8, "code": pl.UInt8})


@cache
def how_many(ids: tuple[int, ...]) -> pl.Series:
    """For each pair: how many of its sessions say one of `ids` (0, 1 or 2)."""
    said = [code in ids for code in range(SIZE)]
    return pl.Series([said[am] + said[pm] for am in range(SIZE) for pm in range(SIZE)], dtype=pl.UInt8)


@cache
def said(ids: tuple[int, ...]) -> pl.Series:
    """For each pair: whether any of its sessions says one of `ids`."""
    return how_many(ids) > 0


@cache
def run_roles(ids: tuple[int, ...]) -> pl.Series:
    """For each pair: whether such a day counts to a run of `ids`, passes, or breaks it.

    Planned closures are left out: with nothing left the day passes. With every session left one of `ids` it counts.
    With one not recorded (invalid and lossy are no record either), and no other that is not of `ids`, it passes.
    """
    return pl.Series([_role({am, pm}, ids) for am in range(SIZE) for pm in range(SIZE)], dtype=pl.UInt8)


@cache
def any_roles(ids: tuple[int, ...]) -> pl.Series:
    """For each pair: whether such a day counts to a run of days on which any session says one of `ids`.

    A day on which nothing is recorded, or all is closed, passes; any other breaks.
    """
    nothing = {CLOSED, *codes.ids("#"), codes.NOT_RECORDED, codes.INVALID, codes.LOSSY}
    roles = [
        COUNTS if {am, pm} & set(ids) else PASSES if {am, pm} <= nothing else BREAKS
        for am in range(SIZE)
        for pm in range(SIZE)
    ]
    return pl.Series(roles, dtype=pl.UInt8)


def _role(said: set[int], ids: tuple[int, ...]) -> int:
    left = said - {CLOSED, *codes.ids("#")}
    unknown = left & {codes.NOT_RECORDED, codes.INVALID, codes.LOSSY}
    if left - unknown - set(ids):
        return BREAKS
    return PASSES if unknown or not left else COUNTS


def look_up(table: pl.Series, column: str = "pair") -> pl.Expr:
    """The value of `table` for each row's pair."""
    return pl.lit(table).gather(pl.col(column))


def sessions(days: pl.DataFrame, ids: tuple[int, ...]) -> pl.DataFrame:
    """The sessions of these days that say one of `ids`, in the days' order: the columns of `days`, session, code."""
    wanted = said(ids)[days.get_column("pair")]
    some = days if wanted.all() else days.filter(wanted)
    number = pl.int_range(2 * len(some), dtype=pl.UInt32, eager=True)
    session = (number % 2).cast(pl.UInt8).alias("session")
    both = some[number // 2]
    mornings, afternoons = (half[both.get_column("pair")] for half in _halves())
    code = mornings.zip_with(session == AM, afternoons).alias("code")
    return both.hstack([session, code]).filter(_among(ids)[code])


@cache
def _halves() -> tuple[pl.Series, pl.Series]:
    """For each pair: what its morning says, and what its afternoon."""
    pair = pl.int_range(SIZE * SIZE, eager=True)
    return (pair // SIZE).cast(pl.UInt8), (pair % SIZE).cast(pl.UInt8)


@cache
def _among(ids: tuple[int, ...]) -> pl.Series:
    """For each code's id: whether it is one of `ids`."""
    return pl.Series([code in ids for code in range(SIZE)])
