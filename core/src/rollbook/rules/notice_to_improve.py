"""The last notice to improve: how long its period runs, and what was missed in it. What follows, a person decides."""

from __future__ import annotations

from datetime import date

import polars as pl

from rollbook.rules.notices import NO_NOTICES, improvement_notices
from rollbook.rules.rule import SESSION_LIST, Field, Judged, Reading, Rule
from rollbook.rules.school_weeks import SchoolWeeks
from rollbook.rules.several_schools import absences_anywhere
from rollbook.tables import codes

NONE, RUNNING, ENDED = "none", "running", "ended"
NO_WEEKS = "when the period ends is not judged: the notice has no last day, and the authority no number of weeks"
NO_CALENDAR = "when the period ends is not judged: the school's calendar does not hold all of its school weeks"
NO_REGISTER = "the sessions missed are not judged: the register does not reach back to the notice"
_WEEK = pl.duration(weeks=1)


def judge(reading: Reading) -> Judged:
    """Of the newest notice that was not withdrawn, to whichever parent and wherever it was recorded."""
    noticed = _noticed(reading)
    if noticed.is_empty():
        return Judged(_of_none(reading))
    notices = _with_end(reading, noticed)
    missed = _missed(reading, notices)
    each = missed.group_by("e").agg(sessions=pl.len(), unexplained=pl.col("code").is_in(_unexplained(reading)).sum())
    told = notices.join(each, on="e", how="left", maintain_order="left")
    counts = [pl.col(name).fill_null(0).cast(pl.UInt32) for name in ("sessions", "unexplained")]
    status = pl.when(pl.col("ends_on") >= reading.as_at).then(pl.lit(RUNNING)).otherwise(pl.lit(ENDED))
    told = told.with_columns(*(pl.when(pl.col("counted")).then(count) for count in counts))
    told = told.with_columns(status=pl.when(pl.col("ends_on").is_not_null()).then(status), noticed=pl.lit(True))
    return Judged(_answer(reading, told), evidence=reading.days.keyed(missed).select(*SESSION_LIST))


def _noticed(reading: Reading) -> pl.DataFrame:
    """e, school, issued, ends (as the notice says it, or null), and the authority's weeks, of those with a notice."""
    people = reading.days.enrolments.select("e", "school", "pupil")
    kinds = {"improvement_weeks": pl.Int32, "improvement_school_weeks": pl.Boolean}
    people = people.hstack([reading.policy(name, kind) for name, kind in kinds.items()])
    return people.join(improvement_notices(reading), on="pupil", how="inner", maintain_order="left")


def _with_end(reading: Reading, rows: pl.DataFrame) -> pl.DataFrame:
    """The same with ends_on, counted (are the marks of the period to hand) and not_judged."""
    rows = rows.join(reading.first_days(), on="school", how="left", maintain_order="left")
    rows = rows.with_columns(in_school_weeks=_in_school_weeks(reading, rows))
    calendar_weeks = pl.col("issued") + pl.col("improvement_weeks") * _WEEK
    by_weeks = pl.when("improvement_school_weeks").then("in_school_weeks").otherwise(calendar_weeks)
    rows = rows.with_columns(ends_on=pl.coalesce("ends", by_weeks))
    year_before = pl.col("begins").dt.offset_by("-7mo").dt.truncate("1y").dt.offset_by("7mo")  # its 1 August
    rows = rows.with_columns(reaches=(pl.col("issued") >= year_before).fill_null(False))
    open_ended = pl.col("ends_on").is_null()
    reason = (
        pl.when(open_ended & pl.col("improvement_weeks").is_null())
        .then(pl.lit(NO_WEEKS))
        .when(open_ended)
        .then(pl.lit(NO_CALENDAR))
        .when(~pl.col("reaches"))
        .then(pl.lit(NO_REGISTER))
    )
    return rows.with_columns(counted=pl.col("reaches") & ~open_ended, not_judged=reason)


def _in_school_weeks(reading: Reading, rows: pl.DataFrame) -> pl.Series:
    """The same weekday so many school weeks later. Of a notice issued in a week without school, which has no part in
    the period, the Sunday of the last one. Null where the calendar does not hold them.
    """
    weeks = SchoolWeeks.of(reading)
    placed = rows.select("school", "issued", "improvement_weeks").with_columns(week=weeks.week_of(rows, "issued"))
    placed = placed.with_columns(after=pl.col("week") + pl.col("improvement_weeks"))
    placed = placed.with_columns(begun=weeks.monday_of(placed, "week"), last=weeks.monday_of(placed, "after"))
    monday = pl.col("issued").dt.truncate("1w")
    of_term = pl.col("begun") == monday
    rest = pl.when(of_term).then(pl.col("issued") - monday).otherwise(pl.duration(days=6))
    return placed.select((pl.col("last") + rest).alias("in_school_weeks")).to_series()


def _missed(reading: Reading, notices: pl.DataFrame) -> pl.DataFrame:
    """e, date, session, code: unauthorised sessions after the day of issue, to the last day of the period."""
    law = reading.settings.law
    ids = codes.ids(*law("penalty_codes"))
    found = absences_anywhere(reading, ids, _unexplained(reading), law("penalty_framework_from"))
    spans = notices.filter("counted").select("e", "issued", "ends_on")
    found = found.join(spans, on="e", how="inner", maintain_order="left")
    within = (pl.col("date") > pl.col("issued")) & (pl.col("date") <= pl.col("ends_on"))
    return found.filter(within).select("e", "date", "session", "code")


def _unexplained(reading: Reading) -> tuple[int, ...]:
    return codes.ids(*reading.settings.law("unexplained_codes"))


def _of_none(reading: Reading) -> pl.DataFrame:
    """The answer where no pupil has such a notice."""
    said = [pl.lit(text, pl.String).alias(name) for name, text in _without(reading).items()]
    return reading.unasked(NOTICE_TO_IMPROVE.answer).with_columns(*said, _issuers(reading))


def _answer(reading: Reading, told: pl.DataFrame) -> pl.DataFrame:
    columns = ("issued", "ends_on", "status", "sessions", "unexplained", "noticed", "not_judged")
    rows = reading.spread(told.select("e", *columns)).hstack([_issuers(reading)])
    some = pl.col("noticed").fill_null(False)
    said = (pl.when(some).then(name).otherwise(pl.lit(text, pl.String)) for name, text in _without(reading).items())
    return rows.with_columns(*said).select(*(field.name for field in NOTICE_TO_IMPROVE.answer))


def _without(reading: Reading) -> dict[str, str | None]:
    """What is said of a pupil without such a notice: not even that there is none, where the source gives no notices."""
    unknown = reading.registers.notices is None
    return {"status": None if unknown else NONE, "not_judged": NO_NOTICES if unknown else None}


def _issuers(reading: Reading) -> pl.Series:
    return reading.policy("improvement_issued_by", pl.String).alias("issued_by")


NOTICE_TO_IMPROVE = Rule(
    id="notice_to_improve",
    title="Notice to improve",
    says=(
        "The newest notice to improve: the last day of its period, whether that still runs, and the sessions of "
        "unauthorised absence since the day after it was issued. The last day is the notice's own where it says one; "
        "else it follows from the authority's number of weeks, which is no law: authorities ask for three to six, in "
        "calendar weeks or in school weeks. It is no penalty notice and stands on no ladder, and the threshold of one "
        "is counted as ever. What is enough improvement, and what follows, a person decides."
    ),
    law=("DfE, Working together to improve school attendance, chapter 6 (guidance)",),
    first_day=date(2024, 8, 19),
    settings=(
        "penalty_codes",
        "unexplained_codes",
        "penalty_framework_from",
        "penalty_across_schools",
        "improvement_weeks",
        "improvement_school_weeks",
        "improvement_issued_by",
    ),
    answer=(
        Field("issued", pl.Date, "day on which the newest was issued; null where there is none"),
        Field("ends_on", pl.Date, "last day of its period; null where that is not known"),
        Field("status", pl.String, "running, ended or none; null where it could not be judged"),
        Field("sessions", pl.UInt32, "unauthorised sessions after the day of issue, to the last day of the period"),
        Field("unexplained", pl.UInt32, "those of them that are N marks, and may yet be explained"),
        Field("issued_by", pl.String, "who issues such notices, where the authority's settings say so"),
        Field("not_judged", pl.String, "what could not be judged, and why; or null"),
    ),
    judge=judge,
)
