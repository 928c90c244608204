"""A preview of a file as marks, by the source's own reading, with everything personal masked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rollbook.contract import FixSettings, Problem
from rollbook_csv.masks import told_mark
from rollbook_csv.profiling.sample import Sample

if TYPE_CHECKING:
    import polars as pl

    from rollbook.contract import Reject
    from rollbook_csv.reading import Reading

MANY, MASK = 10, "***"


@dataclass(frozen=True)
class Preview:
    """What the source would read. rows: pupil (masked), day, session, mark. refused: why it would read nothing."""

    form: str
    rows: Sequence[tuple[str, str, str, str]] = ()
    marks: int = 0
    aside: Sequence[str] = ()
    unknown: Sequence[str] = ()
    mostly_aside: bool = False  # whether more rows, or values, would be set aside than read
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
    aside = reading.rejects()
    made = rows.filter(pl.col("code").is_not_null())
    if made.is_empty():
        raise FixSettings(f"{sample.name} has no mark in it.")
    shown = made.sort("line", maintain_order=True).head(MANY).select("date", "session", "code").rows()
    return Preview(
        settings["date_form"],
        [(MASK, f"{day:%a} {day:%Y-%m-%d}", session, told_mark(code)) for day, session, code in shown],
        made.height,
        [f"{reject.place}: {reject.reason}" for reject in aside],
        [remark.text for remark in unknown_marks(rows)],
        _mostly(reading, made, aside),
    )


def _mostly(reading: Reading, made: pl.DataFrame, rejects: Sequence[Reject]) -> bool:
    read = {f"{reading.file}, line {line}" for line in made["line"].unique()}
    lost = {reject.place for reject in rejects} - read
    return len(lost) > len(read) or len(rejects) > made.height
