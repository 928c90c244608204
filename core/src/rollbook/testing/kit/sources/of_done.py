"""Clause 5, its second part: what a Done says, and what it leaves for the next pull."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl

from rollbook.contract import Done, Page
from rollbook.host.page_checks import CHECKPOINT_BYTES
from rollbook.tables.schemas import PAGES, Table
from rollbook.testing.kit.check import DoesNotApply, advised, must, required
from rollbook.testing.kit.persons import DAY_FORMS
from rollbook.testing.kit.source_stage import WEEK, SourceStage

_SURELY = 6  # digits
_LEAST = 4  # characters of a value that is looked for: a shorter one may be in anything


@required("S22", "5.4")
def checkpoint_is_small_and_bare(stage: SourceStage) -> None:
    """The checkpoint is a JSON object of 16 KiB at most, and holds nothing of a pupil: no name, no UPN, no date of
    birth, no address, nor the vendor's own key of one.
    """
    source = stage.made()
    for table in stage.tables:
        checkpoint = _end_of(stage, table, source).checkpoint
        problem = _no_object(checkpoint)
        must(not problem, f"the checkpoint of {table.value} {problem}")
        texts = list(_texts(checkpoint))
        held, numbers = "\n".join(texts).casefold(), {text for text in texts if text.isdecimal()}
        counted: set[str] = set()
        for name, value in _personal(stage):
            there = value in held and re.search(rf"(?<!\w){re.escape(value)}(?!\w)", held)
            bare = value.lstrip("0")
            counted |= {bare} & numbers
            surely = bare in numbers and (len(bare) >= _SURELY or len(counted) > 1)  # one small number may be chance
            must(not (there or surely), f"the checkpoint of {table.value} holds the {name} of a pupil: {value!r}")


def _no_object(checkpoint: Any) -> str:
    try:
        size = len(json.dumps(checkpoint, allow_nan=False).encode())
    except (TypeError, ValueError, RecursionError):
        return "is not JSON"
    if not isinstance(checkpoint, dict):
        return f"is a {type(checkpoint).__name__}, and no JSON object"
    return f"has {size:,} bytes: {CHECKPOINT_BYTES:,} at most" if size > CHECKPOINT_BYTES else ""


def _texts(value: Any) -> Iterator[str]:
    """Every text and every number in the JSON, those of its keys too."""
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        yield str(value)
    elif isinstance(value, dict):
        for key, held in value.items():
            yield from (key, *_texts(held))
    elif isinstance(value, list | tuple):
        for held in value:
            yield from _texts(held)


def _personal(stage: SourceStage) -> Iterator[tuple[str, str]]:
    """Each personal value that there is to be read, in small letters, with its column's name; a day in many forms."""
    for table in stage.tables:
        rows = stage.truth(table)
        for name, column in PAGES[table].items():
            if not column.personal or name not in rows.columns or column.dtype == pl.Boolean:
                continue
            for value in rows[name].drop_nulls().unique().to_list():
                told = [value.strftime(form) for form in DAY_FORMS] if isinstance(value, date) else [str(value)]
                yield from ((name, text.casefold()) for text in told if len(text) >= _LEAST)


@advised("S23", "5.5")
def covers_is_said(stage: SourceStage) -> None:
    """`covers` says for which days a whole pull of marks was whole: every day that was asked for and has marks, and no
    other than those asked for.
    """
    covers = _end_of(stage, Table.MARKS, stage.made()).covers
    must(covers is not None, "Done says no `covers`: a mark that is deleted is then never missed")
    if covers is None:
        return
    days = stage.truth(Table.MARKS, WEEK)["date"]
    out = days.filter(~days.is_between(covers.first, covers.last)).unique().sort().to_list()
    must(not out, f"covers is {covers.first} to {covers.last}, and marks were given of {out[:1]}")
    within = WEEK.first <= covers.first and covers.last <= WEEK.last
    must(within, f"asked for {WEEK.first} to {WEEK.last}, it says that {covers.first} to {covers.last} were whole")


@required("S24", "5.6")
def stated_rows_agree(stage: SourceStage) -> None:
    """Where Done states how many rows the vendor has, so many came, those set aside included."""
    source, stated = stage.made(**stage.small_pages), 0
    for table in stage.tables:
        items = list(stage.items(table, WEEK, source=source))
        pages = [item for item in items if isinstance(item, Page)]
        said = [item.stated_rows for item in items if isinstance(item, Done) and item.stated_rows is not None]
        rows, rejects = sum(page.rows.height for page in pages), sum(len(page.rejects) for page in pages)
        for number in said:
            stated += 1
            must(rows <= number <= rows + rejects, f"{table.value}: it states {number} rows, and {rows} came")
    if not stated:
        raise DoesNotApply("stated number of rows")


def _end_of(stage: SourceStage, table: Table, source: Any) -> Done:
    ends = [item for item in stage.items(table, WEEK, source=source) if isinstance(item, Done)]
    must(ends, f"the pull of {table.value} has no Done")
    return ends[-1]
