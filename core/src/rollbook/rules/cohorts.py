"""The cohorts a pupil belongs to on a day, and the groups that the school watches."""

from __future__ import annotations

from datetime import date

import polars as pl

from rollbook.rules.flags import NO_FLAGS, holding
from rollbook.rules.rule import Field, Judged, Reading, Rule
from rollbook.tables.words import Flag

_COHORTS = [flag.value for flag in Flag if flag is not Flag.PART_TIME_TIMETABLE]
_KNOWN = [flag.value for flag in Flag]
_NAMES = pl.List(pl.String)


def judge(reading: Reading) -> Judged:
    """By the flags that hold on the day looked at. A flag that nobody defined is shown as such, and is no group."""
    held = holding(reading)
    people = reading.days.enrolments
    if held is None:
        return Judged(reading.not_judged(COHORTS.answer, NO_FLAGS))
    groups = reading.settings.column("cohort_groups", _NAMES).with_columns(pl.col("cohort_groups").fill_null([]))
    schools = people.select("e", "school").join(groups, on="school", how="left", maintain_order="left")
    held = held.join(schools, on="e", how="left", maintain_order="left")
    own = pl.col("flag").is_in(pl.col("cohort_groups"))
    known = pl.col("flag").is_in(_KNOWN)
    each = held.group_by("e", maintain_order=True).agg(
        cohorts=pl.col("flag").filter(pl.col("flag").is_in(_COHORTS)),
        groups=pl.col("flag").filter(own & ~known),
        unknown=pl.col("flag").filter(~own & ~known),
    )
    answer = reading.spread(each).with_columns(pl.col("cohorts", "groups", "unknown").fill_null([]))
    return Judged(answer.with_columns(not_judged=pl.lit(None, dtype=pl.String)))


COHORTS = Rule(
    id="cohorts",
    title="Cohorts and the school's own groups",
    says=(
        "Which cohorts the pupil belongs to on the day: free school meals, SEN support, an education, health and care "
        "plan, looked after and previously, a social worker now or formerly, youth justice, English as an additional "
        "language, young carer, traveller, service child, child in need, a medical condition or health plan, bullied; "
        "and the groups that the school itself defines. The flags are the source's, by their dates."
    ),
    law=("DfE, Working together to improve school attendance: pupils and cohorts to be monitored",),
    first_day=date(2022, 9, 1),
    settings=("cohort_groups",),
    answer=(
        Field("cohorts", _NAMES, "the cohorts, in the words of the table of flags"),
        Field("groups", _NAMES, "the school's own groups"),
        Field("unknown", _NAMES, "flags that are neither: a slip of the pen, or a group that is not defined"),
        Field("not_judged", pl.String, "why it could not be judged, or null"),
    ),
    judge=judge,
)
