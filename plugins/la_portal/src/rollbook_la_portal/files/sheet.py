"""A form as CSV: a line of headings and a line of values, which no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from rollbook_la_portal.files.filled import Block

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")  # of itself it reckons nothing
_MARK: Final = "'"
_BOM: Final = b"\xef\xbb\xbf"


def neutral(text: str) -> str:
    """`text` so that a spreadsheet shows it and reckons nothing: with ' before what might begin a formula.

    What begins with ' gets one too, so that `original` undoes it exactly.
    """
    begins = text.startswith((*_FORMULA, _MARK)) and not _NUMBER.fullmatch(text)
    return _MARK + text if begins else text


def original(cell: str) -> str:
    """What `neutral` was given."""
    return cell.removeprefix(_MARK)


def written(rows: Iterable[Sequence[str]], *, mark: bool) -> bytes:
    """Rows as CSV in UTF-8, every cell neutral. `mark`: with the byte order mark by which spreadsheets know UTF-8."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows([neutral(cell) for cell in row] for row in rows)
    return (_BOM if mark else b"") + out.getvalue().encode("utf-8")


def read(data: bytes) -> list[list[str]]:
    """The rows of what `written` made."""
    text = data.removeprefix(_BOM).decode("utf-8")
    return [[original(cell) for cell in row] for row in csv.reader(io.StringIO(text, newline=""))]


def columns(blocks: Iterable[Block]) -> list[tuple[str, str]]:
    """Headings and values of a form: `Parents 2: Name` is of the second line of a section that has several."""
    found: list[tuple[str, str]] = []
    for block in blocks:
        for number, row in enumerate(block.rows, start=1):
            before = f"{block.title} {number}: " if block.repeated else ""
            found += [(before + cell.label, "; ".join(cell.lines)) for cell in row]
    return _told_apart(found)


def flat(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """All that a content says, by its dotted places: `parents.0.name`. A list of sessions is one cell."""
    return [(place, _value(value)) for place, value in _leaves(content, "")]


def _leaves(value: Any, place: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and value:
        for name, inner in value.items():
            yield from _leaves(inner, f"{place}.{name}" if place else str(name))
    elif isinstance(value, list | tuple) and value and not _one_cell(value):
        for number, inner in enumerate(value):
            yield from _leaves(inner, f"{place}.{number}")
    else:
        yield place, value


def _one_cell(items: Sequence[Any]) -> bool:
    return all(isinstance(item, Mapping) and set(item) == {"date", "session", "code"} for item in items)


def _value(value: Any) -> str:
    if isinstance(value, list | tuple) and value:
        return "; ".join(f"{item['date']} {item['session']} {item['code']}" for item in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None or value == [] or value == {} else str(value)


def _told_apart(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The same, with a number after a heading that was there before: most readers take two of one name for one."""
    seen: dict[str, int] = {}
    found = []
    for heading, value in pairs:
        seen[heading] = seen.get(heading, 0) + 1
        found.append((heading if seen[heading] == 1 else f"{heading} ({seen[heading]})", value))
    return found
