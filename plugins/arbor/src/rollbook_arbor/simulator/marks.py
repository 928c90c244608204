"""The roll-call marks of a school: columns, so that a year of a thousand pupils is light. Records are made for a page.

`number` is the record's id: made of the pupil's key, the day and the session, and so the same on every evening.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from rollbook_arbor.simulator.filters import Condition, Request, moment
from rollbook_arbor.simulator.model import Link, Record

SCHEMA = {
    "number": pl.Int64,
    "student": pl.String,
    "date": pl.Date,
    "roll_call": pl.String,
    "mark": pl.String,
    "late": pl.Int16,
    "redundant": pl.Boolean,
    "revision": pl.Int64,
}
ROLL_CALLS: Mapping[str, str] = {"AM": "1", "PM": "2"}
LESSONS = "3"
SUPERSEDED = 9_000_000_000  # ids of records that another replaced begin here
_EPOCH = date(2020, 1, 1)
_COLUMNS = {
    "student": "student",
    "attendanceRollCall": "roll_call",
    "attendanceMark": "mark",
    "id": "number",
    "revisionId": "revision",
    "isRedundant": "redundant",
    "recordDate": "date",
}


def numbers() -> pl.Expr:
    """The id of a mark, from `student`, `date` and `roll_call`."""
    days = (pl.col("date") - pl.lit(_EPOCH)).dt.total_days()
    return (pl.col("student").cast(pl.Int64) * 10_000 + days) * 3 + pl.col("roll_call").cast(pl.Int64) - 1


def written(marks: pl.DataFrame, words: Mapping[str, str]) -> pl.DataFrame:
    """The page `marks` as Arbor's records, without revisions. `words`: letter -> the word of the mark.

    One in a hundred has another beside it which it replaced: redundant, and with another mark.
    """
    kept = marks.filter(pl.col("code").fill_null("") != "").select(
        pl.col("pupil").alias("student"),
        "date",
        pl.col("session").replace_strict(dict(ROLL_CALLS)).alias("roll_call"),
        pl.col("code").replace_strict(dict(words), return_dtype=pl.String).alias("mark"),
    )
    records = kept.with_columns(
        number=numbers(),
        late=pl.when(pl.col("mark") == words["L"]).then(pl.lit(7)),
        redundant=pl.lit(value=False),
        revision=pl.lit(0),
    )
    replaced = records.filter(pl.col("number") % 101 == 0).with_columns(
        number=pl.col("number") + SUPERSEDED,
        redundant=pl.lit(value=True),
        mark=pl.when(pl.col("mark") == words["N"]).then(pl.lit(words["/"])).otherwise(pl.lit(words["N"])),
    )
    both = pl.concat([records, replaced]).select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())
    return both.sort("number")


class MarkTable:
    """Records of the roll call, by their ids."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame

    def page(self, request: Request) -> list[Record]:
        """The records of a page."""
        rows = self.frame.lazy()
        for condition in request.conditions:
            rows = rows.filter(_expression(condition))
        if request.order in _COLUMNS:
            rows = rows.sort(_COLUMNS[request.order], "number")
        return _records(rows.slice(request.offset, request.size).collect())

    def one(self, key: str) -> Record | None:
        """The record with that id."""
        if not (key.isascii() and key.isdecimal() and len(key) < 18):
            return None
        place = self.frame["number"].search_sorted(int(key))
        found = _records(self.frame.slice(place, 1))
        return found[0] if found and found[0]["id"] == key else None

    def __len__(self) -> int:
        return self.frame.height


def _records(rows: pl.DataFrame) -> list[Record]:
    return [
        {
            "id": str(number),
            "revisionId": revision,
            "displayName": None,
            "attendanceRollCall": Link("AttendanceRollCall", roll_call),
            "recordDate": day,
            "student": Link("Student", student),
            "attendanceMark": Link("AttendanceMark", mark),
            "minutesLate": late,
            "sourceAttendanceRecord": None,
            "validationError": None,
            "source": "ROLL_CALL",
            "isRedundant": redundant,
        }
        for number, student, day, roll_call, mark, late, redundant, revision in rows.iter_rows()
    ]


def _expression(condition: Condition) -> pl.Expr:
    column = _COLUMNS.get(condition.property)
    if column is None:
        return pl.lit(value=None in condition.values)
    values: Sequence[Any] = [value for value in condition.values if value is not None]
    found = pl.col(column)
    if column == "date":
        found, values = found.cast(pl.Datetime("us")), [moment(value) for value in values]
    elif column in ("number", "revision", "redundant"):
        found, values = found.cast(pl.Int64), [int(value) for value in values if value.lstrip("-").isdecimal()]
    if condition.operator in ("equals", "in"):
        return found.is_in(values)
    if not values:
        return pl.lit(value=False)
    asked = pl.lit(values[0])
    compared = {"from": found >= asked, "to": found <= asked, "after": found > asked, "before": found < asked}
    return compared[condition.operator]


def differences(before: pl.DataFrame, after: pl.DataFrame, revision: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`after` with revisions (the old one where nothing changed, else new ones from `revision` + 1), and what changed:
    `kind`, `id`, `from`, `to`, in the order of `to`.
    """
    old = before.select("number", "mark", "late", was="revision")
    both = after.drop("revision").join(old, on="number", how="left", suffix="_old", maintain_order="left")
    same = (pl.col("mark") == pl.col("mark_old")) & pl.col("late").eq_missing(pl.col("late_old"))
    both = both.with_columns(changed=~same.fill_null(value=False))
    fresh = revision + pl.col("changed").cast(pl.Int64).cum_sum()
    both = both.with_columns(revision=pl.when("changed").then(fresh).otherwise("was"))
    kind = pl.when(pl.col("was").is_null()).then(pl.lit("create")).otherwise(pl.lit("update"))
    changes = both.filter("changed").select(
        kind=kind, id=pl.col("number").cast(pl.String), **{"from": pl.col("was").fill_null(0), "to": pl.col("revision")}
    )
    gone = old.join(after, on="number", how="anti", maintain_order="left").select(
        kind=pl.lit("delete"),
        id=pl.col("number").cast(pl.String),
        **{"from": pl.col("was"), "to": revision + changes.height + 1 + pl.int_range(pl.len())},
    )
    return both.select(list(SCHEMA)), pl.concat([changes, gone])


def empty() -> MarkTable:
    """No mark."""
    return MarkTable(pl.DataFrame(schema=SCHEMA))
