"""Rows that carry since when they are known: nothing is overwritten, what replaces a row closes it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import polars as pl
import sqlalchemy as sa

from rollbook.tables.schemas import Schema, conform

_CHUNK = 5_000


def standing(conn: sa.Connection, table: sa.Table, school: int, known: datetime | None = None) -> pl.DataFrame:
    """The rows of a school that stand now, or that stood at the moment `known`, with their `id`."""
    rows = conn.execute(sa.select(table).where(table.c.school == school, *as_known(table, known)).order_by(table.c.id))
    names = [column.name for column in table.columns if not column.name.startswith("known_")]
    return pl.DataFrame(
        [tuple(row[: len(names)]) for row in rows], schema=dict.fromkeys(names), orient="row", infer_schema_length=None
    )


def frame(conn: sa.Connection, table: sa.Table, school: int, schema: Schema, known: datetime | None) -> pl.DataFrame:
    """The same as a canonical table."""
    return conform(standing(conn, table, school, known), schema)


def replace(
    conn: sa.Connection, table: sa.Table, school: int, fresh: pl.DataFrame, moment: datetime
) -> tuple[int, int]:
    """Make `fresh` what stands at `school`: rows no longer in it are closed at `moment`, new ones begin there.

    Rows are compared whole. Returns how many began and how many were closed.
    """
    names = [c.name for c in table.columns if c.name not in {"id", "school", "known_from", "known_to"}]
    kept = standing(conn, table, school)
    fresh = fresh.select(names).unique(maintain_order=True)
    if kept.is_empty():
        began, closed = fresh, []
    else:
        known = kept.select("id", *(pl.col(n).cast(fresh.schema[n]) for n in names))
        began = fresh.join(known, on=names, how="anti", nulls_equal=True, maintain_order="left")
        closed = known.join(fresh, on=names, how="anti", nulls_equal=True)["id"].to_list()
    close(conn, table, closed, moment)
    add(conn, table, began.with_columns(pl.lit(school).alias("school")), moment)
    return began.height, len(closed)


def close(conn: sa.Connection, table: sa.Table, ids: Collection[int], moment: datetime) -> None:
    """End these rows at `moment`. They stay, as what was known before."""
    numbers = list(ids)
    for start in range(0, len(numbers), _CHUNK):
        some = numbers[start : start + _CHUNK]
        conn.execute(table.update().where(table.c.id.in_(some)).values(known_to=moment))


def add(conn: sa.Connection, table: sa.Table, rows: pl.DataFrame, moment: datetime) -> None:
    """Add rows that are known from `moment` on."""
    if not rows.is_empty():
        conn.execute(table.insert(), [row | {"known_from": moment} for row in rows.to_dicts()])


def as_known(table: sa.Table, known: datetime | None) -> list[sa.ColumnElement[bool]]:
    """Of a table's rows, those that stand now, or that stood at the moment `known`."""
    if known is None:
        return [table.c.known_to.is_(None)]
    return [table.c.known_from <= known, sa.or_(table.c.known_to.is_(None), table.c.known_to > known)]
