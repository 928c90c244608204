"""The report of the roll, or that of the pupils where it has the days of admission and leaving: spells on the roll."""

from __future__ import annotations

import polars as pl

from rollbook.tables.schemas import PAGES, Table, conform, page_schema
from rollbook.tables.words import GROUNDS, Destination
from rollbook_sims.tables import values
from rollbook_sims.tables.people import People
from rollbook_sims.tables.rows import Rows

_NO_FIRST_DAY = "there is no day of admission, so that it is not known when this pupil's days on the roll began"
_TWO_ENDS = "another row of this pupil has the same day of admission and another day of leaving: the later end is taken"
_WORDS = {
    "destination": f"a URN, {', '.join(Destination)}",
    "ground": f"a letter of regulation 9(1), {min(GROUNDS)} to {max(GROUNDS)}",
}


def roll_page(rows: Rows, who: People) -> pl.DataFrame:
    """The page of the roll, a row for each spell. Two rows of a pupil that begin on one day are one spell."""
    who.put_keys(rows)
    rows.leave_out(pl.col("from").is_null(), "from", _NO_FIRST_DAY)
    rows.day("from", needed=True)
    rows.day("to")
    rows.typed("year_group", values.year_group(pl.col("year_group")), "is not a year group such as 6, Year  6, R or N1")
    rows.typed("boarder", values.yes_or_no(pl.col("boarder")), "is neither yes nor no")
    for field, what in _WORDS.items():
        form = PAGES[Table.ROLL][field].form or ""
        rows.typed(field, values.word(pl.col(field), form), f"the value (not shown) is not {what}")
    rows.frame = rows.frame.with_columns(class_name=values.text(pl.col("class_name")))
    found = {name: kind for name, kind in page_schema(Table.ROLL).items() if name in rows.aside.report.found}
    return conform(_spells(rows), {"pupil": pl.String, "from": pl.Date, "to": pl.Date} | found)


def _spells(rows: Rows) -> pl.DataFrame:
    key = ["pupil", "from"]
    ends = rows.frame.filter(pl.col("to").fill_null(pl.date(2999, 12, 31)).n_unique().over(key) > 1)
    rows.aside.note(ends.with_columns(reason=pl.lit(_TWO_ENDS)), "to", lost=False, telling=False)
    # Who is still on the roll comes first: a pupil who is wrongly left out of sight is the worse mistake.
    latest = rows.frame.sort("to", descending=True, nulls_last=False, maintain_order=True)
    return latest.unique(key, keep="first", maintain_order=True).sort("line")
