"""Ten sessions in ten school weeks, over every day that there was: when that was met, and for how long.

No window function: a session's place in one order of all enrolments, less the place of the first session that its
window still holds, is the number in the window. Both are places in a sorted column, which is how far `search_sorted`
has to look.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from rollbook.rules.school_weeks import SchoolWeeks

_WEEKS = 1024  # more school weeks than a calendar of twenty years has


@dataclass(frozen=True)
class Window:
    """How many sessions (`number`) in how many school weeks (`weeks`) are looked for, and in which weeks."""

    number: int
    weeks: int
    school_weeks: SchoolWeeks


@dataclass(frozen=True)
class Sessions:
    """rows: the sessions that can count, in order: e, school, date, session, code, week (of the school looked at), key
    (of e and week), start (row of the first that its window holds), n (how many it holds).

    unexplained: for each row and one more, how many N marks there are before it.
    """

    rows: pl.DataFrame
    unexplained: pl.Series

    def held(self, people: pl.DataFrame, week: str, weeks: int) -> pl.DataFrame:
        """For each enrolment and a week: start and end (rows), sessions, n_marks, of the window that ends with it."""
        own, keys = pl.col("e").cast(pl.Int64) * _WEEKS, pl.lit(self.rows.get_column("key"))
        bounds = {"start": own + (pl.col(week) - weeks + 1).clip(0), "end": own + pl.col(week) + 1}
        known = pl.when(pl.col(week).is_not_null())
        found = people.select(
            known.then(keys.search_sorted(bound.fill_null(0), side="left")).otherwise(0).alias(name)
            for name, bound in bounds.items()
        )
        marks = pl.lit(self.unexplained)
        return found.with_columns(
            sessions=pl.col("end") - pl.col("start"), n_marks=marks.gather("end") - marks.gather("start")
        )


def place(sessions: pl.DataFrame, people: pl.DataFrame, window: Window, unexplained: tuple[int, ...]) -> Sessions:
    """`sessions` (e, date, session, code, in order) with what their windows hold. people: e and school."""
    rows = sessions.join(people.select("e", "school"), on="e", how="inner", maintain_order="left")
    rows = rows.hstack([window.school_weeks.week_of(rows, "date")])
    week = rows.get_column("week")
    rows = rows.filter(week.is_not_null()) if week.null_count() else rows  # before the first week that is known
    own = pl.col("e").cast(pl.Int64) * _WEEKS
    key, low = rows.select(key=own + pl.col("week"), low=own + (pl.col("week") - window.weeks + 1).clip(0))
    start = key.search_sorted(low, side="left").cast(pl.UInt32).alias("start")
    rows = rows.hstack([key, start]).with_row_index("row")
    rows = rows.hstack([(rows.get_column("row") - start + 1).alias("n")])
    said = rows.get_column("code").is_in(unexplained).cum_sum().cast(pl.Int64)
    return Sessions(rows, pl.concat([pl.Series([0], dtype=pl.Int64), said]))


def stretches(sessions: Sessions, window: Window, as_at: pl.Expr) -> pl.DataFrame:
    """The stretches of days on which the number was met without a break, in order.

    Columns: run, e, school, first (day of the first session that counted when it was met), reached (the first day of
    the stretch), last (day of its last session), start and end (rows of the sessions that counted on `reached`), week
    (of `last`), ended (it is not met on the day looked at).
    """
    # The window moves on a Monday and gains on a day: only days with a session, each at its end, need looking at.
    final = (pl.col("e") != pl.col("e").shift(-1)) | (pl.col("date") != pl.col("date").shift(-1))
    ends = sessions.rows.filter(final.fill_null(True)).with_columns(met=pl.col("n") >= window.number)
    # With no more sessions it lapses when the window leaves behind the oldest of the last ten.
    weeks = sessions.rows.get_column("week")
    oldest = (pl.col("row").cast(pl.Int64) - window.number + 1).clip(0)
    ends = ends.with_columns(gone=pl.lit(weeks).gather(oldest) + window.weeks)
    ends = ends.with_columns(lapses=window.school_weeks.monday_of(ends, "gone"))
    before = pl.col("met").shift(1) & (pl.col("e") == pl.col("e").shift(1))
    stood = before & (pl.col("lapses").shift(1).is_null() | (pl.col("lapses").shift(1) >= pl.col("date")))
    met = ends.with_columns(begins=~stood.fill_null(False)).filter("met")
    met = met.with_columns(run=pl.col("begins").cum_sum() - 1)
    newest = ends.group_by("e", maintain_order=True).agg(newest=pl.col("row").last())
    found = met.group_by("run", maintain_order=True).agg(
        pl.col("e", "school", "start").first(),
        end=pl.col("row").first() + 1,
        reached=pl.col("date").first(),
        last=pl.col("date").last(),
        last_row=pl.col("row").last(),
        week=pl.col("week").last(),
        lapses=pl.col("lapses").last(),
    )
    found = found.join(newest, on="e", how="left", maintain_order="left")
    stands = (pl.col("last_row") == pl.col("newest")) & (pl.col("lapses").is_null() | (pl.col("lapses") > as_at))
    first = sessions.rows.get_column("date").gather(found.get_column("start"))
    return found.with_columns(first=first, ended=~stands).drop("last_row", "newest", "lapses")


def listed(sessions: Sessions, spans: pl.DataFrame) -> pl.DataFrame:
    """The sessions in rows `start` to `end` (not included) of each span: its other columns, date, session, code."""
    rows = spans.with_columns(row=pl.int_ranges("start", "end", dtype=pl.UInt32)).drop("start", "end")
    rows = rows.explode("row", empty_as_null=False)
    row = rows.get_column("row")
    told = [sessions.rows.get_column(name)[row] for name in ("date", "session", "code")]
    return rows.drop("row").hstack(told)
