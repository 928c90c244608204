"""Persistent and severe absence, of which support is asked: a case a pupil and school year, the worse that stands."""

from __future__ import annotations

from datetime import date

import polars as pl

from rollbook.rules.ages import school_year_start
from rollbook.rules.finding import findings_of
from rollbook.rules.pairs import ATTENDED, AUTHORISED, UNAUTHORISED, said, sessions
from rollbook.rules.rule import SESSION_LIST, Field, Judged, Reading, Rule

PERSISTENT, SEVERE = "persistent", "severe"
_ABSENT = (*AUTHORISED, *UNAUTHORISED)
_COUNTS = ("possible", "attended", "authorised", "unauthorised")


def judge(reading: Reading) -> Judged:
    """Due while the counts of the school year to date say so, and the pupil is on the roll."""
    days = _counted(reading)
    runs = _runs(reading, days)
    standing = runs.filter(~pl.col("ended"))
    answer = reading.spread(standing.select("e", "type", reached_on="reached"))
    answer = answer.select(due=pl.col("type").is_not_null(), type="type", reached_on="reached_on")
    absent = days.filter(pl.col("code").is_in(_ABSENT)).select("e", "year", "date", "session", "code")
    of_run = runs.select("run", "e", "year", "reached", "ended").join(
        absent, on=["e", "year"], how="inner", maintain_order="left_right"
    )
    listed = reading.days.keyed(of_run.filter(~pl.col("ended")).select("e", "date", "session", "code"))
    evidence = of_run.filter(pl.col("date") <= pl.col("reached")).select("run", "date", "session", "code")
    figures = runs.select("type", *_COUNTS, first_day="first", last_day="reached")
    found = findings_of(SUPPORT_REFERRAL, reading, runs, figures, evidence)
    return Judged(answer, found, listed.select(*SESSION_LIST))


def _counted(reading: Reading) -> pl.DataFrame:
    """Each possible session of the pupils who may reach it, in order: e, date, session, code, year (its August), and
    the counts of the year up to it.
    """
    part = reading.days.only(_candidates(reading))
    found = part.dated(sessions(part.days, (*ATTENDED, *_ABSENT))).select("e", "date", "session", "code")
    year = pl.col("date").dt.year() - (pl.col("date").dt.month() < 8).cast(pl.Int32)
    kinds = {"attended": ATTENDED, "authorised": AUTHORISED, "unauthorised": UNAUTHORISED}
    counts = {name: pl.col("code").is_in(ids).cum_sum().over("e", "year") for name, ids in kinds.items()}
    found = found.with_columns(year=year).with_columns(**counts)
    return found.with_columns(possible=pl.sum_horizontal(*kinds))


def _candidates(reading: Reading) -> pl.Series:
    """The enrolments with an absent session at all: few pupils have none, and of those nothing is counted."""
    held = reading.days.saying(said(_ABSENT))
    return held.get_column("e").unique(maintain_order=True)


def _runs(reading: Reading, days: pl.DataFrame) -> pl.DataFrame:
    """For each enrolment and school year in which it was reached: run, e, year, type, first, last, reached, ended, and
    the counts on the day on which it was reached.
    """
    least = reading.policy("support_referral_sessions", pl.UInt32)
    law = reading.settings.law
    final = days.group_by("e", "year", "date", maintain_order=True).last()
    final = reading.days.told(final.with_columns(least=least[final.get_column("e")]), "age_from", "age_to")
    of_age = pl.col("date").is_between("age_from", "age_to")
    absent, enough = pl.col("possible") - pl.col("attended"), of_age & (pl.col("possible") >= pl.col("least"))
    final = final.with_columns(
        **{
            name: enough & (absent * 100 >= pl.col("possible") * law(f"{name}_percent"))
            for name in (PERSISTENT, SEVERE)
        }
    )
    year = school_year_start(reading.as_at).year
    whole = final.group_by("e", "year", maintain_order=True).agg(
        first=pl.col("date").first(),
        last=pl.col("date").last(),
        severe_on=pl.col("date").filter(pl.col(SEVERE)).first(),
        persistent_on=pl.col("date").filter(pl.col(PERSISTENT)).first(),
        is_severe=pl.col(SEVERE).last(),
        is_persistent=pl.col(PERSISTENT).last(),
    )
    whole = reading.days.told(whole.drop_nulls("persistent_on"), "on_roll")
    worse = pl.col("is_severe")
    whole = whole.with_columns(
        type=pl.when(worse).then(pl.lit(SEVERE)).otherwise(pl.lit(PERSISTENT)),
        reached=pl.when(worse).then("severe_on").otherwise("persistent_on"),
        ended=~(pl.col("is_persistent") & pl.col("on_roll") & (pl.col("year") == year)),
    ).filter(pl.col("reached") >= SUPPORT_REFERRAL.first_day)
    on_day = final.select("e", *_COUNTS, reached="date")
    return whole.join(on_day, on=["e", "reached"], how="left", maintain_order="left").with_row_index("run")


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
