"""Signs in a pupil's own marks of this school year that something is recorded as it should not be."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

import polars as pl

from rollbook.rules.ages import school_year_start
from rollbook.rules.code_counts import count_each
from rollbook.rules.days import OFF_ROLL, ROW
from rollbook.rules.flags import STILL, flags
from rollbook.rules.notice_ladder import years_before
from rollbook.rules.pairs import ATTENDED, SIZE, UNAUTHORISED, any_roles, how_many, look_up, said, sessions
from rollbook.rules.rule import Reading
from rollbook.rules.runs import runs_of
from rollbook.tables import codes
from rollbook.tables.words import Flag

GAPS = {"not_recorded": codes.NOT_RECORDED, "invalid": codes.INVALID, "lossy": codes.LOSSY}
_S, _W, _E, _R, _C2, _T = (codes.ids(letter) for letter in ("S", "W", "E", "R", "C2", "T"))
_ODD = (*GAPS.values(), OFF_ROLL, *_S, *_W, *_E, *_R, *_C2, *_T)
ODD, LATE, UNJUSTIFIED = 1, 2, 4


@cache
def _kinds() -> pl.Series:
    """For each pair: ODD where a session may be a sign, LATE where one is U, UNJUSTIFIED where one is unauthorised."""
    found = [(_ODD, ODD), (codes.ids("U"), LATE), (UNAUTHORISED, UNJUSTIFIED)]
    kinds = [how_many(ids).clip(0, 1) * bit for ids, bit in found]
    return pl.select(kinds[0] + kinds[1] + kinds[2]).to_series()


def look(reading: Reading) -> tuple[pl.DataFrame, pl.Series]:
    """The sessions of the school year to date that may be a sign (e, c, csa, session, code, date), and the enrolments
    that have a U in it. Of 98 million marks few are odd: all else is done on those.
    """
    days = reading.days.since(reading.days.saying(_kinds() > 0), school_year_start(reading.as_at))
    kinds = days.select(look_up(_kinds())).to_series()
    odd = days.filter((kinds & ODD > 0) | ((kinds & UNJUSTIFIED > 0) & ~days.get_column("csa")))
    late = days.get_column("e").filter(kinds & LATE > 0).unique()
    found = sessions(odd, (*_ODD, *UNAUTHORISED))
    return reading.days.dated(found).drop("pair", "row"), late


def counts(reading: Reading, odd: pl.DataFrame) -> pl.DataFrame:
    """For each enrolment the number of sessions of each sign; null where that sign cannot be judged of it."""
    law, people = reading.settings.law, reading.days.enrolments
    seen = reading.days.told(odd, "age_from", "year_group")
    code = pl.col("code")
    kinds = {name: code == gap for name, gap in GAPS.items()} | {
        "unauthorised_below_age": code.is_in(UNAUTHORISED) & (pl.col("date") < pl.col("age_from")),
        "study_leave_early": code.is_in(_S) & (pl.col("year_group") < law("study_leave_year_group")),
        "work_experience_early": code.is_in(_W) & (pl.col("year_group") < law("work_experience_year_group")),
    }
    each = seen.group_by("e").agg(**{name: kind.fill_null(False).sum().cast(pl.UInt32) for name, kind in kinds.items()})
    by_year, known = ("study_leave_early", "work_experience_early"), people.get_column("year_group").is_not_null()
    of_each = {name: pl.col(name).fill_null(0) for name in kinds}
    found = reading.spread(each).select(
        pl.when(known).then(of_each[name]).alias(name) if name in by_year else of_each[name] for name in kinds
    )
    columns = [
        _long_runs(reading, _E, law("exclusion_school_days")).alias("excluded_past_fifth_day"),
        _long_runs(reading, _R, law("religious_observance_school_days")).alias("religious_observance_too_long"),
        _part_time(reading, odd).alias("part_time_without_end"),
        *_misplaced(reading),
    ]
    return found.hstack(columns)


def _counted(reading: Reading, rows: pl.DataFrame) -> pl.Series:
    """How many of the rows each enrolment has."""
    return count_each(rows.get_column("e"), len(reading.days.enrolments))


def _long_runs(reading: Reading, ids: tuple[int, ...], most: int) -> pl.Series:
    """Sessions of `ids` on the days after the first `most` of a run of days that have one."""
    marked = reading.days.saying(said(ids)).get_column("e").value_counts(name="days").filter(pl.col("days") > most)
    if marked.is_empty():
        return pl.Series([0], dtype=pl.UInt32).new_from_index(0, len(reading.days.enrolments))
    part = reading.days.only(marked.get_column("e"))
    late = runs_of(part, any_roles(ids)).days.filter(pl.col("k") > most)
    year = school_year_start(reading.as_at)
    return _counted(reading, part.dated(sessions(late, ids)).filter(pl.col("date") >= year))


def _part_time(reading: Reading, odd: pl.DataFrame) -> pl.Series:
    """C2 on a day for which no part-time timetable with a last day is known; null where flags are not given."""
    spells = flags(reading)
    if spells is None:
        return pl.Series([None], dtype=pl.UInt32).new_from_index(0, len(reading.days.enrolments))
    part_time = odd.filter(pl.col("code").is_in(_C2)).with_row_index("row")
    agreed = spells.filter((pl.col("flag") == Flag.PART_TIME_TIMETABLE.value) & (pl.col("to") < STILL))
    covered = part_time.join(agreed, on="e", how="inner").filter(
        pl.col("date").is_between(pl.col("from"), pl.col("to"))
    )
    return _counted(reading, part_time.join(covered.select("row"), on="row", how="anti"))


def _misplaced(reading: Reading) -> list[pl.Series]:
    """X at compulsory school age, and Z on the roll: both are only invalid in `Days`."""
    x, z = codes.ids("X"), codes.ids("Z")
    since = school_year_start(reading.as_at)
    marks = reading.registers.marks.filter(
        pl.col("code").is_in((*x, *z)) & pl.col("date").is_between(since, reading.as_at)
    )
    people = reading.days.enrolments.select("e", "school", "pupil", "lo", "hi", "base")
    placed = marks.join(people, on=["school", "pupil"], how="inner").join(
        reading.days.calendar.select("c", "school", "date"), on=["school", "date"], how="inner"
    )
    placed = placed.filter((pl.col("c") >= pl.col("lo")) & (pl.col("c") < pl.col("hi")))
    row = placed.select((pl.col("base").cast(pl.Int64) + pl.col("c") - pl.col("lo")).cast(ROW)).to_series()
    pair = reading.days.days.get_column("pair").gather(row)
    said = placed.with_columns(pair=pair).select(
        "e",
        "code",
        read=pl.when(pl.col("session") == 0).then(pl.col("pair") // SIZE).otherwise(pl.col("pair") % SIZE),
    )
    wrong = said.filter(pl.col("read") == codes.INVALID)
    names = {"x_at_compulsory_age": x, "z_on_roll": z}
    return [_counted(reading, wrong.filter(pl.col("code").is_in(ids))).alias(name) for name, ids in names.items()]


def mobile(reading: Reading, odd: pl.DataFrame) -> pl.DataFrame:
    """Of pupils marked T in this school year and old enough: mobile_child_attended, the sessions attended in the twelve
    months that end with the day looked at, here and where other marks are to hand; whole, whether those are all known.
    """
    law, people = reading.settings.law, reading.days.enrolments
    begins = years_before(reading.as_at, 1) + timedelta(days=1)
    born = years_before(reading.as_at, law("mobile_child_age"))
    some = people.filter(pl.col("e").is_in(odd.filter(pl.col("code").is_in(_T)).get_column("e").implode()))
    some = some.filter(pl.col("dob") <= born)
    if some.is_empty():
        none = some.select("e", mobile_child_attended=pl.lit(None, pl.UInt32), whole=pl.lit(None, pl.Boolean))
        return reading.spread(none)
    part = reading.days.only(some.get_column("e"))
    came = part.dated(sessions(part.days, ATTENDED)).filter(pl.col("date") >= begins).select("e")
    elsewhere = reading.registers.elsewhere
    if elsewhere is not None:
        there = elsewhere.filter(pl.col("code").is_in(ATTENDED) & pl.col("date").is_between(begins, reading.as_at))
        came = pl.concat([came, there.join(some.select("e", "pupil"), on="pupil", how="inner").select("e")])
    attended = came.group_by("e").agg(mobile_child_attended=pl.len().cast(pl.UInt32))
    whole = some.select("e", "school", "first").join(reading.first_days(), on="school", how="left")
    whole = whole.join(attended, on="e", how="left")
    return reading.spread(
        whole.select(
            "e",
            pl.col("mobile_child_attended").fill_null(0),
            whole=(pl.max_horizontal("first", "begins") <= begins),
        )
    )
