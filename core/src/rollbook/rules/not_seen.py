"""School days since a pupil was last seen, whatever the codes in between say."""

from __future__ import annotations

from datetime import date

import polars as pl

from rollbook.rules.days import ROW
from rollbook.rules.pairs import CAME, how_many, look_up, sessions
from rollbook.rules.rule import SESSION_LIST, Field, Judged, Reading, Rule
from rollbook.tables import codes

_PASSED_OVER = codes.ids("#", "D", "X", "Z")
_COUNTED = tuple(one for one in codes.by_id() if one not in _PASSED_OVER)


def judge(reading: Reading) -> Judged:
    """Running totals over all days: what was counted by an enrolment's last day, less what was when it was seen."""
    laid = reading.days.days.select(
        "c",
        seen=pl.when(look_up(how_many(CAME)) > 0).then(pl.int_range(pl.len(), dtype=ROW)).forward_fill(),
        total=(look_up(how_many(_COUNTED)) > 0).cast(ROW).cum_sum(),
    )
    found = _since_seen(reading, laid)
    dates = reading.days.calendar.get_column("date")
    answer = reading.spread(
        found.select("e", "days", last_seen=dates.gather(laid.get_column("c").gather(found.get_column("seen"))))
    )
    answer = answer.with_columns(pl.col("days").fill_null(0))
    answer = answer.with_columns(due=_due(reading, answer))
    due = found.filter(answer.get_column("due").fill_null(False).gather(found.get_column("e")))
    return Judged(answer, evidence=_evidence(reading, due))


def _since_seen(reading: Reading, laid: pl.DataFrame) -> pl.DataFrame:
    """For each enrolment that has days: e, first and last (its rows), seen (the row of the day it was last seen, null
    if on none), days (those that count after it, all of them where there is none).
    """
    people = reading.days.enrolments.filter(pl.col("hi") > pl.col("lo"))
    rows = people.select("e", first="base", last=(pl.col("base") + pl.col("hi") - pl.col("lo") - 1).cast(ROW))
    rows = rows.with_columns(seen=laid.get_column("seen").gather(rows.get_column("last")))
    rows = rows.with_columns(seen=pl.when(pl.col("seen") >= pl.col("first")).then("seen"))
    before = rows.select(pl.when(pl.col("seen").is_null() & (pl.col("first") > 0)).then(pl.col("first") - 1))
    before = rows.select(pl.coalesce("seen", before.to_series().cast(ROW)))
    total = laid.get_column("total")
    counted = total.gather(rows.get_column("last")) - total.gather(before.to_series()).fill_null(0)
    return rows.with_columns(days=counted)


def _due(reading: Reading, answer: pl.DataFrame) -> pl.Series:
    """Null where the authority sets no number."""
    people = reading.days.enrolments.select("school", "on_roll")
    wanted = reading.settings.column("not_seen_school_days", pl.UInt32)
    people = people.join(wanted, on="school", how="left", maintain_order="left")
    enough = (answer.get_column("days") >= people.get_column("not_seen_school_days")).alias("enough")
    return people.select(pl.when(enough.is_not_null()).then(enough & pl.col("on_roll"))).to_series()


def _evidence(reading: Reading, due: pl.DataFrame) -> pl.DataFrame:
    after = due.select("e", row=pl.int_ranges(pl.coalesce(pl.col("seen") + 1, "first"), pl.col("last") + 1, dtype=ROW))
    days = reading.days.days[after.explode("row").drop_nulls().get_column("row")]
    return reading.days.keyed(reading.days.dated(sessions(days, _COUNTED))).select(*SESSION_LIST)


NOT_SEEN = Rule(
    id="not_seen",
    title="School days since the pupil was last seen",
    says=(
        "Open school days since the pupil was last in the building (a code of presence, or U) or at an approved "
        "activity, whatever the codes say: illness and leave count too. Days on which nothing but #, D or X is "
        "recorded are passed over; of D the other school knows. No law sets a number: the authority may, for advice."
    ),
    law=("DfE, Keeping children safe in education: children absent from education",),
    first_day=date(2022, 9, 1),
    settings=("not_seen_school_days", "judged_from"),
    answer=(
        Field("days", pl.UInt32, "open school days since then; since the first day on the roll if never seen"),
        Field("last_seen", pl.Date, "the day on which the pupil was last seen; null if on none that is to hand"),
        Field("due", pl.Boolean, "whether the authority's number of days is reached; null where it sets none"),
    ),
    due="due",
    judge=judge,
)
