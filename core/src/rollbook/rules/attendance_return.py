"""The attendance return: ten school days of continuous absence under codes that count as unauthorised."""

from __future__ import annotations

from datetime import date

import polars as pl

from rollbook.rules.finding import findings_of
from rollbook.rules.pairs import CAME, said, sessions
from rollbook.rules.rule import SESSION_LIST, Field, Judged, Reading, Rule
from rollbook.rules.runs import Runs, find_runs
from rollbook.tables import codes


def judge(reading: Reading) -> Judged:
    """Due while a run of ten days or more stands. A finding for each run that ever reached ten, ended or not."""
    ids = codes.ids(*reading.settings.law("attendance_return_codes"))
    found = find_runs(reading.days, ids)
    reached = found.reached(reading.settings.law("attendance_return_school_days"))
    standing = found.runs.filter("unbroken").join(reached.select("run", "reached_c"), on="run", how="left")
    answer = reading.spread(standing.select("e", "length", "reached_c"))
    dates = reading.days.calendar.get_column("date")
    answer = answer.select(
        due=pl.col("reached_c").is_not_null(),
        run_days=pl.col("length").fill_null(0).cast(pl.UInt32),
        reached_on=pl.lit(dates).gather(pl.col("reached_c")),
    )
    due = found.of(reached.filter("unbroken"))
    listed = reading.days.keyed(reading.days.dated(sessions(due, ids)))
    return Judged(answer, _findings(reading, found, reached, ids), listed.select(*SESSION_LIST))


def _findings(reading: Reading, found: Runs, reached: pl.DataFrame, ids: tuple[int, ...]) -> pl.DataFrame:
    """Evidence is the run up to the day on which it reached ten, so that a run that goes on is the same evidence."""
    dates = reading.days.calendar.get_column("date")
    days = {day: dates[reached.get_column(f"{day}_c")].alias(day) for day in ("first", "last", "reached")}
    runs = reached.hstack(
        [*days.values(), ~reached.get_column("unbroken").alias("ended"), last_attended(reading, reached)]
    )
    runs = runs.filter(pl.col("reached") >= ATTENDANCE_RETURN.first_day)
    number = reading.settings.law("attendance_return_school_days")
    evidence = sessions(found.of(runs).filter(pl.col("k") <= number), ids)
    return findings_of(ATTENDANCE_RETURN, reading, runs, _figures(reading, runs), evidence)


def _figures(reading: Reading, runs: pl.DataFrame) -> pl.DataFrame:
    """The rule's numbers for each run."""
    return runs.select(
        run_days=pl.col("length"),
        school_days=pl.lit(reading.settings.law("attendance_return_school_days")),
        due_by=return_due(reading, runs),
        last_attended="last_attended",
    )


def return_due(reading: Reading, rows: pl.DataFrame) -> pl.Series:
    """For each row (e, reached): the end of the calendar month in which it was reached, or sooner where the authority
    says so.
    """
    sooner = reading.policy("attendance_return_due_days", pl.Int32)[rows.get_column("e")]
    month_end = rows.select(pl.col("reached").dt.month_end()).to_series()
    if sooner.null_count() == len(sooner):
        return month_end
    wanted = (pl.col("reached") + pl.duration(days=pl.lit(sooner))).cast(pl.Date)
    return rows.select(pl.min_horizontal(pl.lit(month_end), wanted)).to_series()


def last_attended(reading: Reading, runs: pl.DataFrame) -> pl.Series:
    """The last day before each run on which the pupil came in, or was at an approved activity, in either session."""
    days = reading.days.only(runs.get_column("e")).days
    days = days.filter(said(CAME)[days.get_column("pair")])
    came = days.select(_order("c"), came_e="e", came_c="c")
    found = runs.select("e", _order("first_c")).join_asof(came, on="order", allow_exact_matches=False)
    own = found.select(pl.when(pl.col("e") == pl.col("came_e")).then("came_c")).to_series()
    return reading.days.calendar.get_column("date")[own].alias("last_attended")


def _order(day: str) -> pl.Expr:
    """Days of all enrolments in one order: by enrolment, then by day."""
    return (pl.col("e").cast(pl.Int64) * 2**32 + pl.col(day)).set_sorted().alias("order")


ATTENDANCE_RETURN = Rule(
    id="attendance_return",
    title="Attendance return: ten school days of absence",
    says=(
        "A pupil of compulsory school age absent for a continuous period of ten school days, every session of them G, "
        "N, O or U, is named in a return to the local authority. Holidays, weekends and closed days neither count nor "
        "break; any other mark, in either session, breaks."
    ),
    law=("SI 2024/208, reg 13 (attendance returns)", "DfE, Working together to improve school attendance"),
    first_day=date(2024, 8, 19),
    settings=("attendance_return_school_days", "attendance_return_codes", "attendance_return_due_days"),
    answer=(
        Field("due", pl.Boolean, "whether a run of ten school days or more stands on the day"),
        Field("run_days", pl.UInt32, "school days in the run that reaches the day, 0 if none"),
        Field("reached_on", pl.Date, "day on which that run reached ten, or null"),
    ),
    due="due",
    judge=judge,
)
