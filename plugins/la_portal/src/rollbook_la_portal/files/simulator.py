"""A drop folder, for tests and the conformance kit: what is in it is turned back into messages from the files."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from marshmallow import Schema, fields

from rollbook_feed.fields import Day, Text
from rollbook_feed.from_school import CONTENTS
from rollbook_la_portal.files import sheet
from rollbook_la_portal.files.destination import NAME
from rollbook_la_portal.transfer.manifest import DONE, Entry, Manifest

if TYPE_CHECKING:
    from rollbook.testing import Record

_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_LEADING: Final = 4  # columns that say which message it is


class FolderOfForms:
    """Generic CSV, which says all that a message does. Nobody at the other end judges a file."""

    largest_bytes: int | None = None

    def __init__(self, folder: Path) -> None:
        self.folder, self.records_folder = folder / "drop", folder / "records"
        self.folder.mkdir()
        self.records_folder.mkdir()
        self.settings: dict[str, Any] = {
            "template": "generic",
            "format": "csv",
            "records": str(self.records_folder),
            "folder": str(self.folder),
        }

    def records(self) -> list[Record]:
        """What is there, from the files alone."""
        from rollbook.testing import Record

        held: dict[str, dict[int, tuple[str, dict[str, Any]]]] = {}
        came: dict[str, list[int]] = {}
        for path in sorted(self.folder.glob("*.csv")):
            if path.name.endswith("-register.csv"):
                continue
            key, revision, action, content = _message(path.read_bytes())
            held.setdefault(key, {})[revision] = (action, content)
            came.setdefault(key, []).append(revision)
        return [Record(key, max(of), of[max(of)][0], of[max(of)][1], tuple(came[key])) for key, of in held.items()]

    def refuse(self, key: str) -> None:
        """Let another content stand under the key."""
        number = 90_000 + len(list(self.records_folder.glob("*")))
        planted = Entry(key, 1, "send", DONE, "0" * 64, datetime.now(UTC).isoformat())
        Manifest(self.records_folder, name=NAME).add(replace(planted, file=f"{number}-planted.csv"))

    def close(self) -> None:
        """Nothing runs."""


def _message(data: bytes) -> tuple[str, int, str, dict[str, Any]]:
    headings, values = sheet.read(data)
    content: dict[str, Any] = {}
    kind = CONTENTS[values[0].partition("/")[0]]
    for heading, value in zip(headings[_LEADING:], values[_LEADING:], strict=True):
        place = heading.split(".")
        _set(content, place, _typed(_field(kind, place), value))
    return values[0], int(values[1]), values[2], _lists(content)


def _set(content: dict[str, Any], place: list[str], value: Any) -> None:
    for name in place[:-1]:
        content = content.setdefault(name, {})
    content[place[-1]] = value


def _field(kind: type[Schema], place: list[str]) -> Any:
    """The feed's field at a place; None where it has none, as in a withdrawal."""
    field: Any = fields.Nested(kind)
    for name in place:
        if isinstance(field, fields.List):
            field = field.inner
        elif isinstance(field, fields.Nested):
            field = field.schema.fields.get(name)
    return field


def _typed(field: Any, value: str) -> Any:
    """A cell as the feed has it: CSV has text only."""
    if isinstance(field, fields.List):
        names = ("date", "session", "code")
        return [dict(zip(names, one.split(), strict=True)) for one in value.split("; ") if one]
    if isinstance(field, Text | Day) or field is None:
        return value
    if value in ("true", "false"):
        return value == "true"
    if not _NUMBER.fullmatch(value):
        return value
    return float(value) if "." in value else int(value)


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {name: _lists(one) for name, one in value.items()}
    return list(inner.values()) if inner and all(name.isdecimal() for name in inner) else inner
