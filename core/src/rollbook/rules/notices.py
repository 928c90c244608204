"""Notices issued to the parents of a pupil, at whichever school they were recorded."""

from __future__ import annotations

import polars as pl

from rollbook.rules.registers import Registers
from rollbook.rules.rule import Reading
from rollbook.tables.schemas import NOTICES, empty
from rollbook.tables.words import NoticeKind, NoticeOutcome

NO_NOTICES = "what was issued at this school is not judged: the source gives no notices to parents (notices)"
_SAID = ("pupil", "parent", "issued", "ends", "outcome", "withdrawn", "improve")


def all_notices(registers: Registers) -> pl.DataFrame:
    """Of every school, each once: pupil, parent, issued, ends, outcome, withdrawn (was it), improve (is it one to)."""
    tables = [table for table in (registers.notices, registers.notices_elsewhere) if table is not None]
    rows = pl.concat([table.select(list(NOTICES)) for table in tables]) if tables else empty(NOTICES)
    outcome, kind = (pl.col(name).str.strip_chars().str.to_lowercase().fill_null("") for name in ("outcome", "kind"))
    said = rows.with_columns(withdrawn=outcome == NoticeOutcome.WITHDRAWN, improve=kind == NoticeKind.IMPROVE)
    return said.select(_SAID).unique(maintain_order=True)


def known_notices(reading: Reading) -> pl.DataFrame:
    """The penalty notices issued up to the day looked at, each once: pupil, parent, issued, withdrawn (was it)."""

    def make() -> pl.DataFrame:
        rows = _every(reading).filter(~pl.col("improve") & (pl.col("issued") <= reading.as_at))
        return rows.select("pupil", "parent", "issued", "withdrawn").unique(maintain_order=True)

    return reading.once("known notices", make)


def _every(reading: Reading) -> pl.DataFrame:
    return reading.once("notices", lambda: all_notices(reading.registers))


def improvement_notices(reading: Reading) -> pl.DataFrame:
    """The newest notice to improve of each pupil, not withdrawn: pupil, issued, ends (the last day that it says).

    Notices to several parents of one day are one; of two last days the later counts.
    """
    rows = _every(reading).filter("improve", ~pl.col("withdrawn"), pl.col("issued") <= reading.as_at)
    days = rows.group_by("pupil", "issued").agg(pl.col("ends").max()).sort("pupil", "issued")
    return days.group_by("pupil", maintain_order=True).last()


def standing_notices(reading: Reading) -> pl.DataFrame:
    """Those not withdrawn, issued since the national framework began."""
    begins = reading.settings.law("penalty_framework_from")
    return known_notices(reading).filter(~pl.col("withdrawn") & (pl.col("issued") >= begins))
