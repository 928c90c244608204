"""The return of a pupil whose name is deleted from the admission register."""

from __future__ import annotations

from datetime import date

import polars as pl

from rollbook.rules.ages import school_year_start
from rollbook.rules.finding import findings_of
from rollbook.rules.pairs import NO_SESSIONS
from rollbook.rules.rule import Field, Judged, Reading, Rule
from rollbook.rules.spells import spells


def judge(reading: Reading) -> Judged:
    """From the last day on the roll, of the latest spell that has begun. A finding for each spell that ended."""
    rows = spells(reading)
    latest = rows.group_by("e", maintain_order=True).last()
    latest = _to_tell(reading, latest).select("e", due=pl.lit(True), due_by="to")
    answer = reading.spread(latest).select(pl.col("due").fill_null(False), "due_by")
    return Judged(answer, _findings(reading, _to_tell(reading, rows)))


def _to_tell(reading: Reading, rows: pl.DataFrame) -> pl.DataFrame:
    """Those that ended; but for who completed the most senior year, unless the authority asks for those too."""
    for_all = reading.policy("deletion_return_for_all", pl.Boolean)[rows.get_column("e")]
    completed = ((pl.col("year_group") == pl.col("highest_year")) & pl.col("at_end")).fill_null(False)
    return rows.filter((pl.col("to") <= reading.as_at) & ~pl.col("goes_on") & (pl.lit(for_all) | ~completed))


def _findings(reading: Reading, ended: pl.DataFrame) -> pl.DataFrame:
    """The ground of the deletion is for a person to state: nothing in a register says it.

    It has ended when the school year has: nothing in a register shows that the authority was told.
    """
    rows = ended.filter(pl.col("to") >= DELETION_RETURN.first_day).with_row_index("run")
    over = pl.col("to") < school_year_start(reading.as_at)
    spans = rows.select("run", "e", first="to", last="to", reached="to", ended=over)
    figures = rows.select(due_by="to", on_roll_from="from", year_group="year_group")
    return findings_of(DELETION_RETURN, reading, spans, figures, NO_SESSIONS)


DELETION_RETURN = Rule(
    id="deletion_return",
    title="Deletion return",
    says=(
        "The authority is told of a pupil whose name is deleted from the admission register, with the ground, no later "
        "than the deletion. Not of one who completed the school's most senior year, unless the authority asks. "
        "Rollbook never deletes a name: the return follows the last day that the register shows."
    ),
    law=("SI 2024/208, reg 13(4) and (5)", "SI 2024/208, reg 9(1) (the grounds)"),
    first_day=date(2024, 8, 19),
    settings=("deletion_return_for_all",),
    answer=(
        Field("due", pl.Boolean, "true from the last day on the roll; false before it, or if exempt"),
        Field("due_by", pl.Date, "the last day on the roll; null when not due"),
    ),
    due="due",
    judge=judge,
)
