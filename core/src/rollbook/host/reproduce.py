"""A table of DfE's from a file, recomputed: what `rollbook reproduce` prints."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from rollbook.contract.errors import FixSettings
from rollbook.rules import reproduce as recomputed
from rollbook.rules.published import LAYOUTS, TableNotUnderstood, understand
from rollbook.rules.reproduce import DIGITS, USED, Reproduction

__all__ = ["DIGITS", "LAYOUTS", "USED", "Reproduction", "reproduce"]


def reproduce(file: Path) -> Reproduction:
    """The totals of a table that DfE published, recomputed by both of its methods.

    Raises FixSettings, naming the file and the column or the line, when it cannot be read or is of no known layout.
    """
    if not file.is_file():
        raise FixSettings(f"{file}: there is no such file")
    try:
        written = pl.read_csv(file, infer_schema=False)
    except (pl.exceptions.PolarsError, OSError):
        raise FixSettings(f"{file}: cannot be read as CSV; it may be cut off, or not be UTF-8") from None
    try:
        return recomputed.reproduce(understand(written))
    except TableNotUnderstood as problem:
        raise FixSettings(f"{file}: {problem.sentence}") from None
