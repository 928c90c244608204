"""The report of the pupils: who they are."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from rollbook.tables.checks import upn_problem
from rollbook.tables.schemas import Table, conform, page_schema
from rollbook_sims.captions import WHO
from rollbook_sims.tables import values
from rollbook_sims.tables.groups import permanent_first
from rollbook_sims.tables.people import NOBODY, People
from rollbook_sims.tables.rows import Rows

_BAD_UPN = "is not a well-formed UPN: the pupil is taken without it. Correct it in SIMS"
_SHARED: Mapping[str, str] = {
    "upn": "another pupil, with another forename or date of birth, has this UPN: nobody is known by it. Correct it in "
    "SIMS",
    "adno": "another pupil, with another forename, date of birth or UPN, has this admission number: nobody is known by "
    "it. Give each a number of their own in SIMS",
}
_NOTHING_OWN = "all that tells whose row this is, another pupil has too: the row is left out. Correct both in SIMS"
_PLAIN = ("surname", "forename", "preferred_surname", "preferred_forename", "address", "postcode")


def pupils_page(rows: Rows, who: People) -> pl.DataFrame:
    """The page of pupils, a row for each: where the report has several rows of one, the first value of each column.

    `who` is that of these very rows. Of two UPNs of a pupil the one that will stay counts, and the other is the former.
    """
    rows.frame = rows.frame.with_columns(who.keys)
    _note_shared(rows, who)
    nothing = pl.all_horizontal(pl.col(*WHO).is_null())
    rows.leave_out(pl.col("pupil").is_null() & nothing, "adno", NOBODY)
    rows.leave_out(pl.col("pupil").is_null(), "adno", _NOTHING_OWN, kind="two_pupils", telling=False)
    rows.day("dob", personal=True)
    for field in ("upn", "former_upn"):
        _upn(rows, field)
    tidy = {field: values.text(pl.col(field)) for field in _PLAIN} | {"sex": values.sex(pl.col("sex"))}
    typed = rows.frame.with_columns(**tidy)
    found = {name: kind for name, kind in page_schema(Table.PUPILS).items() if name in rows.aside.report.found}
    merged = typed.group_by("pupil", maintain_order=True).agg(
        pl.col("upn").drop_nulls().unique(),
        pl.col(*(name for name in (*_PLAIN, "former_upn", "dob", "sex"))).drop_nulls().first(),
    )
    return conform(_one_upn(merged), {"pupil": pl.String, "upn": pl.String, "former_upn": pl.String} | found)


def _upn(rows: Rows, field: str) -> None:
    """Check each UPN once: there are as many as pupils, and few enough for a plain function."""
    tidy = values.upn(pl.col(field))
    wrong = [upn for upn in rows.frame.select(tidy).to_series().drop_nulls().unique().to_list() if upn_problem(upn)]
    rows.typed(field, pl.when(~tidy.is_in(wrong)).then(tidy), _BAD_UPN)


def _note_shared(rows: Rows, who: People) -> None:
    for field, column, shared in (
        ("upn", values.upn(pl.col("upn")), who.shared_upns),
        ("adno", pl.col("adno"), who.shared_adnos),
    ):
        noted = rows.frame.filter(column.is_in(list(shared))).with_columns(reason=pl.lit(_SHARED[field]))
        rows.aside.note(noted, field, lost=False, telling=False, kind="two_pupils")


def _one_upn(merged: pl.DataFrame) -> pl.DataFrame:
    several = [permanent_first(upns) for upns in merged["upn"].to_list()]
    upn = pl.Series("upn", [upns[0] if upns else None for upns in several], dtype=pl.String)
    other = pl.Series("_other", [upns[1] if len(upns) > 1 else None for upns in several], dtype=pl.String)
    former = pl.coalesce(pl.when(pl.col("former_upn") != pl.col("upn")).then("former_upn"), "_other")
    return merged.with_columns(upn, other).with_columns(former_upn=former)
