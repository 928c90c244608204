"""Who is who, by the report of the pupils: from what a row says of its pupil to the key that the host knows.

A UPN may be missing, temporary, replaced or mistyped; an admission number stays. So the admission number is the key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import polars as pl

from rollbook_sims.tables import values
from rollbook_sims.tables.groups import PERSON, Groups, Row, good
from rollbook_sims.tables.rows import Rows

NOBODY = "there is neither a UPN nor an admission number nor a person's number: it is not known whose row this is"
TWO_PUPILS = (
    "its UPN, admission number and person's number are not those of one pupil of the report of the pupils, so that it "
    "is not known whose row this is. Correct the pupil's numbers in SIMS"
)
NO_LINK = (
    "the report of the pupils has no column by which this row could be joined to it: its pupils are known by others "
    "of UPN, admission number and person's number. Add to it the one that this row has"
)


@dataclass(frozen=True)
class People:
    """The pupils of one report. `keys`: the key of each of its rows, null where nothing tells whose it is.

    `by_upn` (former UPNs too), `by_adno`, `by_person` lead to the keys, or to None: what several pupils have.
    `shared_upns`, `shared_adnos`: those of rows that contradict each other.
    """

    keys: pl.Series
    by_upn: Mapping[str, str | None]
    by_adno: Mapping[str, str | None]
    by_person: Mapping[str, str | None]
    shared_upns: frozenset[str]
    shared_adnos: frozenset[str]

    def put_keys(self, rows: Rows) -> None:
        """Add `pupil` to rows, which have the fields of WHO: the key of the pupil whose UPN a row has, else whose
        admission number, else whose person's number. Of a pupil who is not in the report it is what the row has.

        Set aside: a row of which nothing tells whose it is, one of which two of these name two pupils, and one that
        has none of those that the report of the pupils has: a whole register would be of nobody.
        """
        upn = values.upn(pl.col("upn"))
        said = [(upn, self.by_upn), (pl.col("adno"), self.by_adno), (pl.col("person"), self.by_person)]
        known = [_found(column, leads) for column, leads in said]
        pupil, several = pl.coalesce(known), pl.any_horizontal(_several(column, leads) for column, leads in said)
        other = pl.any_horizontal((lead != pupil).fill_null(value=False) for lead in known)
        rows.leave_out(other | (pupil.is_null() & several), "upn", TWO_PUPILS, kind="two_pupils", telling=False)
        links = [column.is_not_null() for column, leads in said if leads]
        if links:
            some = pl.any_horizontal(column.is_not_null() for column, _ in said)
            rows.leave_out(some & ~pl.any_horizontal(links), "upn", NO_LINK)
        rows.frame = rows.frame.with_columns(pupil=pl.coalesce(pupil, "adno", upn, PERSON + pl.col("person")))
        rows.leave_out(pl.col("pupil").is_null(), "upn", NOBODY)


def people(rows: pl.DataFrame) -> People:
    """Who is who in `rows`: upn, former_upn, adno, person, forename, dob, all of them text."""
    who = [Row(*row) for row in rows.select(**_OF_A_ROW).iter_rows()]
    groups = Groups(who)
    keys = groups.keys()
    leads = {kind: _Leads(dict.fromkeys(_of_kind(kind, groups))) for kind in ("upn", "adno", "person")}
    former = _Leads()
    for row, key in zip(who, keys, strict=True):
        for kind, value in row.links():
            leads[kind].lead(value, key)
        former.lead(good(row.former_upn), key)
    present = {row.upn for row in who if row.upn}
    earlier = {upn: key for upn, key in former.to.items() if upn not in present}
    return People(
        pl.Series("pupil", keys, dtype=pl.String),
        earlier | leads["upn"].to,
        leads["adno"].to,
        leads["person"].to,
        frozenset(_of_kind("upn", groups)),
        frozenset(_of_kind("adno", groups)),
    )


_OF_A_ROW: Mapping[str, pl.Expr] = {
    "upn": values.upn(pl.col("upn")),
    "adno": pl.col("adno"),
    "person": pl.col("person"),
    "forename": values.text(pl.col("forename")),
    "dob": pl.col("dob"),
    "former_upn": values.upn(pl.col("former_upn")),
}


def _of_kind(kind: str, groups: Groups) -> Iterable[str]:
    return [value for which, value in groups.shared if which == kind]


@dataclass
class _Leads:
    """What leads to whom; what leads to two leads to None."""

    to: dict[str, str | None] = field(default_factory=dict)

    def lead(self, value: str | None, key: str | None) -> None:
        if value is not None:
            self.to[value] = key if self.to.get(value, key) == key else None


def _found(column: pl.Expr, leads: Mapping[str, str | None]) -> pl.Expr:
    certain = {value: key for value, key in leads.items() if key is not None}
    if not certain:
        return pl.lit(None, dtype=pl.String)
    old, new = pl.Series(list(certain), dtype=pl.String), pl.Series(list(certain.values()), dtype=pl.String)
    return column.replace_strict(old, new, default=None, return_dtype=pl.String)


def _several(column: pl.Expr, leads: Mapping[str, str | None]) -> pl.Expr:
    return column.is_in([value for value, key in leads.items() if key is None]).fill_null(value=False)
