"""Quarantine as it is kept: opened once, released when a later pull or a mended map or calendar settles it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import polars as pl
import sqlalchemy as sa

from rollbook.contract.source import Reject
from rollbook.host.store.followup import quarantine as kept_rows
from rollbook.tables.schemas import QUARANTINE, Table, conform

# What makes two rows the same trouble. A line moves from one export to the next, so the place counts only where
# nothing else says which row it is.
_SAME: Final = ["table", "kind", "column", "pupil", "date", "session", "raw", "where"]
_KEPT: Final = {"id": pl.Int64, "state": pl.String} | QUARANTINE


def of_rejects(school: int, rejects: list[tuple[Table, Reject]]) -> pl.DataFrame:
    """`QUARANTINE` rows of what a plugin could not read."""
    rows = [
        {
            "school": school,
            "table": table.value,
            "place": r.place,
            "column": r.column,
            "kind": r.kind,
            "reason": r.reason,
        }
        for table, r in rejects
    ]
    return conform(pl.DataFrame(rows, schema=None if rows else QUARANTINE), QUARANTINE)


def open_rows(conn: sa.Connection, school: int) -> pl.DataFrame:
    """The school's open rows (`QUARANTINE` and `id`), oldest first."""
    return _rows(conn, school, ("open",)).drop("state")


def keep(
    conn: sa.Connection,
    school: int,
    connection: str,
    fresh: pl.DataFrame,
    settled: pl.Series,
    *,
    run: int,
    moment: datetime,
) -> tuple[int, int]:
    """Open what is new among `fresh` (`QUARANTINE`, all that a pull set aside), release what is settled.

    settled: `id` of the rows of marks that are settled. A row of another table is settled when the pull, which gives
    those tables whole, no longer says it. What a person waived stays waived. Returns how many opened and how many are
    open now.
    """
    kept = _with_place(_rows(conn, school, ("open", "waived")))
    fresh = _with_place(conform(fresh, QUARANTINE)).unique(_SAME, keep="first", maintain_order=True)
    new = fresh.join(kept, on=_SAME, how="anti", nulls_equal=True, maintain_order="left").drop("where")
    again = kept.join(fresh, on=_SAME, how="semi", nulls_equal=True)
    gone = kept.filter(
        pl.col("state") == "open",
        pl.col("id").is_in(again["id"].implode()).not_(),
        (pl.col("table") != Table.MARKS.value) | pl.col("id").is_in(settled.implode()),
    )
    release(conn, gone["id"], moment, by="rollbook", why="a later pull settled it")
    if not new.is_empty():
        common = {"connection": connection, "state": "open", "run": run, "opened": moment}
        conn.execute(kept_rows.insert(), [row | common for row in new.to_dicts()])
    return new.height, open_count(conn, school)


def release(conn: sa.Connection, ids: pl.Series, moment: datetime, *, by: str, why: str) -> None:
    """Close these rows: they are settled."""
    for row_id in ids.to_list():
        row = {"state": "released", "closed": moment, "by": by, "why": why}
        conn.execute(kept_rows.update().where(kept_rows.c.id == row_id).values(row))


def open_count(conn: sa.Connection, school: int) -> int:
    """How many of the school's rows are open."""
    query = sa.select(sa.func.count()).where(kept_rows.c.school == school, kept_rows.c.state == "open")
    return int(conn.execute(query).scalar_one())


def _rows(conn: sa.Connection, school: int, states: tuple[str, ...]) -> pl.DataFrame:
    query = sa.select(*(kept_rows.c[name] for name in _KEPT)).where(
        kept_rows.c.school == school, kept_rows.c.state.in_(states)
    )
    rows = [tuple(row) for row in conn.execute(query.order_by(kept_rows.c.id))]
    return pl.DataFrame(rows, schema=_KEPT, orient="row")


def _with_place(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(where=pl.when(pl.col("pupil").is_null()).then("place"))
