"""Penalty notices issued to the parents of a pupil, at whichever school they were recorded."""

from __future__ import annotations

import polars as pl

from rollbook.rules.rule import Reading

WITHDRAWN = "withdrawn"


def known_notices(reading: Reading) -> pl.DataFrame:
    """Those issued up to the day looked at, each once: pupil, parent, issued, withdrawn (was it)."""
    notices = reading.registers.notices.filter(pl.col("issued") <= reading.as_at)
    outcome = pl.col("outcome").str.strip_chars().str.to_lowercase().fill_null("")
    return notices.select("pupil", "parent", "issued", withdrawn=outcome == WITHDRAWN).unique(maintain_order=True)


def standing_notices(reading: Reading) -> pl.DataFrame:
    """Those not withdrawn, issued since the national framework began."""
    begins = reading.settings.law("penalty_framework_from")
    return known_notices(reading).filter(~pl.col("withdrawn") & (pl.col("issued") >= begins))
