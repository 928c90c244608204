"""Signs that a register is not kept as the regulations and the guidance say: for a person to look at."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from rollbook.rules import odd_marks
from rollbook.rules.ages import school_year_start
from rollbook.rules.code_counts import count_each
from rollbook.rules.days import OFF_ROLL
from rollbook.rules.flags import NO_FLAGS
from rollbook.rules.rule import Field, Judged, Reading, Rule
from rollbook.tables import codes

NO_CONTACTS = "not judged: the source gives no contacts (contacts)"
NO_YEAR = "not judged: the pupil's year group is not known"
_WORDS = pl.List(pl.String)


def judge(reading: Reading) -> Judged:
    """Of the school year to date. What is of the school as a whole is said with each of its pupils."""
    odd, late = odd_marks.look(reading)
    found = pl.concat(
        [
            odd_marks.counts(reading, odd),
            odd_marks.mobile(reading, odd),
            _contacts(reading).to_frame(),
            _of_school(reading, odd, late),
        ],
        how="horizontal",
    )
    found = found.hstack([reading.days.enrolments.get_column("on_roll")])
    said = {"signs": _signs(reading, found), "not_judged": _not_judged(found)}
    return Judged(found.hstack([words.alias(name) for name, words in said.items()]).select(_FIELDS))


def _signs(reading: Reading, found: pl.DataFrame) -> pl.Series:
    few = pl.col("on_roll") & (pl.col("contacts") < reading.settings.law("contacts_wanted"))
    rare = pl.col("whole") & (pl.col("mobile_child_attended") < reading.settings.law("mobile_child_attendances"))
    met = {name: pl.col(name) > 0 for name in _COUNTS} | {
        "mobile_child_attended": rare,
        "contacts": few,
        "u_never_used": pl.col("u_never_used"),
    }
    return _worded(found, met)


def _not_judged(found: pl.DataFrame) -> pl.Series:
    why = {
        "study_leave_early": NO_YEAR,
        "work_experience_early": NO_YEAR,
        "part_time_without_end": NO_FLAGS,
        "contacts": NO_CONTACTS,
    }
    return _worded(found, {f"{name}: {reason}": pl.col(name).is_null() for name, reason in why.items()})


def _worded(rows: pl.DataFrame, holds: Mapping[str, pl.Expr]) -> pl.Series:
    """For each row the words of which the condition holds, in order. Many rows say the same: each is made once."""
    bits = [is_so.fill_null(False).cast(pl.UInt32) * 2**place for place, is_so in enumerate(holds.values())]
    said = rows.select(pl.sum_horizontal(bits)).to_series()
    each = said.unique().sort()
    words = [[word for place, word in enumerate(holds) if one >> place & 1] for one in each]
    return pl.Series(words, dtype=_WORDS)[each.search_sorted(said)]


def _contacts(reading: Reading) -> pl.Series:
    given, people = reading.registers.contacts, reading.days.enrolments
    if given is None:
        return pl.Series("contacts", [None], dtype=pl.UInt32).new_from_index(0, len(people))
    each = given.group_by("school", "pupil").agg(contacts=pl.len().cast(pl.UInt32))
    found = people.select("school", "pupil").join(each, on=["school", "pupil"], how="left", maintain_order="left")
    return found.get_column("contacts").fill_null(0)


def _of_school(reading: Reading, odd: pl.DataFrame, late: pl.Series) -> pl.DataFrame:
    """registers_not_taken, u_never_used: the school's, for each enrolment."""
    schools = reading.days.enrolments.select("school")
    used = schools.get_column("school")[late].unique()
    begun = pl.col("date").is_between(school_year_start(reading.as_at), reading.as_at)
    days = reading.days.calendar.group_by("school").agg(days=begun.sum())
    found = schools.join(days, on="school", how="left", maintain_order="left")
    found = found.join(_not_taken(reading, odd), on="school", how="left", maintain_order="left")
    enough = reading.policy("u_never_used_school_days", pl.UInt32)
    return found.select(
        pl.col("registers_not_taken").fill_null(0),
        u_never_used=~pl.col("school").is_in(used.implode()) & (pl.col("days") >= enough).fill_null(False),
    )


def _not_taken(reading: Reading, odd: pl.DataFrame) -> pl.DataFrame:
    """school, registers_not_taken: open sessions with pupils on the roll of whom not one has a mark."""
    kinds = {"blank": codes.NOT_RECORDED, "away": OFF_ROLL}
    counts = {name: (pl.col("code") == code).sum() for name, code in kinds.items()}
    each = odd.filter(pl.col("code").is_in(list(kinds.values()))).group_by("c", "session").agg(**counts)
    rows = _rows_of_day(reading)[each.get_column("c")]
    none = each.filter((pl.col("blank") > 0) & (pl.col("blank") + pl.col("away") == rows))
    schools = reading.days.calendar.get_column("school")[none.get_column("c")]
    return schools.value_counts(name="registers_not_taken").cast({"registers_not_taken": pl.UInt32})


def _rows_of_day(reading: Reading) -> pl.Series:
    """Of how many enrolments each day of the calendar is one; by where they begin and end, not day by day."""
    people, days = reading.days.enrolments, len(reading.days.calendar)
    begun, ended = (count_each(people.get_column(name), days + 1).cum_sum() for name in ("lo", "hi"))
    return begun - ended


_COUNTS = (
    *("not_recorded", "invalid", "lossy", "x_at_compulsory_age", "z_on_roll", "unauthorised_below_age"),
    *("study_leave_early", "work_experience_early", "excluded_past_fifth_day", "religious_observance_too_long"),
    *("part_time_without_end", "registers_not_taken"),
)
REGISTER_QUALITY = Rule(
    id="register_quality",
    title="Signs of a register that is not kept as it should be",
    says=(
        "Sessions of the school year to date that are missing, no code, or a code where it seldom belongs. Each is a "
        "sign and no more: there may be a good reason, and only the school changes a mark."
    ),
    law=(
        "SI 2024/208, regs 8, 10 and 11",
        "Education Act 1996, s444(3)(c) and (6), s560",
        "Education Act 2002, s51A, and SI 2007/1870 (education from the sixth day of an exclusion)",
        "DfE, Working together to improve school attendance; Keeping children safe in education (contacts)",
    ),
    first_day=date(2022, 9, 1),
    settings=(
        *("study_leave_year_group", "work_experience_year_group", "exclusion_school_days"),
        *("religious_observance_school_days", "mobile_child_attendances", "mobile_child_age", "contacts_wanted"),
        *("u_never_used_school_days", "judged_from"),
    ),
    answer=(
        Field("signs", _WORDS, "the fields below that are a sign"),
        Field("not_recorded", pl.UInt32, "sessions with no mark"),
        Field("invalid", pl.UInt32, "marks that are no code, X and Z where they cannot be among them"),
        Field("lossy", pl.UInt32, "marks that may be one of several codes"),
        Field("x_at_compulsory_age", pl.UInt32, "sessions of X at compulsory school age"),
        Field("z_on_roll", pl.UInt32, "sessions of Z while on the roll"),
        Field("unauthorised_below_age", pl.UInt32, "sessions of G, N, O or U before compulsory school age"),
        Field("study_leave_early", pl.UInt32, "sessions of S below year 11"),
        Field("work_experience_early", pl.UInt32, "sessions of W below year 10"),
        Field("excluded_past_fifth_day", pl.UInt32, "sessions of E past the fifth school day in a row"),
        Field("religious_observance_too_long", pl.UInt32, "sessions of R past the first school day in a row"),
        Field("part_time_without_end", pl.UInt32, "sessions of C2 without an agreed timetable that has a last day"),
        Field(
            "mobile_child_attended", pl.UInt32, "of a pupil marked T: sessions attended in twelve months, against 200"
        ),
        Field("contacts", pl.UInt32, "contacts that are known; a sign where fewer than two"),
        Field("registers_not_taken", pl.UInt32, "of the school: open sessions without one mark"),
        Field("u_never_used", pl.Boolean, "of the school: not one U this year, after enough school days"),
        Field("not_judged", _WORDS, "signs that could not be judged, and why"),
    ),
    judge=judge,
)
_FIELDS = tuple(field.name for field in REGISTER_QUALITY.answer)
