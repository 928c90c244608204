"""School days since a pupil was last seen, whatever the codes in between say."""

from __future__ import annotations

from datetime import date
from functools import cache

import polars as pl

from rollbook.rules.days import ROW
from rollbook.rules.pairs import CAME, said, sessions
from rollbook.rules.rule import SESSION_LIST, Field, Judged, Reading, Rule
from rollbook.tables import codes

_BEYOND = 2**32 - 1  # no row
_PASSED_OVER = codes.ids("#", "D", "X", "Z")
COUNTED = tuple(one for one in codes.by_id() if one not in _PASSED_OVER)


def judge(reading: Reading) -> Judged:
    """From the days on which a pupil was not seen: those of the stretch that reaches its enrolment's last day."""
    found = _since_seen(reading)
    dates = reading.days.calendar.get_column("date")
    seen = dates[reading.days.days.get_column("c")[found.get_column("seen")]]
    answer = found.select("days", seen.alias("last_seen"))
    answer = answer.with_columns(_due(reading, answer).alias("due"))
    due = found.filter(answer.get_column("due"))
    return Judged(answer, evidence=_evidence(reading, due)) if len(due) else Judged(answer)


def _since_seen(reading: Reading) -> pl.DataFrame:
    """For each enrolment: from (the row of its first day after it was last seen), last (its last row), seen (the row of
    the day it was last seen; null if on none), days (those after it that count). With no days it has null, and 0.
    """
    length = pl.col("hi") - pl.col("lo")
    rows = reading.days.enrolments.select("e", first="base", last=pl.when(length > 0).then(pl.col("base") + length - 1))
    unseen = reading.days.saying(_unseen())
    row = pl.concat([unseen.get_column("row"), pl.Series([_BEYOND], dtype=ROW)])
    # Of days that follow one another the row goes up with the place: less the place, it is the same.
    stretch = row - pl.int_range(len(row), dtype=ROW, eager=True)
    at = row.search_sorted(rows.get_column("last"))
    begins, unseen_last = row[stretch.search_sorted(stretch[at])], row[at] == rows.get_column("last")
    after = pl.when(unseen_last).then(pl.max_horizontal("first", pl.lit(begins))).otherwise(pl.col("last") + 1)
    rows = rows.with_columns(after.cast(ROW).alias("from"))
    counted = said(COUNTED)[unseen.get_column("pair")].cum_sum().cast(ROW)
    counted = pl.concat([pl.Series([0], dtype=ROW), counted])  # before each of the days, and after them all
    days = counted[row.search_sorted(rows.get_column("last") + 1)] - counted[row.search_sorted(rows.get_column("from"))]
    seen = pl.when(pl.col("from") > pl.col("first")).then(pl.col("from") - 1)
    return rows.select("e", pl.lit(days.alias("days")), "last", "from", seen=seen)


@cache
def _unseen() -> pl.Series:
    """For each pair: whether the pupil was seen in neither of its sessions."""
    return ~said(CAME)


def _due(reading: Reading, answer: pl.DataFrame) -> pl.Series:
    """Null where the authority sets no number."""
    enough = answer.get_column("days") >= reading.policy("not_seen_school_days", pl.UInt32)
    if enough.null_count() == len(enough):
        return enough
    on_roll = reading.days.enrolments.get_column("on_roll")
    return pl.select(pl.when(enough.is_not_null()).then(enough & on_roll)).to_series()


def _evidence(reading: Reading, due: pl.DataFrame) -> pl.DataFrame:
    after = due.select(row=pl.int_ranges("from", pl.col("last") + 1, dtype=ROW)).explode("row").drop_nulls()
    days = reading.days.days[after.get_column("row")]
    return reading.days.keyed(reading.days.dated(sessions(days, COUNTED))).select(*SESSION_LIST)


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
    off_without="not_seen_school_days",
)
