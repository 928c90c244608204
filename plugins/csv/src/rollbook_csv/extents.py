"""What has to be known of a sheet before its values are read: how far it reaches, and which cells hold an error.

The library that reads values makes room for every cell from the first to the farthest, and gives a formula's error as
a blank, which among marks would say that there was none.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from xml.etree import ElementTree

MOST_CELLS = 20_000_000
_ATTRIBUTES = rb"""((?:[^>"']|"[^"]*"|'[^']*')*)"""
_CELL = re.compile(rb"""\br=["']([A-Za-z]{1,3})([0-9]{1,7})["']""")
_WIDE = re.compile(rb"""\br=["']([A-Za-z]{2,3})[0-9]""")
_LONG = re.compile(rb"""\br=["'][A-Za-z]{0,3}([0-9]{5,7})["']""")
_ERROR = re.compile(rb"""<(?:\w+:)?c\s(?=[^>]*\bt\s*=\s*["']e["'])([^>]*)>""")
_WITHOUT_PLACE = re.compile(rb"""<(?:\w+:)?c(?=[\s/>])(?![^>]*\sr=["'][A-Za-z]{1,3}[0-9]{1,7}["'])""")
_PLACE = re.compile("([A-Za-z]{1,3})([0-9]{1,7})")
_ODS = re.compile(rb"<table:(table|table-row|table-cell|covered-table-cell)(?=[\s/>])" + _ATTRIBUTES + rb">")
_SHOWN = re.compile(rb"\s*<text:p[^>]*>(?:#(?:N/A|[A-Z0-9/]{2,12}[!?])|Err:[0-9]{3})</text:p>")
_COLUMNS = re.compile(rb'number-columns-repeated="([0-9]{1,9})"')
_ROWS = re.compile(rb'number-rows-repeated="([0-9]{1,9})"')


@dataclass
class Extent:
    """Of one sheet: the `rows` and `columns` it takes from A1 on, and the cells (row, column, from 0) with an error."""

    rows: int = 0
    columns: int = 0
    errors: set[tuple[int, int]] = field(default_factory=set)

    @property
    def cells(self) -> int:
        """For how many cells room is made."""
        return self.rows * self.columns


def of_xlsx(parts: Mapping[str, bytes], number: int) -> Extent | None:
    """Of the sheet with that number, from 0. None when the workbook does not say in which part it is."""
    part = _part_of(parts, number)
    if part is None:
        return None
    if not _all_placed(part):
        return _counted(part)
    columns = max((_column(letters) for letters in set(_WIDE.findall(part))), default=26)
    long = max(map(int, set(_LONG.findall(part))), default=9_999)
    cells = [place for found in _ERROR.finditer(part) for place in _CELL.findall(found[1])]
    errors = {(int(row) - 1, _column(letters) - 1) for letters, row in cells}
    return Extent(max(long, min(part.count(b"row "), MOST_CELLS)), columns, errors)


def _all_placed(part: bytes) -> bool:
    """Whether every cell says where it is. Programs write the place first: then counting is enough, and quicker."""
    if b":c" not in part and part.count(b"<c") == part.count(b'<c r="') + part.count(b"<col"):
        return True
    return _WITHOUT_PLACE.search(part) is None


def _counted(part: bytes) -> Extent | None:
    """Of a sheet that does not say of every cell where it is, which the standard allows (ISO/IEC 29500-1, 18.3.1.4):
    such a cell is the next one of its row, and such a row the next one. None when the part is damaged.
    """
    counter = _Counter()
    try:
        ElementTree.XMLParser(target=counter).feed(part)  # noqa: S314
    except (ElementTree.ParseError, ValueError):
        return None
    return counter.extent


class _Counter:
    """What the parser tells of each element, without keeping any. Rows and columns count from 0."""

    def __init__(self) -> None:
        self.extent = Extent()
        self.row = self.column = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """A row, or a cell; nothing else matters."""
        name = tag.rpartition("}")[2]
        if name == "row" and "r" in attributes:
            self.row = int(attributes["r"]) - 1
        elif name == "c":
            self._cell(attributes)

    def end(self, tag: str) -> None:
        """The next row begins at its first column."""
        if tag.rpartition("}")[2] == "row":
            self.row, self.column = self.row + 1, 0

    def close(self) -> None:
        """Nothing is kept."""

    def _cell(self, attributes: Mapping[str, str]) -> None:
        row = self.row
        if "r" in attributes:
            place = _PLACE.fullmatch(attributes["r"])
            if place is None:
                raise ValueError
            row, self.column = int(place[2]) - 1, _column(place[1].encode()) - 1
        if attributes.get("t") == "e":
            self.extent.errors.add((row, self.column))
        self.column += 1
        self.extent.rows = max(self.extent.rows, row + 1)
        self.extent.columns = max(self.extent.columns, self.column)


def _part_of(parts: Mapping[str, bytes], number: int) -> bytes | None:
    try:
        sheets = [one for one in _elements(parts["xl/workbook.xml"]) if one.tag.endswith("}sheet")]
        key = next(value for name, value in sheets[number].items() if name.endswith("}id"))
        links = {one.get("Id"): one.get("Target", "") for one in _elements(parts["xl/_rels/workbook.xml.rels"])}
        return parts[posixpath.normpath(posixpath.join("/xl", links[key])).lstrip("/")]
    except (KeyError, IndexError, StopIteration, ElementTree.ParseError):
        return None


def _elements(part: bytes) -> Iterator[ElementTree.Element]:
    return ElementTree.fromstring(part).iter()  # noqa: S314


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def of_ods(parts: Mapping[str, bytes]) -> list[Extent]:
    """Of every sheet, for all are read at once. A repeated cell counts as often as it stands."""
    content = parts.get("content.xml", b"")
    found: list[Extent] = []
    row, column, repeated = 0, 0, 0
    for tag in _ODS.finditer(content):
        kind, attributes = tag.groups()
        if kind == b"table":
            found.append(Extent())
            row, column, repeated = 0, 0, 0
        elif kind == b"table-row":
            row, column, repeated = row + repeated, 0, _times(_ROWS, attributes)
        elif found:
            times, sheet = _times(_COLUMNS, attributes), found[-1]
            if b"value-type=" in attributes:
                sheet.rows, sheet.columns = max(sheet.rows, row + repeated), max(sheet.columns, column + times)
            if sheet.cells <= MOST_CELLS and _is_error(attributes, content, tag.end()):
                sheet.errors |= set(product(range(row, row + repeated), range(column, column + times)))
            column += times
    return found


def _is_error(attributes: bytes, content: bytes, end: int) -> bool:
    """LibreOffice says so of a cell, and shows the error as its text; others do the latter alone."""
    shown = b'string-value=""' in attributes and _SHOWN.match(content, end)
    return b'value-type="error"' in attributes or bool(shown)


def _times(pattern: re.Pattern[bytes], attributes: bytes) -> int:
    found = pattern.search(attributes)
    return int(found[1]) if found else 1
