"""Pupils who did not come back from leave: the school days after its last one."""

from __future__ import annotations

import polars as pl

from rollbook.rules.pairs import BREAKS, COUNTS, look_up, run_roles
from rollbook.rules.rule import Reading
from rollbook.rules.spells import next_open
from rollbook.tables.schemas import LEAVE, empty

NO_LEAVE = "whether leave was overrun is not judged: the source gives no leave that was granted (leave)"


def find_overruns(reading: Reading, ids: tuple[int, ...]) -> pl.DataFrame:
    """Each leave after which the number of days counted, from the first, with none that broke before.

    Columns: run, e, first, last, reached, ended (a day has broken it since, or the pupil left), school_days, ground,
    leave_from, leave_to.
    """
    number = reading.settings.law("leave_overrun_school_days")
    days = _days_after(reading, ids)
    days = days.with_columns(broken=(pl.col("role") == BREAKS).cum_sum().over("run"))
    counts = (pl.col("broken") == 0) & (pl.col("role") == COUNTS)
    counted = pl.col("date").filter(counts)
    found = days.group_by("run", maintain_order=True).agg(
        pl.col("e", "leave_from", "leave_to").first(),
        first=counted.first(),
        last=counted.last(),
        reached=counted.slice(number - 1, 1).first(),
        school_days=counts.sum(),
        broken=pl.col("broken").last() > 0,
    )
    found = reading.days.told(found.filter(pl.col("school_days") >= number), "on_roll")
    ended = pl.col("broken") | ~pl.col("on_roll")
    return found.with_columns(ended=ended, ground=pl.lit("leave_overrun")).drop("broken", "on_roll")


def _days_after(reading: Reading, ids: tuple[int, ...]) -> pl.DataFrame:
    """The school days after each leave, in order: run (number of the leave), e, leave_from, leave_to, date, role.

    Of a leave after which the pupil was not yet on the roll there are none: such a day is no day of absence.
    """
    people = reading.days.enrolments.select("e", "school", "pupil")
    given = reading.registers.leave
    leave = empty(LEAVE) if given is None else given
    leave = leave.select("school", "pupil", leave_from="from", leave_to="to")
    leave = leave.join(people, on=["school", "pupil"], how="inner").unique().sort("e", "leave_to", "leave_from")
    leave = leave.with_columns(next=next_open(reading, leave, "leave_to")).with_row_index("run")
    rows = reading.days.only(leave.get_column("e")).days
    role = pl.when("csa").then(look_up(run_roles(ids))).otherwise(pl.lit(BREAKS, pl.UInt8))
    rows = reading.days.dated(rows.select("e", "c", role=role))
    days = leave.join(rows, on="e", how="inner", maintain_order="left_right")
    days = days.filter(pl.col("date") > pl.col("leave_to"))
    begun = days.group_by("run").agg(first=pl.col("date").min())
    days = days.join(begun, on="run", how="left", maintain_order="left").filter(pl.col("first") == pl.col("next"))
    return days.select("run", "e", "leave_from", "leave_to", "date", "role")
