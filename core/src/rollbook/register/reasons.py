"""Why a mark was set aside, in a sentence that says what to do. No sentence holds anything of a pupil."""

from __future__ import annotations

from typing import Final

import polars as pl

from rollbook.tables.codes import LOSSY
from rollbook.tables.schemas import QUARANTINE, conform

# kind -> (column at fault, sentence). `{why}` is what the table of codes says of the mark.
_SENTENCES: Final = {
    "unknown_code": (
        "code",
        "The mark is {why}. Add it to the codes of this school in the configuration, or have it corrected in the MIS.",
    ),
    "lossy_code": (
        "code",
        "The mark cannot be understood: {why}. Have the full code entered in the MIS, or have its export give it.",
    ),
    "two_marks": (
        "code",
        "Two different marks were given for one session: neither was used. Have the wrong one removed in the MIS.",
    ),
    "closed_day": (
        "date",
        "The calendar has no open session then. Correct the calendar, in the source or the configuration, or the mark.",
    ),
    "not_on_roll": (
        "pupil",
        "The pupil was not yet on the roll that day. Correct the first day on the roll in the MIS, or the mark.",
    ),
    "after_leaving": (
        "pupil",
        "The pupil had left the roll by that day. Correct the leaving date in the MIS, or the mark.",
    ),
    "unknown_pupil": (
        "pupil",
        "No pupil of this school has the key in this row. Check that the list of pupils is whole and of the same date.",
    ),
}
_BAD_DATE: Final = ("date", "The row has no date that could be read. Correct it in the file, and sync again.")
_BAD_SESSION: Final = ("session", "The session is neither AM nor PM. Correct it in the file or in the profile.")


def set_aside(rows: pl.DataFrame, school: int) -> pl.DataFrame:
    """`QUARANTINE` rows of judged marks: `outcome` is the kind, null for a mark that is kept though it is no code."""
    code_kind = pl.when(pl.col("code") == LOSSY).then(pl.lit("lossy_code")).otherwise(pl.lit("unknown_code"))
    rows = rows.with_columns(kind=pl.coalesce("outcome", code_kind))
    place = pl.when(pl.col("line").is_null()).then("origin").otherwise(pl.format("{}, line {}", "origin", "line"))
    found = rows.with_columns(
        _said(0).alias("column"),
        school=pl.lit(school),
        table=pl.lit("marks"),
        place=place,
        reason=_said(1).str.replace("{why}", pl.col("reason").fill_null(""), literal=True),
    )
    return conform(found, QUARANTINE)


def _said(part: int) -> pl.Expr:
    """The column at fault (0) or the sentence (1) of each row's `kind`."""
    known = {kind: said[part] for kind, said in _SENTENCES.items()}
    bad = pl.when(pl.col("session").is_null()).then(pl.lit(_BAD_SESSION[part])).otherwise(pl.lit(_BAD_DATE[part]))
    return pl.col("kind").replace_strict(known, default=bad, return_dtype=pl.String)
