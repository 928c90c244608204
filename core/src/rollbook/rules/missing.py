"""Children who are missing from education, or from a school that has them on its roll: four types of report."""

from __future__ import annotations

from datetime import date

import polars as pl

from rollbook.rules.case_types import BY_TYPE, SETTINGS
from rollbook.rules.contacts import NO_LOG
from rollbook.rules.finding import findings_of
from rollbook.rules.leavers import NO_DESTINATION, find_leavers
from rollbook.rules.pairs import sessions
from rollbook.rules.rule import SESSION_LIST, Field, Judged, Reading, Rule
from rollbook.rules.unaccounted import find_stays
from rollbook.tables import codes

_SPAN = ("e", "run", "case_type", "first", "last", "reached", "ended", "judged")
_FIGURES = ("school_days", "last_attended", "attempts", "last_attempt", "outstanding", "ground")


def judge(reading: Reading) -> Judged:
    """On the roll by its marks and the log of contacts; off it by where the roll says the pupil went."""
    found = find_stays(reading)
    stays = found.stays.rename({"stay": "run"}).with_columns(judged=pl.lit(True), ground=pl.lit(None, pl.String))
    leavers = find_leavers(reading).filter(pl.col("case_type").is_not_null())
    leavers = leavers.drop("at_home").with_columns(run=pl.int_range(pl.len()) + len(stays))
    spans = pl.concat([stays.with_columns(pl.col("run").cast(pl.Int64)), leavers], how="diagonal_relaxed")
    spans = spans.select(*_SPAN, *_FIGURES, "taken", "called")
    spans = spans.with_columns(not_judged=_not_judged(reading, spans))
    standing = spans.filter(~pl.col("ended"))
    met = spans.filter(pl.col("judged") & (pl.col("reached") >= MISSING_REPORT.first_day))
    ids = codes.ids(*reading.settings.law("no_reason_codes"))
    days = found.days.with_columns(run=pl.col("stay").cast(pl.Int64)).join(
        met.select("run", "reached", "ended"), on="run", how="inner", maintain_order="left"
    )
    days = days.filter(pl.col("date") <= pl.col("reached"))
    evidence = sessions(days, ids)
    listed = reading.days.keyed(evidence.filter(~pl.col("ended")).select("e", "date", "session", "code"))
    names = ("case_type", "called", "taken", *_FIGURES, "not_judged")
    findings = findings_of(MISSING_REPORT, reading, met, met.select(*names), evidence)
    return Judged(_answer(reading, standing), findings, listed.select(*SESSION_LIST))


def _not_judged(reading: Reading, spans: pl.DataFrame) -> pl.Series:
    log = reading.registers.contact_log
    of_stay = pl.lit(NO_LOG if log is None else None, dtype=pl.String)
    reason = (
        pl.when(~pl.col("judged")).then(pl.lit(NO_DESTINATION)).when(pl.col("school_days").is_not_null()).then(of_stay)
    )
    return spans.select(not_judged=reason).to_series()


def _answer(reading: Reading, standing: pl.DataFrame) -> pl.DataFrame:
    """The one that stands, of each enrolment: it is on the roll or off it."""
    each = reading.spread(standing)
    due = pl.when(pl.col("judged").is_null() | pl.col("judged")).then(pl.col("reached").is_not_null())
    each = each.with_columns(due=due)
    shown = pl.col("due").fill_null(False)
    told = [pl.when(shown).then(name).alias(name) for name in ("case_type", "called", "taken")]
    figures = [pl.when(shown).then(name).alias(name) for name in ("attempts", "outstanding")]
    reason = pl.when(shown | pl.col("due").is_null()).then("not_judged").alias("not_judged")
    dates = [pl.when(shown).then("first").alias("since"), pl.when(shown).then("reached").alias("reached_on")]
    return each.select("due", *told, *dates, *figures, reason)


MISSING_REPORT = Rule(
    id="missing",
    title="Missing from education, or from the roll's school",
    says=(
        "Four types. A registered pupil whose whereabouts are not known: school days on which every session is N or O, "
        "while nobody was reached; one who failed to start: the same of a pupil who has not come once. A leaver whose "
        "destination is not known, and a child on no school's roll. Which of them the authority takes, after how many "
        "days, and what it calls them is its own to say: by the guidance a child on a roll is not one missing "
        "education. A child at risk is reported at once, whatever the day."
    ),
    law=(
        "Education Act 1996, s436A",
        "DfE, Children missing education (September 2025)",
        "SI 2024/208, reg 9(1) and reg 13",
    ),
    first_day=date(2024, 8, 19),
    settings=("no_reason_codes", *SETTINGS),
    answer=(
        Field("due", pl.Boolean, "whether one of the types is reached; null where that could not be judged"),
        Field(
            "case_type",
            pl.String,
            "missing_registered_pupil, failed_to_start, leaver_destination_unknown or cme_not_on_roll",
        ),
        Field("called", pl.String, "what the authority calls it"),
        Field(
            "taken", pl.Boolean, "whether the authority takes a report of that type; if not it stays with the school"
        ),
        Field("since", pl.Date, "the first school day of it"),
        Field("reached_on", pl.Date, "the day on which the authority's number of days was reached"),
        Field("attempts", pl.UInt32, "attempts to reach the family since then; null without a log, or off the roll"),
        Field(
            "outstanding", pl.List(pl.String), "enquiries not yet made: telephone call, letter or message, home visit"
        ),
        Field("not_judged", pl.String, "what could not be judged, and why"),
    ),
    due="due",
    judge=judge,
    by_type=BY_TYPE,
)
