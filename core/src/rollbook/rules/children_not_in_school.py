"""Children Not In School: the registers of Education Act 1996 ss436B to 436G, which are not yet in force."""

from __future__ import annotations

import polars as pl

from rollbook.rules.ages import school_year_start
from rollbook.rules.leavers import NO_DESTINATION, find_leavers
from rollbook.rules.pairs import said, sessions
from rollbook.rules.rule import SESSION_LIST, Field, Judged, Reading, Rule
from rollbook.tables import codes

_C2 = codes.ids("C2")
_COMMENCED = "children_not_in_school_commenced"
PART_TIME, AT_HOME, ON_NO_ROLL = "part_time_timetable", "educated_at_home", "on_no_roll"


def judge(reading: Reading) -> Judged:
    """By what a school knows: a pupil on a part-time timetable, a leaver educated at home, a leaver on no roll."""
    people = reading.days.enrolments.select("e", "school", "on_roll")
    people = people.join(reading.settings.column(_COMMENCED, pl.Date), on="school", how="left", maintain_order="left")
    people = people.rename({_COMMENCED: "begins"})
    part_time, listed = _part_time(reading, people)
    found = pl.concat([part_time, _left(reading, people)]).unique("e", keep="first", maintain_order=True)
    answer = reading.spread(people.select("e", "begins").join(found, on="e", how="left", maintain_order="left"))
    begun = (pl.col("begins") <= reading.as_at).fill_null(False)
    why = pl.when(~begun).then(pl.lit(f"not judged: {_COMMENCED} is not set for this school, or is to come"))
    due = pl.when(begun & pl.col("judged").fill_null(True)).then(pl.col("reason").is_not_null())
    unsaid = pl.when(~pl.col("judged")).then(pl.lit(NO_DESTINATION))
    answer = answer.with_columns(due=due, not_judged=pl.coalesce(why, unsaid))
    reason = pl.when("due").then("reason")
    since = pl.when("due").then("since")
    return Judged(answer.select("due", reason, since, "not_judged"), evidence=listed)


def _part_time(reading: Reading, people: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Those on the roll, of compulsory school age, with a C2 this school year and since the commencement."""
    days = reading.days.since(reading.days.saying(said(_C2), of_age=True), school_year_start(reading.as_at))
    days = reading.days.dated(days)
    days = days.join(people.filter("on_roll"), on="e", how="inner", maintain_order="left")
    days = days.filter(pl.col("date") >= pl.col("begins"))
    each = days.group_by("e", maintain_order=True).agg(since=pl.col("date").min())
    listed = sessions(days.select("e", "c", "pair", "date"), _C2)
    told = each.select("e", reason=pl.lit(PART_TIME), since="since", judged=pl.lit(True))
    return told, reading.days.keyed(listed).select(*SESSION_LIST)


def _left(reading: Reading, people: pl.DataFrame) -> pl.DataFrame:
    """Leavers, of compulsory school age, who are on no other roll that is known of."""
    left = find_leavers(reading).filter(~pl.col("ended")).join(people.select("e", "begins"), on="e", how="left")
    left = left.filter(pl.col("at_home") | pl.col("case_type").is_not_null())
    reason = pl.when("at_home").then(pl.lit(AT_HOME)).otherwise(pl.lit(ON_NO_ROLL))
    return left.select("e", reason=reason, since=pl.max_horizontal("first", "begins"), judged="judged")


CHILDREN_NOT_IN_SCHOOL = Rule(
    id="children_not_in_school",
    title="Children Not In School (not yet in force)",
    says=(
        "Local authorities are to keep registers of children of compulsory school age who are not, or not full-time, "
        "at a school. By what a school knows: a pupil on an agreed part-time timetable (C2), a leaver educated "
        "at home, and a leaver who is on no roll that is known of. The sections were not commenced when this was "
        "written: the rule is off until the day of commencement is set, and asked about an earlier day it is refused."
    ),
    law=("Education Act 1996, ss436B to 436G, to be inserted by the Children's Wellbeing and Schools Act 2026, s38",),
    first_day=None,
    settings=(_COMMENCED,),
    answer=(
        Field("due", pl.Boolean, "whether the child may be one for the register; null where that could not be judged"),
        Field("reason", pl.String, "part_time_timetable, educated_at_home or on_no_roll"),
        Field("since", pl.Date, "the first day of it, not before the commencement"),
        Field("not_judged", pl.String, "why it could not be judged, or null"),
    ),
    due="due",
    judge=judge,
    starts=_COMMENCED,
)
