"""The attendance return of a pupil who fails to attend regularly, where the authority says how often that is."""

from __future__ import annotations

from datetime import date

import polars as pl

from rollbook.rules.ages import school_year_start
from rollbook.rules.attendance_return import return_due
from rollbook.rules.finding import findings_of
from rollbook.rules.pairs import UNAUTHORISED
from rollbook.rules.rule import SESSION_LIST, Field, Judged, Reading, Rule
from rollbook.rules.tallies import tally, this_year


def judge(reading: Reading) -> Judged:
    """Due from the session that makes the authority's number, to the end of the school year, while on the roll."""
    tallied = tally(reading, UNAUTHORISED)
    now = this_year(reading, tallied)
    counts = reading.spread(now.group_by("e", maintain_order=True).agg(sessions=pl.len().cast(pl.UInt32)))
    number = reading.policy("irregular_sessions", pl.UInt32).alias("number")
    people = reading.days.enrolments.select("e", "on_roll").hstack([number, counts.get_column("sessions").fill_null(0)])
    if number.null_count() == len(number):  # no authority asks
        return Judged(people.select("sessions", due=pl.lit(None, pl.Boolean)))
    due = pl.when(pl.col("number").is_not_null()).then((pl.col("sessions") >= pl.col("number")) & pl.col("on_roll"))
    answer = people.with_columns(due=due)
    listed = reading.days.keyed(now.join(answer.filter("due"), on="e", how="semi", maintain_order="left"))
    return Judged(answer.select("sessions", "due"), _findings(reading, tallied, people), listed.select(*SESSION_LIST))


def _findings(reading: Reading, tallied: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """One for each school year in which the number was reached. Evidence is the sessions up to it."""
    numbered = people.filter(pl.col("number").is_not_null()).drop("sessions")
    known = tallied.join(numbered, on="e", how="inner", maintain_order="left")
    year = school_year_start(reading.as_at).year
    spans = known.group_by("group", maintain_order=True).agg(
        pl.col("e", "number", "on_roll", "year").first(),
        sessions=pl.len(),
        first=pl.col("date").first(),
        last=pl.col("date").last(),
        reached=pl.col("date").filter(pl.col("k") == pl.col("number")).first(),
    )
    spans = spans.filter(pl.col("reached") >= IRREGULAR.first_day).rename({"group": "run"})
    spans = spans.with_columns(ended=~pl.col("on_roll") | (pl.col("year") != year))
    of_span = known.rename({"group": "run"}).select("run", "date", "session", "code")
    evidence = spans.select("run", "reached").join(of_span, on="run", how="inner", maintain_order="left_right")
    figures = spans.select("sessions", "number", due_by=return_due(reading, spans))
    return findings_of(IRREGULAR, reading, spans, figures, evidence.filter(pl.col("date") <= pl.col("reached")))


IRREGULAR = Rule(
    id="irregular",
    title="Attendance return: failing to attend regularly",
    says=(
        "A pupil of compulsory school age who fails to attend regularly is named in a return too. The law names no "
        "number: where the authority sets one, it is of unauthorised sessions in the school year to date."
    ),
    law=("SI 2024/208, reg 13 (attendance returns)",),
    first_day=date(2024, 8, 19),
    settings=("irregular_sessions", "attendance_return_due_days"),
    answer=(
        Field("sessions", pl.UInt32, "unauthorised, at compulsory school age, in the school year to date"),
        Field("due", pl.Boolean, "whether that is the authority's number or more; null where it sets none"),
    ),
    due="due",
    judge=judge,
    off_without="irregular_sessions",
)
