"""The text of a file, whatever it is: characters in the stated encoding, or a sheet of a workbook."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rollbook.contract import FixSettings
from rollbook_csv import decode, files, sheets
from rollbook_csv.files import Taken

_ENOUGH = 65_536
_last_sheet: dict[
    tuple[str, ...], str
] = {}  # the beginning of marks is asked for with every table, and costs the whole


def text_of(table: str, taken: Taken, settings: Mapping[str, Any]) -> str:
    """All of it, its lines ended by line feeds. Raises FixSettings as `decode.decode` and `sheets.text_of`."""
    if sheets.is_workbook(taken.name):
        text = sheets.text_of(taken, table, settings)
        _last_sheet.clear()
        _last_sheet[_key(table, taken, settings)] = text[:_ENOUGH]
        return text
    if taken.data.startswith(b"PK\x03\x04"):
        raise FixSettings(
            f"{taken.name} is a workbook or another packed file: let its name end in .xlsx or .ods, and state that "
            f"name in the settings, or export text."
        )
    return decode.decode(taken, settings["encoding"])


def beginning_of(table: str, path: Path, settings: Mapping[str, Any]) -> str:
    """Its first lines, of which the last may be cut. Raises RetryLater, FixSettings."""
    if not sheets.is_workbook(path.name):
        return decode.first_lines(files.beginning(path), settings["encoding"])
    taken = files.read(path)
    key = _key(table, taken, settings)
    return _last_sheet[key] if key in _last_sheet else text_of(table, taken, settings)[:_ENOUGH]


def _key(table: str, taken: Taken, settings: Mapping[str, Any]) -> tuple[str, ...]:
    return taken.digest, table, str(settings["sheet"]), settings["delimiter"], settings["date_form"]
