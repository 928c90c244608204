"""N marks, which must be settled within five school days of the session."""

from __future__ import annotations

from datetime import date

import polars as pl

from rollbook.rules.pairs import how_many, look_up, said, sessions
from rollbook.rules.rule import SESSION_LIST, Field, Judged, Reading, Rule
from rollbook.tables import codes


def judge(reading: Reading) -> Judged:
    """The deadline is the fifth school day after the session's day; with fewer known there is none yet."""
    days, ids = reading.days, codes.ids(*reading.settings.law("unexplained_codes"))
    marked = days.saying(said(ids)).select("e", "c", "pair", n=look_up(how_many(ids)))
    marked = marked.hstack([_deadlines(reading)[marked.get_column("c")]])
    overdue = (pl.col("due_by") < reading.as_at).fill_null(False)
    each = marked.group_by("e", maintain_order=True).agg(
        overdue=pl.col("n").cast(pl.UInt32).filter(overdue).sum(), due_by=pl.col("due_by").first()
    )
    answer = reading.spread(each).with_columns(pl.col("overdue").fill_null(0))
    late = days.dated(sessions(marked.filter(overdue).drop("n", "due_by"), ids))
    return Judged(answer, evidence=days.keyed(late).select(*SESSION_LIST))


def _deadlines(reading: Reading) -> pl.Series:
    """For each day of the calendar, the fifth school day after it, or null."""
    after = -reading.settings.law("unexplained_school_days")
    same = pl.col("school").shift(after) == pl.col("school")
    calendar = reading.days.calendar
    return calendar.select(due_by=pl.when(same).then(pl.col("date").shift(after))).to_series()


UNEXPLAINED = Rule(
    id="unexplained",
    title="Absence still without a reason",
    says=(
        "A mark of N must be replaced, by the code that fits or by O, within five school days of its session. The "
        "school changes the mark: Rollbook only says which are overdue."
    ),
    law=("SI 2024/208, reg 10(7) to (9)",),
    first_day=date(2024, 8, 19),
    settings=("unexplained_codes", "unexplained_school_days"),
    answer=(
        Field("overdue", pl.UInt32, "N marks past their deadline"),
        Field("due_by", pl.Date, "deadline of the oldest N mark that still stands; null if there is none, or none yet"),
    ),
    due="overdue",
    judge=judge,
)
