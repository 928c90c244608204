"""The national threshold at which a penalty notice must be considered. Whether one is issued, a person decides."""

from __future__ import annotations

from datetime import date

import polars as pl

from rollbook.rules.finding import findings_of
from rollbook.rules.notices import standing_notices
from rollbook.rules.penalty_window import Sessions, Window, listed, place, stretches
from rollbook.rules.rule import SESSION_LIST, Field, Judged, Reading, Rule
from rollbook.rules.school_weeks import SchoolWeeks
from rollbook.rules.several_schools import absences_anywhere
from rollbook.tables import codes


def judge(reading: Reading) -> Judged:
    """On the day looked at, and in a finding for each stretch of days on which it was met."""
    law = reading.settings.law
    window = Window(law("penalty_sessions"), law("penalty_school_weeks"), SchoolWeeks.of(reading))
    people = _people(reading, window)
    sessions = _sessions(reading, window, people.filter("applies"))
    held = people.hstack(sessions.held(people, "week", window.weeks).get_columns())
    runs = stretches(sessions, window, pl.lit(reading.as_at))
    since = runs.filter(~pl.col("ended")).select("e", met_on="reached")
    held = held.hstack(reading.spread(since).get_columns()).with_columns(status=_status(window))
    held = held.with_columns(due=_due(reading, held))
    shown = listed(sessions, held.filter("due").select("e", "start", "end"))
    covered = _covered_now(reading, shown)
    answer = held.join(covered, on="e", how="left", maintain_order="left")
    before = pl.when("due").then(pl.col("covered_sessions").fill_null(0)).cast(pl.UInt32).alias("covered_sessions")
    answer = answer.select("status", pl.col("sessions").cast(pl.UInt32), "met_on", "due", before)
    return Judged(answer, _findings(reading, window, sessions, runs), reading.days.keyed(shown).select(*SESSION_LIST))


def _people(reading: Reading, window: Window) -> pl.DataFrame:
    """Every enrolment, with the school week that the day looked at is in, or comes after; applies (to its school)."""
    outside = list(reading.settings.law("penalty_not_at"))
    people = reading.days.enrolments.select(
        "e", "school", day=pl.lit(reading.as_at), applies=~pl.col("type").fill_null("").is_in(outside)
    )
    week = window.school_weeks.week_of(people, "day")
    return people.with_columns(week=pl.when("applies").then(week))


def _sessions(reading: Reading, window: Window, people: pl.DataFrame) -> Sessions:
    """Unauthorised sessions at compulsory school age since the national framework, at schools that it is for."""
    ids = codes.ids(*reading.settings.law("penalty_codes"))
    unexplained = codes.ids(*reading.settings.law("unexplained_codes"))
    found = absences_anywhere(reading, ids, unexplained, reading.settings.law("penalty_framework_from"))
    counted = reading.policy("penalty_counts_unexplained", pl.Boolean).fill_null(True)
    if not counted.all():
        found = found.filter(counted[found.get_column("e")] | ~found.get_column("code").is_in(unexplained))
    return place(found, people, window, unexplained)


def _status(window: Window) -> pl.Expr:
    return (
        pl.when(~pl.col("applies"))
        .then(pl.lit("not_applicable"))
        .when(pl.col("sessions") - pl.col("n_marks") >= window.number)
        .then(pl.lit("met"))
        .when(pl.col("sessions") >= window.number)
        .then(pl.lit("provisional"))
        .otherwise(pl.lit("not_met"))
    )


def _due(reading: Reading, rows: pl.DataFrame) -> pl.Series:
    """Whether a row (e, status) is due: when met, and if only provisionally, where the authority takes that."""
    waits = reading.policy("penalty_require_resolved", pl.Boolean)[rows.get_column("e")]
    return rows.select((pl.col("status") == "met") | ((pl.col("status") == "provisional") & ~waits)).to_series()


def _findings(reading: Reading, window: Window, sessions: Sessions, runs: pl.DataFrame) -> pl.DataFrame:
    """Of stretches that began while the pupil was on the roll there. What follows later is the next school's business.

    The figures are of the day looked at, or of the last session of a stretch that has ended.
    """
    on = {name: reading.days.enrolments.get_column(name)[runs.get_column("e")] for name in ("first", "last")}
    there = pl.col("reached").is_between(on["first"], on["last"].fill_null(date.max))
    spans = reading.days.told(runs, "pupil").filter(there)
    now = window.school_weeks.week_of(spans.with_columns(day=pl.lit(reading.as_at)), "day")
    spans = spans.with_columns(week=pl.when("ended").then("week").otherwise(now))
    held = sessions.held(spans.select("e", "week"), "week", window.weeks)
    since = window.school_weeks.monday_of(spans.with_columns(low=(pl.col("week") - window.weeks + 1).clip(0)), "low")
    figures = pl.concat([spans, held.select("sessions", "n_marks")], how="horizontal")
    figures = figures.with_columns(applies=pl.lit(True), window_from=since).with_columns(status=_status(window))
    spans = figures = figures.filter(_due(reading, figures))
    evidence = listed(sessions, spans.select("run", "start", "end"))
    figures = pl.concat([figures, _covered(reading, spans, evidence)], how="horizontal").select(
        "status",
        "sessions",
        "window_from",
        "last_notice",
        "covered_sessions",
        met_on="reached",
        unexplained="n_marks",
        due_by=pl.lit(None, pl.Date),
    )
    return findings_of(PENALTY_NOTICE, reading, spans, figures, evidence)


def _covered_now(reading: Reading, shown: pl.DataFrame) -> pl.DataFrame:
    """e, covered_sessions: how many of the sessions shown are of days up to the newest notice to any parent."""
    newest = reading.days.enrolments.select("e", "pupil").join(_last_notices(reading), on="pupil", how="inner")
    before = shown.join(newest, on="e", how="inner").filter(pl.col("date") <= pl.col("last_notice"))
    return before.group_by("e").agg(covered_sessions=pl.len())


def _covered(reading: Reading, spans: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    """last_notice, and how many of the sessions that count are not after it: they were held against a parent before."""
    known = spans.select("run", "pupil").join(_last_notices(reading), on="pupil", how="left", maintain_order="left")
    before = evidence.join(known, on="run", how="left").filter(pl.col("date") <= pl.col("last_notice"))
    counts = before.group_by("run").agg(covered_sessions=pl.len())
    known = known.join(counts, on="run", how="left", maintain_order="left")
    return known.select("last_notice", pl.col("covered_sessions").fill_null(0))


def _last_notices(reading: Reading) -> pl.DataFrame:
    """pupil, last_notice: the day of the newest notice to any parent."""
    return standing_notices(reading).group_by("pupil").agg(last_notice=pl.col("issued").max())


PENALTY_NOTICE = Rule(
    id="penalty_notice",
    title="Threshold of a penalty notice",
    says=(
        "Ten sessions of unauthorised absence in ten school weeks, of any mix and in any terms or years, at every "
        "school whose marks are to hand: from then on a penalty notice is to be considered. Provisional while it "
        "rests on N marks. It is a count: whether a notice is right, and for whom, a person decides."
    ),
    law=(
        "Education Act 1996, ss444, 444A and 444B",
        "SI 2007/1867, as amended by SI 2024/210",
        "DfE, Working together to improve school attendance, chapter 6",
    ),
    first_day=date(2024, 8, 19),
    settings=(
        "penalty_sessions",
        "penalty_school_weeks",
        "penalty_codes",
        "unexplained_codes",
        "penalty_not_at",
        "penalty_framework_from",
        "penalty_across_schools",
        "penalty_counts_unexplained",
        "penalty_require_resolved",
    ),
    answer=(
        Field("status", pl.String, "met, provisional (met if the N marks stand), not_met or not_applicable"),
        Field("sessions", pl.UInt32, "sessions that count in the ten school weeks that end with the day"),
        Field("met_on", pl.Date, "day since which it is met without a break, N marks included; null when not met"),
        Field("due", pl.Boolean, "whether it is met; if only provisionally, where the authority does not wait"),
        Field(
            "covered_sessions",
            pl.UInt32,
            "of the sessions that count, those of days up to the newest notice to any parent: they were held against "
            "someone before, still count, and are for a person to look at; null when not met",
        ),
    ),
    due="due",
    judge=judge,
)
