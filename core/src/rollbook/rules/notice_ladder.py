"""Which notice the next one would be, for each parent and child."""

from __future__ import annotations

from datetime import date

import polars as pl

from rollbook.rules.notices import NO_NOTICES, known_notices
from rollbook.rules.rule import ByName, Field, Judged, Reading, Rule

FIRST, SECOND, BARRED = "first", "second", "barred"
_PARENT = pl.Struct({"parent": pl.String, "notice": pl.String, "counted": pl.UInt32, "anniversary": pl.Boolean})


def judge(reading: Reading) -> Judged:
    """For a notice issued on the day looked at, of each parent to whom one was ever issued for this child."""
    back = years_before(reading.as_at, reading.settings.law("notice_years"))
    looked_at = pl.col("stands") & pl.col("notice_anniversary_reviewed")
    rows = _counting(reading).with_columns(
        counts=pl.col("stands") & (pl.col("issued") > back), returns=looked_at & (pl.col("issued") == back)
    )
    parents = rows.group_by("e", "parent").agg(counted=pl.col("counts").sum(), anniversary=pl.col("returns").any())
    bars = reading.settings.law("notices_that_bar")
    step = pl.when(pl.col("counted") >= bars).then(pl.lit(BARRED)).when(pl.col("counted") > 0).then(pl.lit(SECOND))
    parents = parents.sort("e", "parent").with_columns(notice=step.otherwise(pl.lit(FIRST)))
    each = parents.group_by("e", maintain_order=True).agg(
        parents=pl.struct("parent", "notice", "counted", "anniversary").cast(_PARENT)
    )
    none = pl.lit([], pl.List(_PARENT))
    unknown = pl.lit(NO_NOTICES if reading.registers.notices is None else None, pl.String)
    return Judged(reading.spread(each).with_columns(pl.col("parents").fill_null(none), not_judged=unknown))


def _counting(reading: Reading) -> pl.DataFrame:
    """The notices of each enrolment's pupil, and whether each `stands`: it was not withdrawn, nor issued too early."""
    people = reading.days.enrolments.select("e", "school", "pupil")
    asked = [reading.policy(name, pl.Boolean) for name in ("notices_before_framework", "notice_anniversary_reviewed")]
    rows = known_notices(reading).join(people.hstack(asked), on="pupil", how="inner")
    in_time = pl.col("notices_before_framework") | (pl.col("issued") >= reading.settings.law("penalty_framework_from"))
    return rows.with_columns(stands=~pl.col("withdrawn") & in_time)


def years_before(day: date, years: int) -> date:
    """The same date so many years before; of 29 February the 28th, where there is none."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 2, 28)


NOTICE_LADDER = Rule(
    id="notice_ladder",
    title="Which penalty notice the next would be",
    says=(
        "For each parent and child: the first in three years, the second, or barred because there were two. Withdrawn "
        "notices and those before 19 August 2024 do not count. Notices are counted for the day on which the next would "
        "be issued; on the third anniversary of one, which no longer counts, a person should look. Those recorded at "
        "another school of the child count too, and a notice to improve is none."
    ),
    law=("SI 2007/1867, as amended by SI 2024/210", "DfE, Working together to improve school attendance, chapter 6"),
    first_day=date(2024, 8, 19),
    settings=(
        "notice_years",
        "notices_that_bar",
        "penalty_framework_from",
        "notices_before_framework",
        "notice_anniversary_reviewed",
    ),
    answer=(
        Field(
            "parents",
            pl.List(_PARENT),
            "of each parent: notice (first, second or barred), counted (notices that count), anniversary (whether one "
            "is three years old to the day, where the authority wants that looked at). A parent who is not listed had "
            "none. Each is a key of its own too",
        ),
        Field("not_judged", pl.String, "why it is not known whether there were others, at this school; or null"),
    ),
    judge=judge,
    by_name=ByName("parents", "parent", "notice", FIRST),
)
