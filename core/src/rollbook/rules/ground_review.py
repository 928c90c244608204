"""Grounds for deletion that a register can point to. Never more than: a person and the authority may look at it."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from rollbook.rules.attendance_return import last_attended
from rollbook.rules.contacts import attempts, tried
from rollbook.rules.finding import findings_of
from rollbook.rules.overruns import NO_LEAVE, find_overruns
from rollbook.rules.pairs import said, sessions
from rollbook.rules.rule import SESSION_LIST, Field, Judged, Reading, Rule
from rollbook.rules.runs import find_runs
from rollbook.tables import codes

ABSENCE, LEAVE = "continuous_absence", "leave_overrun"
_TO_ESTABLISH = (
    "that there are no reasonable grounds to believe that sickness or an unavoidable cause keeps the pupil away",
    "by the school and the authority together, after reasonable enquiries, where the pupil is, or that it cannot be "
    "found out",
)


def judge(reading: Reading) -> Judged:
    """The day each was reached, while it stands. A finding for each that ever was, whether it stands or not."""
    ids = codes.ids(*reading.settings.law("ground_review_codes"))
    spans = pl.concat([_absences(reading, ids), find_overruns(reading, ids)], how="diagonal").sort("e", "first")
    spans = spans.drop("run", strict=False).with_row_index("run")
    if spans.is_empty():
        return Judged(_answer(reading, spans))
    met = spans.filter(pl.col("reached") >= GROUND_REVIEW.first_day)
    found = _of_spans(reading, spans, ids)
    shown = found.filter(~pl.col("ended")).unique(["e", "date", "session"], maintain_order=True)
    evidence = found.filter(pl.col("date") <= pl.col("reached"))
    findings = findings_of(GROUND_REVIEW, reading, met, _figures(reading, met), evidence)
    return Judged(_answer(reading, spans), findings, reading.days.keyed(shown).select(*SESSION_LIST))


def _answer(reading: Reading, spans: pl.DataFrame) -> pl.DataFrame:
    """The first day on which each ground that still stands was reached."""
    standing = spans.filter(~pl.col("ended"))
    answer = reading.spread(
        standing.group_by("e", maintain_order=True).agg(
            pl.col("reached").filter(pl.col("ground") == ground).min().alias(ground) for ground in (ABSENCE, LEAVE)
        )
    )
    return answer.with_columns(
        review_possible=pl.any_horizontal(pl.col(ABSENCE, LEAVE).is_not_null()),
        not_judged=pl.lit(NO_LEAVE if reading.registers.leave is None else None, pl.String),
    )


def _absences(reading: Reading, ids: tuple[int, ...]) -> pl.DataFrame:
    """Every run that reached twenty days: e, first, last, reached, ended, school_days, ground."""
    dates = reading.days.calendar.get_column("date")
    runs = find_runs(reading.days, ids).reached(reading.settings.law("ground_review_school_days"))
    return runs.select(
        "e",
        *(pl.lit(dates).gather(pl.col(f"{day}_c")).alias(day) for day in ("first", "last", "reached")),
        ended=~pl.col("unbroken"),
        school_days="length",
        ground=pl.lit(ABSENCE),
    )


def _of_spans(reading: Reading, spans: pl.DataFrame, ids: tuple[int, ...]) -> pl.DataFrame:
    """The sessions of each span that count: run, e, ended, reached, date, session, code."""
    days = reading.days.saying(said(ids))
    asked = spans.select("run", "e", "ended", "reached", "first", "last")
    days = reading.days.dated(asked.join(days, on="e", how="inner", maintain_order="left_right"))
    return sessions(days.filter(pl.col("date").is_between(pl.col("first"), pl.col("last"))), ids)


def _figures(reading: Reading, spans: pl.DataFrame) -> pl.DataFrame:
    """What was counted, and what is still to be found out before anyone may decide."""
    until = pl.when("ended").then("last").otherwise(pl.lit(reading.as_at))
    asked = spans.select("e", "first", stay="run", until=until)
    known = tried(asked, attempts(reading)).select("attempts", "last_attempt", "outstanding")
    first_c = reading.days.calendar.select("c", "school", first="date")
    schools = reading.days.told(spans.select("e", "first"), "school")
    places = schools.join(first_c, on=["school", "first"], how="left", maintain_order="left").rename({"c": "first_c"})
    constants: dict[str, Any] = {
        "to_establish": pl.lit(list(_TO_ESTABLISH), pl.List(pl.String)),
        "due_by": pl.lit(None, pl.Date),
    }
    own = spans.select("ground", "school_days", "leave_from", "leave_to", last_attended=last_attended(reading, places))
    return pl.concat([own, known], how="horizontal").with_columns(**constants)


GROUND_REVIEW = Rule(
    id="ground_review",
    title="Review of a ground for deletion is possible",
    says=(
        "Twenty school days of continuous absence, every session of them G, N or O; or the ten school days after "
        "granted leave ended, all absent so. Any other mark in either session, U too, defeats it. It never deletes: "
        "a person and the authority decide, after enquiries together."
    ),
    law=("SI 2024/208, reg 9(1)(i) (twenty school days)", "SI 2024/208, reg 9(1)(h) (leave)"),
    first_day=date(2024, 8, 19),
    settings=("ground_review_school_days", "leave_overrun_school_days", "ground_review_codes"),
    answer=(
        Field(ABSENCE, pl.Date, "day on which a run of twenty days that still stands reached twenty, or null"),
        Field(LEAVE, pl.Date, "tenth school day after leave, while every day since is one of absence, or null"),
        Field("review_possible", pl.Boolean, "whether either of them stands"),
        Field("not_judged", pl.String, "why leave could not be judged, or null"),
    ),
    due="review_possible",
    judge=judge,
)
