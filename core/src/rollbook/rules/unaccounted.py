"""Pupils on the roll of whom nobody knows where they are: days of absence without a reason, and nobody reached."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from rollbook.rules import contacts
from rollbook.rules.ages import school_year_start
from rollbook.rules.case_types import MISSING, NEVER_CAME, policy, with_policy
from rollbook.rules.days import Days
from rollbook.rules.pairs import CAME, COUNTS, look_up, run_roles, said
from rollbook.rules.rule import Reading
from rollbook.rules.runs import find_runs
from rollbook.tables import codes

_FOLLOWED = (pl.col("run") == pl.col("run").shift(-1)).fill_null(False)  # another stay of the same run comes after


@dataclass(frozen=True)
class Stays:
    """stays: e, stay (its number), case_type, first, last, reached (null if not yet), ended, school_days,
    last_attended, attempts, last_attempt, outstanding, taken, called. days: each day that counts: stay, e, c, pair,
    date.
    """

    stays: pl.DataFrame
    days: pl.DataFrame


def find_stays(reading: Reading) -> Stays:
    """A stay is a run of days on which every session says N or O; a day on which someone was reached ends it."""
    ids = codes.ids(*reading.settings.law("no_reason_codes"))
    part = reading.days.only(_long_enough(reading, ids))
    runs = find_runs(part, ids)
    log = contacts.attempts(reading)
    days = _cut(part.dated(runs.days), log)
    each = days.group_by("stay", maintain_order=True).agg(
        pl.col("e", "run", "c").first(),
        first=pl.col("date").first(),
        last=pl.col("date").last(),
        school_days=pl.len(),
    )
    standing = runs.runs.select("run", "unbroken")
    each = each.join(standing, on="run", how="left", maintain_order="left")
    each = each.with_columns(ended=~pl.col("unbroken") | _FOLLOWED | _reached_since(each, log))
    each = _typed(reading, part, each)
    each = contacts.tried(each.with_columns(until=pl.when("ended").then("last").otherwise(pl.lit(reading.as_at))), log)
    return Stays(_reached(reading, each, days), days.drop("run"))


def _long_enough(reading: Reading, ids: tuple[int, ...]) -> pl.Series:
    """The enrolments with so many days that count that a stay of them could reach its number: few of all."""
    counted = reading.days.saying(run_roles(ids) == COUNTS, of_age=True)
    number = counted.get_column("e").value_counts()
    return number.filter(pl.col("count") >= _least(reading)).get_column("e")


def _least(reading: Reading) -> int:
    """The fewest school days at which any of these schools counts a pupil as missing."""
    if reading.settings.values("missing_when_enquiries_done", pl.Boolean).any():
        return 1
    on_roll = policy(reading).filter(pl.col("case_type").is_in([MISSING, NEVER_CAME]))
    return next(iter(on_roll.get_column("days").bottom_k(1)), 1)


def _cut(days: pl.DataFrame, log: pl.DataFrame | None) -> pl.DataFrame:
    """`days` with the `stay` of each: a run, cut after each day on which someone was reached."""
    contacted = pl.Series("contacted", [None] * len(days), dtype=pl.Date)
    if log is not None:
        reached = log.filter("reached").select("e", "date", contacted="date").unique(maintain_order=True)
        near = days.select("e", "date").join_asof(
            reached, on="date", by="e", allow_exact_matches=False, check_sortedness=False
        )
        contacted = near.get_column("contacted")
    days = days.with_columns(contacted)
    changed = (pl.col("run") != pl.col("run").shift(1)) | pl.col("contacted").ne_missing(pl.col("contacted").shift(1))
    begins = changed.fill_null(True)
    return days.with_columns(stay=begins.cum_sum() - 1, contacted=None).drop("contacted")


def _reached_since(each: pl.DataFrame, log: pl.DataFrame | None) -> pl.Series:
    """Whether someone was reached on the last day that counts, or since."""
    if log is None:
        return pl.Series([False] * len(each), dtype=pl.Boolean)
    latest = log.filter("reached").group_by("e").agg(latest=pl.col("date").max())
    found = each.join(latest, on="e", how="left", maintain_order="left")
    return found.select((pl.col("latest") >= pl.col("last")).fill_null(False)).to_series()


def _typed(reading: Reading, part: Days, each: pl.DataFrame) -> pl.DataFrame:
    """`each` with last_attended and case_type. Never came: not once since the first day on the roll, if to hand."""
    came = part.days.filter(look_up(said(CAME))).select("e", "c", came_c="c")
    each = each.join_asof(came, on="c", by="e", check_sortedness=False)
    dates = reading.days.calendar.get_column("date")
    begins = reading.first_days()
    # A calendar from August or September on is of the whole year; of another it is not known who came before.
    starts = [school_year_start(day) if day.month in (8, 9) else day for day in begins.get_column("begins")]
    begins = begins.with_columns(pl.Series("begins", starts, dtype=pl.Date))
    people = reading.days.told(each.select("e"), "school", "first")
    known = people.join(begins, on="school", how="left", maintain_order="left").select(
        pl.col("first") >= pl.col("begins")
    )
    never = pl.col("came_c").is_null() & known.to_series()
    return each.with_columns(
        last_attended=dates[each.get_column("came_c")],
        case_type=pl.when(never).then(pl.lit(NEVER_CAME)).otherwise(pl.lit(MISSING)),
    ).drop("came_c", "c")


def _reached(reading: Reading, each: pl.DataFrame, days: pl.DataFrame) -> pl.DataFrame:
    """`each` with the day on which it reached its number of school days, or, where that is enough for the authority, on
    which every enquiry had been made.
    """
    each = with_policy(reading, each)
    numbered = days.select("stay", "date", k=pl.int_range(1, pl.len() + 1).over("stay"))
    at = numbered.join(each.select("stay", "days"), on="stay").filter(pl.col("k") == pl.col("days"))
    each = each.join(at.select("stay", by_days="date"), on="stay", how="left", maintain_order="left")
    sooner = reading.policy("missing_when_enquiries_done", pl.Boolean)[each.get_column("e")]
    done = pl.when(sooner).then("done_on")
    return each.with_columns(reached=pl.min_horizontal("by_days", done)).drop(
        "by_days", "days", "done_on", "until", "school", "unbroken", "run"
    )
