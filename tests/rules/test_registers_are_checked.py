"""What the rules refuse to read: nothing is guessed, and no pupil is named but by number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from rollbook.rules.problems import RegisterProblem
from rollbook.rules.registers import Registers
from support.rules_cases import small

AS_AT = date(2026, 9, 11)
Change = Callable[[Registers], Registers]


def marks(change: Callable[[pl.DataFrame], pl.DataFrame]) -> Change:
    return lambda registers: replace(registers, marks=change(registers.marks))


def roll(change: Callable[[pl.DataFrame], pl.DataFrame]) -> Change:
    return lambda registers: replace(registers, roll=change(registers.roll))


def test_a_sound_register_is_itself() -> None:
    register = small(AS_AT)
    assert register.checked() is register


def test_a_register_without_a_mark_is_sound() -> None:
    register = small(AS_AT)
    replace(register, marks=register.marks.clear()).checked()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (marks(lambda rows: rows.reverse()), "not sorted"),
        (marks(lambda rows: pl.concat([rows, rows]).sort("date", "session")), "two marks of one pupil"),
        (marks(lambda rows: rows.with_columns(session=pl.lit(2, pl.UInt8)).unique("date").sort("date")), "neither AM"),
        (marks(lambda rows: rows.with_columns(code=pl.lit(99, pl.UInt8))), "codes.toml"),
        (marks(lambda rows: rows.drop("code")), "no column 'code'"),
        (marks(lambda rows: rows.with_columns(pl.col("code").cast(pl.Int64))), "marks.code is Int64"),
        (marks(lambda rows: rows.with_columns(pupil=pl.lit(7, pl.Int64))), "pupil number 7 has marks"),
        (roll(lambda rows: pl.concat([rows, rows])), "roll spells that overlap"),
        (roll(lambda rows: rows.with_columns(to=pl.lit(date(2026, 9, 1)))), "ends before it begins"),
        (roll(lambda rows: rows.with_columns(pupil=pl.lit(7, pl.Int64))), "pupil number 7"),
        (lambda r: replace(r, pupils=r.pupils.with_columns(dob=pl.lit(None, pl.Date))), "no date of birth"),
        (lambda r: replace(r, pupils=pl.concat([r.pupils, r.pupils])), "pupils is there twice"),
        (lambda r: replace(r, sessions=r.sessions.clear()), "no open session in its calendar"),
        (lambda r: replace(r, sessions=pl.concat([r.sessions, r.sessions])), "sessions is there twice"),
        (lambda r: replace(r, schools=r.schools.clear()), "table of schools does not have"),
        (lambda r: replace(r, elsewhere=r.marks.reverse()), "not sorted"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(change: Change, why: str) -> None:
    with pytest.raises(RegisterProblem, match=why):
        change(small(AS_AT)).checked()


def test_a_school_that_the_calendar_leaves_out_is_named() -> None:
    """The other school's open days are never taken for its own."""
    here = small(AS_AT)
    other = pl.lit(100002, pl.Int32)
    there = {name: getattr(here, name).with_columns(school=other) for name in ("schools", "pupils", "roll")}
    both = replace(here, **{name: pl.concat([getattr(here, name), rows]) for name, rows in there.items()})
    with pytest.raises(RegisterProblem, match="school 100002 has pupils on its roll and no open session"):
        both.checked()


def test_spells_that_follow_one_another_are_sound() -> None:
    two = pl.concat([small(AS_AT).roll, small(AS_AT).roll]).with_columns(
        pl.Series("from", [date(2026, 9, 3), date(2026, 9, 9)]),
        pl.Series("to", [date(2026, 9, 8), None]),
    )
    replace(small(AS_AT), roll=two).checked()
