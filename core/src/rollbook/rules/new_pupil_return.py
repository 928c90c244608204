"""The return of a pupil whose name was entered in the admission register."""

from __future__ import annotations

from datetime import date

import polars as pl

from rollbook.rules.ages import school_year_start
from rollbook.rules.finding import findings_of
from rollbook.rules.pairs import NO_SESSIONS
from rollbook.rules.rule import Field, Judged, Reading, Rule
from rollbook.rules.spells import last_open, spells


def judge(reading: Reading) -> Judged:
    """Of the latest spell on the roll that has begun. A finding for each, that a case may be made of."""
    entered = _entered(reading)
    latest = entered.group_by("e", maintain_order=True).last()
    latest = latest.filter(pl.col("due_by").is_not_null())
    answer = reading.spread(latest.select("e", "due_by", "from"))
    answer = answer.select("due_by", due=(pl.col("from") >= school_year_start(reading.as_at)).fill_null(False))
    return Judged(answer, _findings(reading, entered.filter(pl.col("due_by").is_not_null())))


def _entered(reading: Reading) -> pl.DataFrame:
    """Spells that continue no other (a new year group is no entry), with `due_by`: the end of the fifth day after the
    entry, or sooner where the authority says so; null for one who begins in the most junior year on the first day of
    the school year, unless the authority asks for those too.
    """
    continues = pl.col("goes_on").shift(1) & (pl.col("e") == pl.col("e").shift(1))
    rows = spells(reading).filter(~continues.fill_null(False))
    kinds = {"new_pupil_return_due_days": pl.Int32, "new_pupil_return_for_all": pl.Boolean}
    rows = rows.hstack([reading.policy(name, dtype)[rows.get_column("e")] for name, dtype in kinds.items()])
    most = pl.lit(reading.settings.law("new_pupil_return_days"), pl.Int32)
    within = pl.duration(days=pl.min_horizontal("new_pupil_return_due_days", most))
    with_the_others = (pl.col("year_group") == pl.col("lowest_year")) & (pl.col("from") == pl.col("first_open"))
    told = pl.col("new_pupil_return_for_all") | ~with_the_others.fill_null(False)
    return rows.with_columns(due_by=pl.when(told).then(pl.col("from") + within))


def _findings(reading: Reading, entered: pl.DataFrame) -> pl.DataFrame:
    """`send_by` is the last school day up to the day on which it is due, when somebody is there to send it.

    It has ended when the school year has: nothing in a register shows that the authority was told.
    """
    rows = entered.filter(pl.col("from") >= NEW_PUPIL_RETURN.first_day).with_row_index("run")
    rows = rows.with_columns(send_by=last_open(reading, rows, "due_by"))
    send_by = pl.when(pl.col("send_by") >= pl.col("from")).then("send_by")
    figures = rows.select("due_by", send_by=send_by, entered_on="from", year_group="year_group")
    over = pl.col("from") < school_year_start(reading.as_at)
    entry = rows.select("run", "e", first="from", last="from", reached="from", ended=over)
    return findings_of(NEW_PUPIL_RETURN, reading, entry, figures, NO_SESSIONS)


NEW_PUPIL_RETURN = Rule(
    id="new_pupil_return",
    title="New pupil return",
    says=(
        "The authority is told of a pupil whose name is entered in the admission register by the end of the fifth day "
        "after: calendar days, the day of entry not counted. Not of one who begins in the school's most junior year on "
        "the first day of the school year, unless the authority asks."
    ),
    law=("SI 2024/208, reg 13(1) to (3)",),
    first_day=date(2024, 8, 19),
    settings=("new_pupil_return_days", "new_pupil_return_due_days", "new_pupil_return_for_all"),
    answer=(
        Field("due_by", pl.Date, "the fifth day after the first on the roll, of the latest spell; null if exempt"),
        Field(
            "due", pl.Boolean, "true from the entry to the end of its school year: no register shows that it was sent"
        ),
    ),
    due="due",
    judge=judge,
)
