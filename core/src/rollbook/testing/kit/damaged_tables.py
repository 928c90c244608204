"""Files that are tables, taken apart into rows and put together again: CSV, and XML of one element a record.

The first row is of headings: in XML, the names of the records' elements. What is not such a table is left as it is.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

Rows: TypeAlias = list[list[str]]
_DELIMITERS = ",;\t|"
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DECLARED = re.compile(rb"""<\?xml[^>]*encoding=["']([A-Za-z0-9._-]+)""")


@dataclass(frozen=True)
class TableFile:
    """A file's rows, the headings first, and how others are written in its own form; no rows of what is no table."""

    rows: Rows
    written: Callable[[Rows], bytes]


def read(data: bytes) -> TableFile:
    """The rows of a file. Values are text; what is not there is empty."""
    return _of_xml(data) if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") else _of_csv(data)


def _of_csv(data: bytes) -> TableFile:
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        encoding = "cp1252"
        text = data.decode(encoding, "replace")
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    ending = "\r\n" if first.endswith("\r") else "\n"
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]

    def written(changed: Rows) -> bytes:
        made = io.StringIO(newline="")
        csv.writer(made, delimiter=delimiter, lineterminator=ending).writerows(changed)
        return made.getvalue().encode(encoding)

    return TableFile(rows, written)


def _of_xml(data: bytes) -> TableFile:
    """A record is an element with elements in it that have none themselves; what is around the records stays."""
    try:
        root = ET.fromstring(data)  # noqa: S314 - a simulator wrote it
    except ET.ParseError:
        return TableFile([], lambda _: data)
    records = [one for one in root.iter() if len(one) and not any(len(child) for child in one)]
    names = list(dict.fromkeys(child.tag for one in records for child in one))
    rows = [[one.findtext(name, "") for name in names] for one in records]
    declared = _DECLARED.search(data)

    def written(changed: Rows) -> bytes:
        for record, row in zip(records, changed[1:], strict=True):
            _refill(record, dict(zip(changed[0], row, strict=True)))
        text = ET.tostring(root, declared[1].decode() if declared else "utf-8", xml_declaration=declared is not None)
        return bytes(text) + b"\n"

    return TableFile([names, *rows] if names else [], written)


def _refill(record: ET.Element, values: dict[str, str]) -> None:
    """Give a record these values instead of its own; an empty one has no element."""
    kept = {child.tag: child for child in record}
    tail = record[-1].tail
    for child in list(record):
        record.remove(child)
    for name, value in values.items():
        if value:
            child = kept.get(name, ET.Element(name))
            child.text, child.tail = value, record.text
            record.append(child)
    if len(record):
        record[-1].tail = tail
