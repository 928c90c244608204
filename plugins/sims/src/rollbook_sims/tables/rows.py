"""Rows on their way from text to a page, and what of them was set aside, by record and caption."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from rollbook.contract import FixSettings, Reject
from rollbook_sims.reports.report import Report
from rollbook_sims.tables import values

LINE = "line"
FEW, SHARE, MOST = 20, 0.05, 10_000
_ASIDE = {LINE: pl.Int32, "column": pl.String, "reason": pl.String, "kind": pl.String}
MALFORMED = "malformed"


class Aside:
    """What of one report could not be used. `lost`: how many rows; `telling`: how many speak of a wrong report."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.lost = self.telling = self._all = self._told = 0
        self._first: Reject | None = None
        self._frames: list[pl.DataFrame] = []

    def note(self, noted: pl.DataFrame, column: str, *, lost: bool, telling: bool, kind: str = MALFORMED) -> None:
        """Keep the rows `noted`, which have `line` and `reason`. Raises FixSettings when there are far too many."""
        if noted.is_empty():
            return
        self.lost += noted.height * lost
        self.telling += noted.height * telling
        self._all += noted.height
        caption = self.report.found.get(column, column)
        self._frames.append(noted.select(LINE, column=pl.lit(caption), reason="reason", kind=pl.lit(kind)))
        if self._first is None or (telling and not self.telling - noted.height):
            self._first = self._reject(noted.row(0, named=True) | {"column": caption, "kind": kind})
        if self._all > MOST:
            raise self._not_such_a_report("too many of its values")

    def rejects(self) -> list[Reject]:
        """What was noted since this was asked before, in the order of the records; the file's own, once it was read to
        its end.
        """
        frames, self._frames = self._frames, []
        own = self.report.rejects[self._told :]
        self._told += len(own)
        self.lost += len(own)
        rows = pl.concat([pl.DataFrame(schema=_ASIDE), *frames]).sort(LINE, maintain_order=True)
        return [*own, *(self._reject(row) for row in rows.iter_rows(named=True))]

    def check(self) -> None:
        """Once the report was read to its end. Raises FixSettings when so many rows could not be read that it must be
        another report than was meant.
        """
        wrong, total = self.telling + len(self.report.rejects), self.report.records - self.report.ignored
        too_many = (wrong >= FEW and wrong > SHARE * total) or self._all + len(self.report.rejects) > MOST
        if wrong and (too_many or wrong >= total):
            raise self._not_such_a_report(f"{wrong} of its {total} rows")

    def _reject(self, row: Mapping[str, Any]) -> Reject:
        return Reject(self.report.place(row[LINE]), row["column"], f"{row['column']}: {row['reason']}", row["kind"])

    def _not_such_a_report(self, what: str) -> FixSettings:
        first = self._first or next(iter(self.report.rejects), None)
        told = f" The first is {first.place}: {first.reason}." if first else ""
        name, kind = self.report.fetched.name, self.report.captions.report
        return FixSettings(
            f"{name} is not such a report of {kind} as it should be: {what} cannot be read.{told} Correct the report "
            f"in SIMS, or the settings (captions, date_form, am, pm). docs/sims-reports.md says how each is built."
        )


class Rows:
    """Some rows of a report. `frame` has `line` and a column for each field: of text, until it is typed."""

    def __init__(self, frame: pl.DataFrame, aside: Aside, settings: Mapping[str, Any]) -> None:
        self.frame, self.aside, self.settings = frame, aside, settings

    def typed(
        self,
        field: str,
        value: pl.Expr,
        reason: pl.Expr | str,
        *,
        needed: bool = False,
        telling: bool = False,
    ) -> None:
        """Replace a field by `value`, which is of that field alone. Where it is null, a row that needs it is set aside
        with the reason; where it is not needed, and something was written, the row stays and the reason is noted.

        telling: whether many wrong values mean that it is another report, as they do where the field is needed.
        """
        # Each different value is looked at once: a million marks have two hundred days.
        said = pl.lit(reason) if isinstance(reason, str) else reason
        table = self.frame.select(pl.col(field).unique()).with_columns(_typed=value, reason=said)
        table = table.with_columns(_wrong=pl.col("_typed").is_null() & (needed | pl.col(field).is_not_null()))
        rows = self.frame.join(table, on=field, how="left", maintain_order="left", nulls_equal=True)
        self.aside.note(rows.filter("_wrong"), field, lost=needed, telling=needed or telling)
        kept = rows.filter(~pl.col("_wrong")) if needed else rows
        self.frame = kept.with_columns(pl.col("_typed").alias(field)).drop("_typed", "_wrong", "reason")

    def leave_out(
        self, wrong: pl.Expr, field: str, reason: pl.Expr | str, *, kind: str = MALFORMED, telling: bool = True
    ) -> None:
        """Set aside the rows of which `wrong` is true. `telling`: as of `typed`."""
        said = pl.lit(reason) if isinstance(reason, str) else reason
        rows = self.frame.with_columns(_wrong=wrong.fill_null(value=False), reason=said)
        self.aside.note(rows.filter("_wrong"), field, lost=True, telling=telling, kind=kind)
        self.frame = rows.filter(~pl.col("_wrong")).drop("_wrong", "reason")

    def day(self, field: str, *, needed: bool = False, personal: bool = False) -> None:
        """Read a field of days; a value that is no day is repeated only if it is not personal."""
        form = self.settings["date_form"]
        shown = pl.lit("the value (not shown)") if personal else values.shown_day(pl.col(field))
        reason = pl.concat_str(shown, pl.lit(f" is not a day in the form {form}, nor in ISO form"))
        self.typed(field, values.day(pl.col(field), form), reason, needed=needed, telling=True)
