"""What `rollbook check` says of a folder of files: a real read that keeps nothing and names no pupil."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import polars as pl

from rollbook.contract import Remark
from rollbook.tables.codes import Quality, resolve
from rollbook.tables.schemas import Table
from rollbook_csv import files, folder_form, grid_headings, pages, whose
from rollbook_csv.headings import PLACE
from rollbook_csv.marks import NEEDED, register
from rollbook_csv.masks import is_code, told_mark
from rollbook_csv.places import with_places
from rollbook_csv.reading import Reading, key_field, open_file, open_marks
from rollbook_csv.tables import page_of
from rollbook_csv.values import NO_REGISTER

_FROM_MARKS = {"pupils": "pupils are taken from the marks", "roll": "the roll is taken from the marks"}
_WITHOUT = {
    "calendar": "the calendar is that of the configuration",
    "contacts": "there will be no parents in what is sent",
    "leave": "leave that was granted is not known",
    "notices": "earlier notices to parents are not known",
    "flags": "cohorts, and who has a social worker, are not known",
    "contact_log": "whether anyone was reached is not known",
}

_SHAPES = {
    "day": "a row for each pupil and day",
    "grid": "a grid, with a row for each pupil",
    "string": "a string of marks for each pupil",
    "folder": "canonical tables, of every school in the folder",
}
_TOLD = 20
_ACCEPTS_OLDER = (
    "accept_older = true: a file of marks that is older than the last one is taken too, and undoes corrections. It is "
    "meant for one sync: take it out of the settings after that."
)


def remarks(settings: Mapping[str, Any], today: date) -> Iterator[Remark]:
    """One line a file, then the newest session and the marks that are no code. Raises RetryLater, FixSettings.

    A mark that is no code is a note and no failure: it is set aside, and everything else passes.
    """
    reading = open_marks(settings)
    reading.require_rows()
    if reading.shape != folder_form.SHAPE:  # which holds several schools, and says of every row whose it is
        whose.check_school(reading, settings["urn"])
    key = key_field(settings)
    pages.with_key(reading, key, *NEEDED[reading.shape])
    rows = register(reading, today)
    yield Remark(True, f"{reading.file}: {reading.total} rows. {_found(reading)} Pupils are known by {key}.")
    if settings["accept_older"]:
        yield Remark(True, _ACCEPTS_OLDER, note=True)
    yield from _same_again(settings)
    yield from _shaped(reading, rows)
    yield from _set_aside(reading)
    yield _newest(rows)
    yield from unknown_marks(rows)
    for table in pages.BESIDE:
        yield from _beside(table, key, settings, rows["pupil"])


def _same_again(settings: Mapping[str, Any]) -> Iterator[Remark]:
    """The same file twice does no harm; but an export that wrote yesterday's again may have failed."""
    *others, last = files.all_that_fit(settings["folder"], settings["marks"])
    if others and files.read(others[-1]).digest == files.read(last).digest:
        yield Remark(True, f"{last.name} is the very same as {others[-1].name}: nothing changed, or the export stands.")


def _beside(table: Table, key: str, settings: Mapping[str, Any], marked: pl.Series) -> Iterator[Remark]:
    name = pages.BESIDE[table].file
    reading, note = open_file(name, settings), ""
    if reading is None and name not in _FROM_MARKS:
        yield Remark(True, f"No {settings[name]}: {_WITHOUT[name]}.")
        return
    if reading is None:
        reading, note = open_marks(settings), f"No {settings[name]}: {_FROM_MARKS[name]}. "
    if table not in pages.MAY_BE_EMPTY:
        reading.require_rows()
    rows = page_of(table, reading, key)
    beside = with_places(rows, key, settings)[2] if note and table is Table.ROLL else None
    more = f" Year group and class are also looked for in {beside}." if beside else ""
    yield Remark(True, f"{note}{reading.file}: {rows.height} rows. {_found(reading)}{_missed(reading)}{more}")
    if name == "pupils" and not note and (wrong := whose.none_known(marked, reading)):
        yield Remark(False, wrong)
    yield from _set_aside(reading)


def _shaped(reading: Reading, rows: pl.DataFrame) -> Iterator[Remark]:
    """From which day to which another shape than a row for each mark was read, and what of a grid was left alone."""
    if reading.shape == "mark" or rows.is_empty():
        return
    first, last = rows.select(first=pl.col("date").min(), last=pl.col("date").max()).row(0)
    yield Remark(True, f"{reading.file} is read as {_SHAPES[reading.shape]}: its sessions are from {first} to {last}.")
    alone = grid_headings.left_alone(reading) if reading.shape == "grid" else []
    if alone:
        more = f" and {len(alone) - _TOLD} more" if len(alone) > _TOLD else ""
        yield Remark(True, f"Neither a day nor known, and not read: {', '.join(alone[:_TOLD])}{more}.")


def _set_aside(reading: Reading) -> Iterator[Remark]:
    aside = reading.rejects()
    if aside:
        count = "1 value" if len(aside) == 1 else f"{len(aside)} values"
        text = f"{reading.file}: {count} could not be used. The first is {aside[0].place}: {aside[0].reason}."
        yield Remark(False, text)


def _found(reading: Reading) -> str:
    return f"Columns: {', '.join(field for field in reading.headings.asked if reading.has(field))}."


def _missed(reading: Reading) -> str:
    seldom = {"application", *(PLACE if reading.headings.table == "pupils" else ())}
    missed = [field for field in reading.headings.asked if field not in seldom and not reading.has(field)]
    return f" Not there: {', '.join(missed)}." if missed else ""


def _newest(rows: pl.DataFrame) -> Remark:
    made = rows.filter(pl.col("code").str.strip_chars().is_in(NO_REGISTER).not_()).sort("date", "session")
    if made.is_empty():
        return Remark(False, "There is no mark in the file.")
    return Remark(True, f"The newest session with marks is {made['date'][-1].isoformat()} {made['session'][-1]}.")


def unknown_marks(rows: pl.DataFrame) -> Iterator[Remark]:
    """The marks of a page that are no national code, the most frequent first, and where each stands first. They may be
    anything, such as initials from a column that is not that of the marks: none is repeated that is no national code.
    """
    by = ("date", "session", "line")
    written = rows.select(*by, raw="code").drop_nulls().sort("line", maintain_order=True)
    counted = written.group_by("date", "raw").agg(pl.len().alias("count"), pl.col("session", "line").first())
    strange = resolve(counted).filter(pl.col("quality").is_in([Quality.INVALID, Quality.LOSSY])).sort("line")
    counts = strange.group_by("raw").agg(pl.col("count").sum(), pl.col("reason", *by).first()).sort("count", "raw")
    for row in counts.tail(20).reverse().iter_rows(named=True):
        shown = f"'{row['raw']}'" if is_code(row["raw"]) else f"a mark of {told_mark(row['raw'])}"
        otherwise = "unless the school's `codes` say what it is, it is set aside"
        times = "once" if row["count"] == 1 else f"{row['count']} times"
        where = f"{'' if row['count'] == 1 else 'first '}on line {row['line']}, {row['date']} {row['session']}"
        yield Remark(True, f"{shown}, {times} ({where}): {row['reason']}; {otherwise}.", note=True)
