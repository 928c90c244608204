"""The follow-up of an attendance return, where the authority wants one for each later month of the same absence."""

from __future__ import annotations

from datetime import date

import polars as pl

from rollbook.rules.attendance_return import ATTENDANCE_RETURN, return_due
from rollbook.rules.finding import findings_of
from rollbook.rules.pairs import sessions
from rollbook.rules.rule import SESSION_LIST, Field, Judged, Reading, Rule
from rollbook.rules.runs import find_runs
from rollbook.tables import codes


def judge(reading: Reading) -> Judged:
    """Due in each month after that of the tenth day, from its first day of the same absence."""
    wanted = reading.policy("attendance_return_followup", pl.Boolean).fill_null(False)
    asked = reading.days.enrolments.get_column("e").filter(wanted)
    if asked.is_empty():
        return Judged(reading.unasked(ATTENDANCE_FOLLOWUP.answer))
    months, evidence = _months(reading, asked)
    standing = months.filter(~pl.col("ended")).select("e", "due_by", since="first")
    answer = reading.spread(standing).hstack([wanted.alias("asked")])
    due = pl.when("asked").then(pl.col("since").is_not_null())
    answer = answer.select("since", "due_by", due=due).select("due", "since", "due_by")
    listed = evidence.join(months.filter(~pl.col("ended")).select("run"), on="run", how="semi", maintain_order="left")
    found = findings_of(ATTENDANCE_FOLLOWUP, reading, months, months.select("school_days", "due_by"), evidence)
    return Judged(answer, found, reading.days.keyed(listed).select(*SESSION_LIST))


def _months(reading: Reading, asked: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Of the enrolments `asked` for, each later month of a run that reached ten days: run (its number), e, first, last,
    reached, ended, school_days, due_by; and the sessions of its first day, so that a month that goes on is the
    same evidence.
    """
    ids = codes.ids(*reading.settings.law("attendance_return_codes"))
    part = reading.days.only(asked)
    found = find_runs(part, ids)
    reached = found.reached(reading.settings.law("attendance_return_school_days"))
    dates = reading.days.calendar.get_column("date")
    reached = reached.select("run", "unbroken", tenth=dates.gather(reached.get_column("reached_c")))
    days = part.dated(found.days.join(reached, on="run", how="inner", maintain_order="left"))
    days = days.with_columns(month=pl.col("date").dt.month_start())
    days = days.filter(pl.col("month") > pl.col("tenth").dt.month_start())
    months = days.group_by("run", "month", maintain_order=True).agg(
        pl.col("e", "unbroken").first(),
        first=pl.col("date").first(),
        last=pl.col("date").last(),
        school_days=pl.len(),
    )
    over = ~pl.col("unbroken") | (pl.col("month").dt.month_end() < reading.as_at)
    months = months.with_columns(reached="first", ended=over).rename({"run": "absence"}).with_row_index("run")
    months = months.filter(pl.col("reached") >= ATTENDANCE_FOLLOWUP.first_day)
    months = months.with_columns(due_by=return_due(reading, months))
    begun = months.select("run", absence="absence", date="first").join(
        days.rename({"run": "absence"}), on=["absence", "date"], how="inner", maintain_order="left"
    )
    return months, sessions(begun, ids)


ATTENDANCE_FOLLOWUP = Rule(
    id="attendance_followup",
    title="Attendance return: the absence goes on",
    says=(
        "Where the authority asks for it, an absence of which an attendance return was due is returned again in each "
        "later calendar month over which it goes on. Otherwise one return is made for one absence, however long, and "
        "a new one only after the pupil came back and was absent again."
    ),
    law=ATTENDANCE_RETURN.law,
    first_day=date(2024, 8, 19),
    settings=(
        "attendance_return_followup",
        "attendance_return_school_days",
        "attendance_return_codes",
        "attendance_return_due_days",
    ),
    answer=(
        Field("due", pl.Boolean, "whether a later month of an absence stands; null where the authority asks for none"),
        Field("since", pl.Date, "the first school day of the absence in that month"),
        Field("due_by", pl.Date, "the end of that month, or sooner where the authority says so"),
    ),
    due="due",
    judge=judge,
    off_without="attendance_return_followup",
)
