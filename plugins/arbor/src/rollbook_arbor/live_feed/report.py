"""One saved report, fetched by its address: its rows, by their headings."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec

from rollbook.contract import Connection, FixSettings, RetryLater, Secret, VendorMustAct
from rollbook.tables.schemas import Table
from rollbook_arbor.answers import NotThere, code_of, raise_for

_ROWS = msgspec.json.Decoder(list[dict[str, Any]])


def fetch(api: Connection, host: str, address: Secret, table: Table) -> list[dict[str, Any]]:
    """The rows of a report. Its address is in no message.

    Raises FixSettings (no such report, or another school's), NeedsCredentials, RetryLater, VendorMustAct.
    """
    label = f"the report of {table.value}"
    answer = api.get(path_of(address, host, table), label=label)
    try:
        raise_for(answer.status_code, host, label)
        return _rows(answer, host, label)
    except NotThere:
        raise FixSettings(
            f"{host} has no report at the address in `{table.value}`: was it deleted, or its Live Feed renewed? Take "
            f"the address of the saved report again."
        ) from None


def _rows(answer: httpx.Response, host: str, label: str) -> list[dict[str, Any]]:
    try:
        return _ROWS.decode(answer.content)
    except msgspec.ValidationError:
        # A list is expected: an object may say, with HTTP 200, what went wrong.
        raise_for(code_of(answer.status_code, msgspec.json.decode(answer.content)), host, label)
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
