"""The report of the contacts: whom to reach about a pupil."""

from __future__ import annotations

import polars as pl

from rollbook.tables.schemas import Table, conform, page_schema
from rollbook_sims.tables import values
from rollbook_sims.tables.people import People
from rollbook_sims.tables.rows import Rows

_PLAIN = ("relationship", "address", "postcode", "telephone", "email")


def contacts_page(rows: Rows, who: People) -> pl.DataFrame:
    """The page of contacts, a row for each name of a pupil's: where SIMS gives several, as for several telephones, the
    first value of each column.
    """
    who.put_keys(rows)
    rows.typed("name", values.text(pl.col("name")), "is blank", needed=True)
    rows.typed("priority", values.small_number(pl.col("priority")), "is not a small whole number")
    rows.typed("lives_with", values.yes_or_no(pl.col("lives_with")), "is neither yes nor no")
    typed = rows.frame.with_columns(values.text(pl.col(name)) for name in _PLAIN)
    first = pl.col("priority", "lives_with", *_PLAIN).drop_nulls().first()
    merged = typed.group_by("pupil", "name", maintain_order=True).agg(first)
    found = {name: kind for name, kind in page_schema(Table.CONTACTS).items() if name in rows.aside.report.found}
    return conform(merged, {"pupil": pl.String, "name": pl.String} | found)
