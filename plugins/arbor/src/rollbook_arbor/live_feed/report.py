"""One saved report: fetched by its address, and its rows as the columns of a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec
import polars as pl

from rollbook.contract import FixSettings, Reject, RetryLater, Secret, VendorMustAct
from rollbook.contract.client import Connection
from rollbook.tables.schemas import PAGES, Table
from rollbook_arbor.answers import NotThere, raise_for
from rollbook_arbor.live_feed.headings import found
from rollbook_arbor.live_feed.settings import DATE_FORMS

_ROWS = msgspec.json.Decoder(list[dict[str, Any]])
_YEARS = {"reception": 0, "r": 0, "nursery": -1, "n1": -1, "n2": -1}


def fetch(api: Connection, host: str, address: Secret, table: Table) -> list[dict[str, Any]]:
    """The rows of a report, by their headings. Its address is in no message.

    Raises FixSettings (no such report, or another school's), NeedsCredentials, RetryLater, VendorMustAct.
    """
    label = f"the report of {table.value}"
    answer = api.get(path_of(address, host, table), label=label)
    try:
        raise_for(answer.status_code, host, label)
    except NotThere:
        raise FixSettings(
            f"{host} has no report at the address in `{table.value}`: was it deleted, or its Live Feed renewed? Take "
            f"the address of the saved report again."
        ) from None
    return _rows(answer, host, label)


def _rows(answer: httpx.Response, host: str, label: str) -> list[dict[str, Any]]:
    try:
        return _ROWS.decode(answer.content)
    except msgspec.ValidationError:
        raise VendorMustAct(f"{host} answered {label} with something that is no list of rows. Tell us.") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise RetryLater(f"{host} answered {label} with no JSON, or half of it: is it a Live Feed in JSON?") from None


def path_of(address: Secret, host: str, table: Table) -> str:
    """The path of a report's address, which may be whole. Raises FixSettings."""
    parts = urlsplit(address.reveal().strip())
    if parts.netloc and parts.netloc != host:
        raise FixSettings(f"The address in `{table.value}` leads to another host than `url` ({host}).")
    if not re.search(r"/format/json(/|$)", parts.path):
        raise FixSettings(f"The address in `{table.value}` is no Live Feed in JSON: it must hold /format/json/.")
    return parts.path + (f"?{parts.query}" if parts.query else "")


def page_of(
    table: Table, rows: list[dict[str, Any]], settings: Mapping[str, Any], host: str
) -> tuple[pl.DataFrame, list[Reject]]:
    """The rows as columns of `table`, and those whose day or session cannot be read, by their number.

    Raises FixSettings where a heading that is needed is not there.
    """
    headings = frozenset(name for row in rows[:1] for name in row)
    held, missing = found(table, headings, settings["columns"].get(table.value, {}))
    if rows and missing:
        raise FixSettings(
            f"The report of {table.value} at {host} has no heading for {', '.join(missing)}; it has: "
            f"{', '.join(sorted(headings))}. Name the heading in `columns`, or add it to the report."
        )
    values = {column: [_text(row.get(heading)) for row in rows] for column, heading in held.items()}
    frame = pl.DataFrame(values, schema=dict.fromkeys(held, pl.String))
    return _typed(table, frame, settings)


def _typed(table: Table, frame: pl.DataFrame, settings: Mapping[str, Any]) -> tuple[pl.DataFrame, list[Reject]]:
    typed, rejects = frame, list[Reject]()
    bad = pl.Series([False] * len(frame), dtype=pl.Boolean)
    for name in frame.columns:
        read = _reader(name, PAGES[table][name].dtype, settings)
        if read is None:
            continue
        typed = typed.with_columns(read(pl.col(name)).alias(name))
        wrong = typed.get_column(name).is_null() & frame.get_column(name).is_not_null()
        if name not in ("date", "session", "from", "to", "dob", "open"):
            continue
        rejects += [
            Reject(f"the report of {table.value}, row {row + 1}", name, "it cannot be read as the settings say")
            for row in (wrong & ~bad).arg_true().to_list()
        ]
        bad = bad | wrong
    return typed.filter(~bad), rejects


def _reader(name: str, dtype: Any, settings: Mapping[str, Any]) -> Callable[[pl.Expr], pl.Expr] | None:
    if dtype == pl.Date:
        form = DATE_FORMS[settings["date_form"]]
        length = {"%Y-%m-%d": 10, "%d/%m/%Y": 10, "%d %b %Y": 11}[form]
        return lambda text: text.str.slice(0, length).str.to_date(form, strict=False)
    if name == "session":
        halves = {one.strip().upper(): half for half in ("AM", "PM") for one in settings[half.lower()]}
        return lambda text: text.str.to_uppercase().replace_strict(halves, default=None, return_dtype=pl.String)
    if dtype == pl.Boolean:
        words = {"yes": True, "y": True, "true": True, "1": True, "no": False, "n": False, "false": False, "0": False}
        return lambda text: text.str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.Boolean)
    if name == "year_group":
        digits = pl.Int8
        return lambda text: pl.coalesce(
            text.str.to_lowercase().replace_strict(_YEARS, default=None, return_dtype=digits),
            text.str.extract(r"([0-9]{1,2})").cast(digits, strict=False),
        )
    if dtype == pl.Int8:
        return lambda text: text.cast(pl.Int8, strict=False)
    return None


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, list | dict):
        return None
    text = str(value).strip()
    return text or None
