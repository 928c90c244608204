"""Persistent and severe absence, of which support is asked: a case a pupil and school year, the worse that stands."""

from __future__ import annotations

from datetime import date

import polars as pl

from rollbook.rules.ages import school_year_start
from rollbook.rules.days import ROW
from rollbook.rules.finding import findings_of
from rollbook.rules.pairs import ATTENDED, AUTHORISED, UNAUTHORISED, how_many, look_up, said, sessions
from rollbook.rules.rule import SESSION_LIST, Field, Judged, Reading, Rule

PERSISTENT, SEVERE = "persistent", "severe"
_ABSENT = (*AUTHORISED, *UNAUTHORISED)
_KINDS = {"attended": ATTENDED, "authorised": AUTHORISED, "unauthorised": UNAUTHORISED}
_COUNTS = ("possible", *_KINDS)
_AUGUST = 8


def judge(reading: Reading) -> Judged:
    """Due while the counts of the school year to date say so, and the pupil is on the roll."""
    days = _reaching(reading, _counted(reading))
    runs = _runs(reading, days)
    standing = runs.filter(~pl.col("ended"))
    answer = reading.spread(standing.select("e", "type", reached_on="reached"))
    answer = answer.select(due=pl.col("type").is_not_null(), type="type", reached_on="reached_on")
    of_run = days.select("group", "e", "date", "pair").join(
        runs.select("run", "group", "reached", "ended"), on="group", how="inner", maintain_order="left"
    )
    absent = sessions(of_run, _ABSENT)
    listed = reading.days.keyed(absent.filter(~pl.col("ended")).select("e", "date", "session", "code"))
    evidence = absent.filter(pl.col("date") <= pl.col("reached")).select("run", "date", "session", "code")
    figures = runs.select("type", *_COUNTS, first_day="first", last_day="reached")
    found = findings_of(SUPPORT_REFERRAL, reading, runs, figures, evidence)
    return Judged(answer, found, listed.select(*SESSION_LIST))


def _counted(reading: Reading) -> pl.DataFrame:
    """Each day with a possible session of the pupils who may reach it, in order: e, c, pair, csa, date, year (its
    August), group (enrolment and year, numbered in order), new (the first of its group), and the year's counts to it.
    """
    part = reading.days.only(_candidates(reading))
    days = part.days.select(
        "e", "c", "pair", "csa", *(look_up(how_many(ids)).alias(name) for name, ids in _KINDS.items())
    )
    days = days.with_columns(possible=pl.sum_horizontal(*_KINDS)).filter(pl.col("possible") > 0)
    days = part.dated(days).with_columns(
        year=pl.col("date").dt.year() - (pl.col("date").dt.month() < _AUGUST).cast(pl.Int32)
    )
    new = (pl.col("e") != pl.col("e").shift(1)) | (pl.col("year") != pl.col("year").shift(1))
    days = days.with_columns(new=new.fill_null(True))
    days = days.with_columns(group=(pl.col("new").cum_sum() - 1).cast(ROW))
    return days.with_columns(_to_date(days, name) for name in _COUNTS)


def _to_date(days: pl.DataFrame, name: str) -> pl.Series:
    """The sum of a count from the first day of each group on."""
    each = days.get_column(name).cast(pl.UInt32)
    total = each.cum_sum()
    before = (total - each).filter(days.get_column("new"))
    return (total - before[days.get_column("group")]).alias(name)


def _candidates(reading: Reading) -> pl.Series:
    """The enrolments with so many absent sessions that they may reach the share of the least number possible."""
    absent = reading.days.saying(said(_ABSENT)).select("e", n=look_up(how_many(_ABSENT)).cast(pl.UInt32))
    held = absent.group_by("e", maintain_order=True).agg(pl.col("n").sum())
    least = _least(reading)[held.get_column("e")]
    return held.filter(held.get_column("n") * 100 >= least * reading.settings.law("persistent_percent")).get_column("e")


def _least(reading: Reading) -> pl.Series:
    """For each enrolment, how many sessions must have been possible."""
    return reading.policy("support_referral_sessions", pl.UInt32)


def _reaching(reading: Reading, days: pl.DataFrame) -> pl.DataFrame:
    """`days` with `persistent` and `severe`: whether the share is reached on that day."""
    enough = pl.col("csa") & (pl.col("possible") >= _least(reading)[days.get_column("e")])
    absent = pl.col("possible") - pl.col("attended")
    shares = {name: reading.settings.law(f"{name}_percent") for name in (PERSISTENT, SEVERE)}
    return days.with_columns(
        **{name: enough & (absent * 100 >= pl.col("possible") * share) for name, share in shares.items()}
    )


def _runs(reading: Reading, days: pl.DataFrame) -> pl.DataFrame:
    """For each enrolment and school year in which it was reached: run, group, e, year, type, first, last, reached,
    ended, and the counts on the day on which it was reached.
    """
    final = days.filter(pl.col("new").shift(-1).fill_null(True))
    whole = final.select("group", "e", "year", last="date", worse=SEVERE, stands=PERSISTENT)
    whole = whole.hstack([days.get_column("date").filter(days.get_column("new")).alias("first")])
    reached = [_first(days, name).with_columns(worse=pl.lit(name == SEVERE)) for name in (PERSISTENT, SEVERE)]
    whole = whole.join(pl.concat(reached), on=["group", "worse"], how="inner", maintain_order="left")
    whole = reading.days.told(whole, "on_roll")
    now = pl.col("year") == school_year_start(reading.as_at).year
    whole = whole.with_columns(
        type=pl.when("worse").then(pl.lit(SEVERE)).otherwise(pl.lit(PERSISTENT)),
        ended=~(pl.col("stands") & pl.col("on_roll") & now),
    )
    return whole.filter(pl.col("reached") >= SUPPORT_REFERRAL.first_day).with_row_index("run")


def _first(days: pl.DataFrame, name: str) -> pl.DataFrame:
    """The first day of each group on which that share is reached: group, reached, and the counts to it."""
    return (
        days.filter(name).unique("group", keep="first", maintain_order=True).select("group", *_COUNTS, reached="date")
    )


SUPPORT_REFERRAL = Rule(
    id="support_referral",
    title="Support for persistent or severe absence",
    says=(
        "A person is asked whether to refer a pupil for support, from the day on which the pupil is absent for 10% or "
        "more of the sessions possible in the school year to date (persistent), or 50% or more (severe), once a number "
        "of sessions was possible: while that is so, at compulsory school age and on the roll. One case a school year, "
        "of the worse that stands. The shares are those of DfE's statistics; no law sets a day by which, and the "
        "number of sessions is policy."
    ),
    law=(
        "DfE, Working together to improve school attendance: persistently and severely absent pupils",
        "DfE, Pupil absence statistics: methodology, 3.2 (10% and 50% of the pupil's own possible sessions)",
    ),
    first_day=date(2024, 8, 19),
    settings=("persistent_percent", "severe_percent", "support_referral_sessions"),
    answer=(
        Field("due", pl.Boolean, "whether a person is asked"),
        Field("type", pl.String, "persistent or severe; null when not due"),
        Field("reached_on", pl.Date, "the first day of the school year on which it was so; null when not due"),
    ),
    due="due",
    judge=judge,
)
