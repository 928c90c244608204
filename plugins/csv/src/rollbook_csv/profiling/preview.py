"""A preview of a file as marks, by the source's own reading, with everything personal masked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rollbook.contract import FixSettings, Problem
from rollbook_csv.profiling.sample import Sample

MANY, MASK = 10, "***"


@dataclass(frozen=True)
class Preview:
    """What the source would read. rows: pupil (masked), day, session, mark. refused: why it would read nothing."""

    form: str
    rows: Sequence[tuple[str, str, str, str]] = ()
    marks: int = 0
    aside: Sequence[str] = ()
    unknown: Sequence[str] = ()
    refused: str = ""


def preview(path: Path, sample: Sample, begun: str, settings: Mapping[str, Any]) -> Preview:
    """The first marks of the beginning of a file, under these settings."""
    from rollbook_csv.settings import CsvSettings

    if sample.cut:  # its end is not there, so neither are the totals
        settings = {name: value for name, value in settings.items() if name != "totals"}
    loaded = CsvSettings().load({**settings, "folder": str(path.parent)})
    try:
        return _read(sample, begun, loaded)
    except Problem as problem:
        return Preview(loaded["date_form"], refused=problem.sentence)


def _read(sample: Sample, begun: str, settings: Mapping[str, Any]) -> Preview:
    import polars as pl

    from rollbook_csv import pages
    from rollbook_csv.checking import unknown_marks
    from rollbook_csv.files import Taken
    from rollbook_csv.marks import NEEDED, register
    from rollbook_csv.reading import Reading

    data = begun.encode(settings["encoding"], errors="replace") if sample.cut else sample.data
    reading = Reading("marks", Taken(sample.name, data), settings)
    reading.require_rows()
    pages.with_key(reading, settings["key"], *NEEDED[settings["shape"]])
    rows = register(reading)
    aside = [f"{reject.place}: {reject.reason}" for reject in reading.rejects()]
    made = rows.filter(pl.col("code").is_not_null())
    if made.is_empty():
        raise FixSettings(f"{sample.name} has no mark in it.")
    shown = made.sort("line", maintain_order=True).head(MANY).select("date", "session", "code").rows()
    return Preview(
        settings["date_form"],
        [(MASK, f"{day:%a} {day:%Y-%m-%d}", session, _shown(code)) for day, session, code in shown],
        made.height,
        aside,
        [remark.text for remark in unknown_marks(rows)],
    )


def _shown(mark: str) -> str:
    """A longer one may be a name, from a column that is not that of the marks."""
    return mark if len(mark.strip()) <= 2 else "(not shown)"
