"""The rows of a report as the columns of a table: what cannot be read is set aside by the number of its row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

import polars as pl

from rollbook.contract import FixSettings, Reject
from rollbook.tables.schemas import PAGES, Table
from rollbook_arbor.live_feed.headings import found
from rollbook_arbor.live_feed.settings import DATE_FORMS
from rollbook_arbor.tables.roll import year_group

Reader: TypeAlias = Callable[[pl.Expr], pl.Expr]

FEW, SHARE = 20, 0.05  # more bad rows than this many, and than this share of all, and a setting must be wrong
_DAYS: Final = {  # how a day of each form looks; a time of day may follow
    "yyyy-mm-dd": "[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "dd/mm/yyyy": "[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}",
    "dd mmm yyyy": "[0-9]{1,2} [A-Za-z]{3} [0-9]{4}",
}
_WORDS: Final = dict.fromkeys(("yes", "y", "true", "1"), True) | dict.fromkeys(("no", "n", "false", "0"), False)
_SEXES: Final = {"f": "F", "female": "F", "m": "M", "male": "M"}
_TOLD: Final = ("dob", "year_group")  # a row is used without these, and it is told; without any other text, silently
_MAY_BE_EMPTY: Final = frozenset({Table.CONTACTS})


def page_of(
    table: Table, rows: list[dict[str, Any]], settings: Mapping[str, Any], host: str
) -> tuple[pl.DataFrame, list[Reject]]:
    """The rows as columns of `table`, and what of them cannot be read, by the number of its row.

    Raises FixSettings where there is no row, where no heading holds what is needed, or where too little can be read.
    """
    if not rows:
        return _without_rows(table, host), []
    headings = frozenset(name for row in rows for name in row)
    held, missing = found(table, headings, settings["columns"].get(table.value, {}))
    if missing:
        raise FixSettings(
            f"The report of {table.value} at {host} has no heading for {', '.join(missing)}; it has: "
            f"{', '.join(sorted(headings))}. Name the heading in `columns`, or add it to the report."
        )
    values = {column: [_text(row.get(heading)) for row in rows] for column, heading in held.items()}
    frame = pl.DataFrame(values, schema=dict.fromkeys(held, pl.String))
    return _typed(table, frame, settings, host)


def _without_rows(table: Table, host: str) -> pl.DataFrame:
    if table in _MAY_BE_EMPTY:
        needed = {name: column.dtype for name, column in PAGES[table].items() if column.required}
        return pl.DataFrame(schema=needed)
    raise FixSettings(
        f"The report of {table.value} at {host} has no rows. It does not mean that nobody was there: check what the "
        f"report selects, and for which days."
    )


def _typed(
    table: Table, frame: pl.DataFrame, settings: Mapping[str, Any], host: str
) -> tuple[pl.DataFrame, list[Reject]]:
    typed, rejects = frame, list[Reject]()
    lost = pl.Series([False] * len(frame), dtype=pl.Boolean)
    for name in frame.columns:
        column = PAGES[table][name]
        read = _reader(name, column.dtype, settings)
        typed = typed.with_columns(read(pl.col(name)).alias(name)) if read else typed
        wrong = typed.get_column(name).is_null() & (column.required | frame.get_column(name).is_not_null())
        aside = column.required or (column.dtype == pl.Date and name not in _TOLD)  # "still" is no reading of a bad day
        if aside or name in _TOLD:
            rejects += _rejects(table, name, wrong & ~lost, aside=aside)
        lost = lost | wrong if aside else lost
    _check_share(table, int(lost.sum()), len(frame), rejects, host)
    if "line" in PAGES[table]:
        typed = typed.with_columns(line=pl.int_range(1, pl.len() + 1, dtype=pl.Int32))
    return typed.filter(~lost), rejects


def _rejects(table: Table, name: str, wrong: pl.Series, *, aside: bool) -> list[Reject]:
    reason = "it is blank, or cannot be read as the settings say" + ("" if aside else ": the row is used without it")
    return [Reject(f"the report of {table.value}, row {row + 1}", name, reason) for row in wrong.arg_true().to_list()]


def _check_share(table: Table, lost: int, rows: int, rejects: list[Reject], host: str) -> None:
    if lost < rows and not (lost >= FEW and lost > SHARE * rows):
        return
    raise FixSettings(
        f"The report of {table.value} at {host} is not as the settings say: {lost} of its {rows} rows cannot be read, "
        f"the first for its {rejects[0].column}. Correct `date_form`, `am`, `pm` or `columns`, or the report."
    )


def _reader(name: str, dtype: Any, settings: Mapping[str, Any]) -> Reader | None:
    """What reads a text of that column; None where the text is taken as it is."""
    if dtype == pl.Date:
        form = settings["date_form"]
        day = f"^({_DAYS[form]})(?:[ T][0-9:.]+Z?)?$"
        return lambda text: text.str.extract(day).str.to_date(DATE_FORMS[form], strict=False)
    if name == "session":
        halves = {one.strip().lower(): half for half in ("AM", "PM") for one in settings[half.lower()]}
        return _by_word(halves, pl.String)
    if name == "sex":
        return _by_word(_SEXES, pl.String)
    if dtype == pl.Boolean:
        return _by_word(_WORDS, pl.Boolean)
    if name == "year_group":
        return lambda text: text.map_elements(year_group, return_dtype=pl.Int8)  # as many as pupils: few
    if dtype == pl.Int8:
        return lambda text: text.cast(pl.Int8, strict=False)
    return None


def _by_word(words: Mapping[str, Any], dtype: Any) -> Reader:
    return lambda text: text.str.to_lowercase().replace_strict(dict(words), default=None, return_dtype=dtype)


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, list | dict):
        return None
    text = str(value).strip()
    return text or None
