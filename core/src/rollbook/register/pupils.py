"""Bring a pulled list of pupils into the one that was known. A pupil whom the source no longer names stays."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from rollbook.tables.checks import upn_problem
from rollbook.tables.schemas import PUPILS, QUARANTINE, SCHOOL, conform

_NO_DOB = (
    "The date of birth is missing or could not be read: what rests on the pupil's age is not judged until it is known. "
    "Enter it in the MIS."
)
_TWO_ROWS = (
    "The list has two different rows for one pupil: neither was used, and what was known before stands. "
    "Correct the list, or the key that names pupils in it."
)
_NO_KEY = "The row has no key of a pupil. Correct the list of pupils."


@dataclass(frozen=True)
class MergedPupils:
    """pupils: `PUPILS`, one row a pupil, sorted. quarantine: `QUARANTINE`."""

    pupils: pl.DataFrame
    quarantine: pl.DataFrame


def merge_pupils(kept: pl.DataFrame, fresh: pl.DataFrame, *, school: int, origin: str = "") -> MergedPupils:
    """The school's pupils after a pull gave them whole. kept, fresh: `PUPILS`.

    A date of birth that is missing (`malformed`) or a UPN that is not well formed (`bad_upn`) is set aside, and the
    one known before stands, or null: the rest of the row is used. Two different rows for one pupil are both set aside
    (`two_rows`), and so is a row without a pupil (`malformed`).
    """
    kept = conform(kept, PUPILS)
    upn = pl.col("upn", "former_upn").str.strip_chars().str.to_uppercase().replace("", None)
    fresh = conform(fresh, PUPILS).with_columns(upn, school=pl.lit(school, dtype=SCHOOL)).unique()
    keyed = fresh.filter(pl.col("pupil").is_not_null())
    once = keyed.filter(~pl.col("pupil").is_duplicated())
    problems = {column: _upn_problems(once, column) for column in ("upn", "former_upn")}
    faults = [
        _fault(fresh.filter(pl.col("pupil").is_null()), "malformed", "pupil", pl.lit(_NO_KEY)),
        _fault(keyed.filter(pl.col("pupil").is_duplicated()), "two_rows", "pupil", pl.lit(_TWO_ROWS)),
        _fault(once.filter(pl.col("dob").is_null()), "malformed", "dob", pl.lit(_NO_DOB)),
        *(_fault(bad, "bad_upn", column, pl.col("problem")) for column, bad in problems.items()),
    ]
    for column, bad in problems.items():
        wrong = pl.col("pupil").is_in(bad["pupil"].implode())
        once = once.with_columns(pl.when(~wrong).then(column).alias(column))
    before = kept.select("pupil", dob_before="dob", upn_before="upn")
    known = once.join(before, on="pupil", how="left").with_columns(
        dob=pl.coalesce("dob", "dob_before"), upn=pl.coalesce("upn", "upn_before")
    )
    stays = kept.join(once, on="pupil", how="anti")
    aside = pl.concat(faults).with_columns(school=pl.lit(school), table=pl.lit("pupils"), place=pl.lit(origin))
    return MergedPupils(
        pupils=pl.concat([stays, conform(known, PUPILS)]).sort("pupil"),
        quarantine=conform(aside.unique(maintain_order=True), QUARANTINE),
    )


def _upn_problems(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    """`pupil` and `problem` of each pupil whose UPN in `column` is not well formed."""
    which = "UPN" if column == "upn" else "former UPN"
    found = {upn: upn_problem(upn) for upn in rows[column].drop_nulls().unique()}
    said = {upn: f"The {which} was not used: {why}. Correct it in the MIS." for upn, why in found.items() if why}
    problem = pl.col(column).replace_strict(said, default=None, return_dtype=pl.String)
    return rows.select("pupil", problem=problem).drop_nulls()


def _fault(rows: pl.DataFrame, kind: str, column: str, reason: pl.Expr) -> pl.DataFrame:
    return rows.select("pupil", kind=pl.lit(kind), column=pl.lit(column), reason=reason)
