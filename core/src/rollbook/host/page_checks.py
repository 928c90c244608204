"""Whether a page is what the contract says, and whether a pull was whole. Nothing is guessed: what does not fit is
the vendor's to mend.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from rollbook.contract.errors import VendorMustAct
from rollbook.contract.source import Done, Page, Reject, Window
from rollbook.host.guard import clean
from rollbook.host.logs import event
from rollbook.tables.schemas import PAGES, Column, Table

REJECTS = 10_000  # of a page
ROWS = 20_000_000  # of a pull
PAGES_OF_A_PULL = 200_000
CHECKPOINT_BYTES = 16 * 1024
NOTES, NOTE = 20, 1_000  # of a pull, and the characters of one

# By what a row of each table is known, for the rows that a vendor says were removed.
KEYS: Mapping[Table, tuple[str, ...]] = {
    Table.SESSIONS: ("date", "session"),
    Table.PUPILS: ("pupil",),
    Table.ROLL: ("pupil", "from"),
    Table.MARKS: ("pupil", "date", "session"),
    Table.CONTACTS: ("pupil", "name"),
    Table.LEAVE: ("pupil", "from"),
    Table.NOTICES: ("pupil", "parent", "issued"),
    Table.FLAGS: ("pupil", "flag", "from"),
    Table.CONTACT_LOG: ("pupil", "date", "type", "to"),
    Table.ELSEWHERE: ("pupil", "where", "date", "session"),
}


def fitted(page: Page, table: Table) -> Page:
    """`page` with the columns of its table alone, each of its type and form, and every row that lacks a needed value
    set aside.

    A column that the table does not have is dropped: least data. Raises VendorMustAct when a column is missing or of
    another type.
    """
    rows, rejects = _frame(page.rows, table, PAGES[table]), [_reject(reject) for reject in _few(page.rejects)]
    rows = rows.with_row_index("_row", offset=1)
    removed = page.removed
    if removed is not None:
        wanted = {name: PAGES[table][name] for name in KEYS[table]}
        removed = _frame(removed, table, wanted).drop_nulls()
    origin = clean(page.origin, 200)
    worded, unlike = _formed(rows, table, origin)
    whole, lacking = _lacking(worded, table, origin)
    return Page(whole.drop("_row"), removed, tuple(_few([*rejects, *unlike, *lacking])), origin)


def checked_done(done: Done) -> Done:
    """`done`, when its parts are what the contract says. Raises VendorMustAct."""
    try:
        size = len(json.dumps(done.checkpoint, allow_nan=False).encode())
    except (TypeError, ValueError, RecursionError):
        raise VendorMustAct("The checkpoint of the pull is not JSON.") from None
    if not isinstance(done.checkpoint, dict) or size > CHECKPOINT_BYTES:
        raise VendorMustAct(f"The checkpoint of the pull is no JSON object of at most {CHECKPOINT_BYTES} bytes.")
    if done.covers is not None and not (isinstance(done.covers, Window) and done.covers.first <= done.covers.last):
        raise VendorMustAct("What the pull says it covers is not a window.")
    stated = done.stated_rows
    if stated is not None and (not isinstance(stated, int) or isinstance(stated, bool) or stated < 0):
        raise VendorMustAct("The number of rows that the pull states is not a number.")
    notes = done.notes if isinstance(done.notes, list | tuple) else [None]
    if len(notes) > NOTES or not all(isinstance(one, str) and len(one) <= NOTE for one in notes):
        raise VendorMustAct(f"The notes of the pull are not at most {NOTES} sentences of {NOTE} characters.")
    return replace(done, notes=tuple(clean(one) for one in notes))


def whole_pull(items: Iterable[Any], table: Table, window: Window) -> Iterator[Page | Done]:
    """The pages of one pull as they come, and its Done only when nothing came after it.

    Marks outside the window are left out, and `covers` is cut to it. Raises VendorMustAct for half a pull, for another
    number of rows than was stated, and for a pull past its bounds.
    """
    done: Done | None = None
    rows = rejects = pages = 0
    for item in items:
        if done is not None:
            raise VendorMustAct("The pull went on after its Done; nothing of it was kept.")
        if isinstance(item, Done):
            done = checked_done(item)
            continue
        page = fitted(item, table)
        rows, rejects, pages = rows + page.rows.height, rejects + len(page.rejects), pages + 1
        if rows > ROWS or pages > PAGES_OF_A_PULL:
            raise VendorMustAct(f"The pull went past {ROWS:,} rows or {PAGES_OF_A_PULL:,} pages; it was stopped.")
        yield _inside(page, window) if table is Table.MARKS else page
    if done is None:
        raise VendorMustAct("The pull ended without a Done: it is half a pull, and nothing of it was kept.")
    if done.stated_rows is not None and not rows <= done.stated_rows <= rows + rejects:
        raise VendorMustAct(f"The vendor said that there are {done.stated_rows} rows, and {rows + rejects} came.")
    yield replace(done, covers=_cut(done.covers, window))


def _frame(given: Any, table: Table, wanted: Mapping[str, Column]) -> pl.DataFrame:
    if not isinstance(given, pl.DataFrame):
        raise VendorMustAct(f"A page of {table.value} is a {type(given).__name__}, not a table.")
    missing = [name for name, column in wanted.items() if column.required and name not in given.columns]
    if missing:
        raise VendorMustAct(f"A page of {table.value} has no column {', '.join(missing)}.")
    strays = [name for name in given.columns if name not in PAGES[table]]
    if strays:
        event("columns_dropped", table=table.value, count=len(strays))
    return pl.DataFrame([_typed(given[name], table, wanted[name]) for name in wanted if name in given.columns])


def _typed(series: pl.Series, table: Table, column: Column) -> pl.Series:
    """The column as its type: an integer of another width and a category are taken, when nothing is lost."""
    wanted, given = column.dtype, series.dtype
    if given == wanted:
        return series
    same_family = (
        given == pl.Null
        or (given.is_integer() and wanted in (pl.Int8, pl.Int32))
        or (given in (pl.Categorical, pl.Enum) and wanted == pl.String)
    )
    try:
        if same_family:
            return series.cast(wanted, strict=True)
    except pl.exceptions.PolarsError:
        pass
    raise VendorMustAct(f"The column {series.name} of {table.value} is {given}, which does not fit {wanted}.")


def _formed(rows: pl.DataFrame, table: Table, origin: str) -> tuple[pl.DataFrame, list[Reject]]:
    """The rows with every text as its column's form has it, and a reject for each that has another: see `Column.form`.

    No value is repeated: a wrong one may be anything.
    """
    rejects: list[Reject] = []
    for name, column in PAGES[table].items():
        if column.form is None or name not in rows.columns:
            continue
        tidy = pl.col(name).str.strip_chars().str.to_lowercase().replace("", None)
        rows = rows.with_columns(tidy)
        fits = pl.col(name).str.contains(f"^(?:{column.form})$")
        used = "" if column.else_aside else ": the row is used without it"
        reason = f"{name} is none of the words that it may be{used}"
        bad = rows.filter(~fits).head(REJECTS + 1 - len(rejects))
        rejects += [Reject(_place(row, origin), name, reason, "unknown_word") for row in bad.iter_rows(named=True)]
        kept = fits.fill_null(value=True)
        without = pl.when(kept).then(pl.col(name)).alias(name)
        rows = rows.filter(kept) if column.else_aside else rows.with_columns(without)
    return rows, rejects


def _lacking(rows: pl.DataFrame, table: Table, origin: str) -> tuple[pl.DataFrame, list[Reject]]:
    """The rows that have every value they need, and a reject for each of the others."""
    needed = [name for name, column in PAGES[table].items() if column.required]
    if not any(rows[name].null_count() for name in needed):
        return rows, []
    empty = pl.any_horizontal(pl.col(name).is_null() for name in needed)
    bad = rows.filter(empty)
    rejects = [_no_value(row, needed, origin) for row in bad.head(REJECTS + 1).iter_rows(named=True)]
    return rows.filter(~empty), rejects


def _no_value(row: Mapping[str, Any], needed: list[str], origin: str) -> Reject:
    column = next(name for name in needed if row[name] is None)
    return Reject(_place(row, origin), column, f"no {column} that can be read", "missing_value")


def _place(row: Mapping[str, Any], origin: str) -> str:
    place = f"line {row['line']}" if row.get("line") is not None else f"row {row['_row']}"
    return f"{origin}, {place}" if origin else place


def _few(rejects: Any) -> Any:
    if not isinstance(rejects, list | tuple) or not all(isinstance(reject, Reject) for reject in rejects):
        raise VendorMustAct("The rejects of a page are not a list of Reject.")
    if len(rejects) > REJECTS:
        raise VendorMustAct(f"More than {REJECTS:,} rows of one page could not be read: it is not the form agreed.")
    return rejects


def _reject(reject: Reject) -> Reject:
    return Reject(clean(reject.place, 200), clean(reject.column, 60), clean(reject.reason, 300), clean(reject.kind, 40))


def _inside(page: Page, window: Window) -> Page:
    days = pl.col("date").is_between(window.first, window.last)
    removed = page.removed.filter(days) if page.removed is not None else None
    return replace(page, rows=page.rows.filter(days), removed=removed)


def _cut(covers: Window | None, window: Window) -> Window | None:
    """The days of `covers` that were asked for: a mark outside them was not read, and so not deleted."""
    if covers is None:
        return None
    first, last = max(covers.first, window.first), min(covers.last, window.last)
    return Window(first, last) if first <= last else None
