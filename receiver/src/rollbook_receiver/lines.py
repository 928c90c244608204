"""Reading a CSV file that an officer made: each cell belongs to one column, or the file is not taken."""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path

_DAY = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")


class CannotRead(Exception):
    """The file is not taken. Its text says what is wrong and where, and repeats no cell."""


def iso(text: str) -> str | None:
    """ISO of a day as `2017-03-09` or `9/3/2017`; None of what is none."""
    other = _DAY.fullmatch(text)
    try:
        if other:
            return date(int(other[3]), int(other[2]), int(other[1])).isoformat()
        return date.fromisoformat(text).isoformat() if len(text) == 10 else None
    except ValueError:
        return None


def read(path: Path) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """The names of the columns, in lower case, and each line that is not empty: where it ends in the file, and its
    cells by column. A line that ends early has empty cells. Raises CannotRead.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.reader(file, strict=True)
            found = [(lines.line_num, [cell.strip() for cell in line]) for line in lines]
    except UnicodeDecodeError:
        raise CannotRead(f"{path.name} is not in UTF-8: save it as CSV UTF-8.") from None
    except (OSError, csv.Error) as error:
        why = getattr(error, "strerror", None) or error
        raise CannotRead(f"{path.name} cannot be read ({why}): save it as CSV UTF-8.") from None
    head = [name.lower() for name in found[0][1]] if found else []
    if len(head) == 1 and ";" in head[0]:
        raise CannotRead(f"{path.name} has semicolons between its columns: they are separated by commas.")
    if twice := sorted({name for name in head if name and head.count(name) > 1}):
        raise CannotRead(f"{path.name} has more than one column {', '.join(twice)}: it was not taken.")
    rows = [(number, cells) for number, cells in found[1:] if any(cells)]
    for number, cells in rows:
        if any("\0" in cell for cell in cells):
            raise CannotRead(f"Line {number} has the character NUL: save {path.name} as CSV UTF-8.")
        if len(cells) > len(head) or any(cell for name, cell in zip(head, cells, strict=False) if not name):
            raise CannotRead(f"Line {number} has more cells than there are columns: {path.name} was not taken.")
    empty = {name: "" for name in head if name}
    return list(empty), [
        (number, empty | {name: cell for name, cell in zip(head, cells, strict=False) if name})
        for number, cells in rows
    ]
