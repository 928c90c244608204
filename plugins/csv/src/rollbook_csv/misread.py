"""Days that a spreadsheet program may have misread: one for which the month comes first takes 02/11/2026 for February,
and leaves 13/11/2026 as the text it was. There is no telling which days of both are right.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from rollbook.contract import FixSettings
from rollbook_csv.headings import Headings
from rollbook_csv.masks import told_heading
from rollbook_csv.values import DATE_FORMS

Rows = Iterable[tuple[int, Sequence[Any]]]
"""Of a sheet: each row with its number from 0, and its cells."""

_Cell = TypeVar("_Cell")
_DAY = r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4}"
_IS_DAY = re.compile(rf"\s*{_DAY}(?:[ T].*)?")
_HAS_DAY = re.compile(rf"(?<![0-9]){_DAY}(?![0-9])")
MONTHS = 12  # a day beyond the 12th is taken for no month
_Cells = dict[int, list[tuple[int, _Cell]]]  # of each column: the number of the row from 0, and the cell
_DAYS = frozenset({"date", "start", "from", "to", "issued", "ends", "dob"})
_OF_ALL = frozenset({("marks", "date"), ("marks", "start"), ("calendar", "date")})
ONLY_TEXT = "only the text of a day: "
"""What is put before such a text, so that it is read as no day."""


def may_be(form: str) -> bool:
    """Whether days in that form of DATE_FORMS can be taken for others: those with the month as a number, year last."""
    directives = DATE_FORMS[form][1]
    return "%m" in directives and not directives.startswith("%Y")


def texts_aside(file: str, rows: Rows, table: str, settings: Mapping[str, Any]) -> frozenset[int]:
    """The places of columns of days, among those that are read, whose texts of days are to be set aside: others of
    their cells, above the totals, hold days, and the texts were typed by hand. Raises FixSettings where a program may
    have misread such a column, and always where it is of a register or a calendar: those say what everybody did.
    """
    headings, where, days, texts = _seen(file, rows, table, settings)
    both = sorted(days.keys() & texts.keys())
    for place in both:
        if (table, where[place]) in _OF_ALL or _looks_misread(days[place], texts[place]):
            raise FixSettings(
                f"{file}: of the column {told_heading(headings[place], place)}, line {days[place][0][0] + 1} "
                f"holds a day and line {texts[place][0][0] + 1} only the text of one. A spreadsheet program has opened "
                f"the export and may have taken 02/11 for 11 February. Nothing of it was used: export it again, and "
                f"let no program open and save it before it is taken; or, if its days are right, format the whole "
                f"column as a date and type the texts again."
            )
    return frozenset(both)


def _seen(
    file: str, rows: Rows, table: str, settings: Mapping[str, Any]
) -> tuple[list[str], dict[int, str], _Cells[date], _Cells[str]]:
    """The headings, the field of each column that is read as days, and of those, above the totals, the cells that hold
    days and the texts of days.
    """
    days: _Cells[date] = defaultdict(list)
    texts: _Cells[str] = defaultdict(list)
    headings: list[str] = []
    where: dict[int, str] = {}
    totals = _totals(table, settings)
    for number, cells in rows:
        if not headings:
            headings = _headings(number, cells, table, settings)
            where = _days_read(file, headings, table, settings)
            continue
        if totals and totals.match(next((text for cell in cells if (text := str(cell).strip())), "")):
            break
        for place in where:
            cell = cells[place] if place < len(cells) else ""
            if isinstance(cell, date):
                days[place].append((number, cell))
            elif type(cell) is str and is_text_of_day(cell):
                texts[place].append((number, cell.strip()))
    return headings, where, days, texts


def is_text_of_day(cell: str) -> bool:
    """Whether a cell of text is a day in numbers, whichever of them comes first."""
    return bool(cell[4:]) and _IS_DAY.fullmatch(cell) is not None


def _looks_misread(days: Sequence[tuple[int, date]], texts: Sequence[tuple[int, str]]) -> bool:
    """A program that takes the month first makes a day of every text that it can, and leaves those beyond the 12th."""
    return all(day.day <= MONTHS for _, day in days) and all(
        int(re.split("[-/.]", text)[0]) > MONTHS for _, text in texts
    )


def _headings(number: int, cells: Sequence[Any], table: str, settings: Mapping[str, Any]) -> list[str]:
    """The headings, if this row is theirs; else none."""
    line = settings["headings_line"] if table == "marks" else None
    return [" ".join(str(cell).split()) for cell in cells] if _holds_headings(number, cells, line) else []


def _holds_headings(number: int, cells: Sequence[Any], line: int | None) -> bool:
    """Whether the headings stand in this row: on the line that is stated, else in the first that is not blank."""
    return number + 1 == line if line else any(str(cell).strip() for cell in cells)


def _days_read(file: str, headings: list[str], table: str, settings: Mapping[str, Any]) -> dict[int, str]:
    """The field of each column that is read as days."""
    try:
        found = Headings(table, file, headings, settings.get("columns", {}), settings.get("shape", "mark"))
    except FixSettings:
        return {}  # said where the file is read
    return {place: field for field, place in found.where.items() if field in _DAYS}


def _totals(table: str, settings: Mapping[str, Any]) -> re.Pattern[str] | None:
    words = settings.get("totals") or () if table == "marks" else ()
    begun = (re.escape(word.strip()) + (r"(?![^\W_])" if word.strip()[-1].isalnum() else "") for word in words)
    return re.compile("|".join(begun), re.IGNORECASE) if words else None


def refuse_headings(file: str, rows: Rows, settings: Mapping[str, Any]) -> None:
    """Of a grid. Raises FixSettings where the headings hold days and texts of days, in whatever form."""
    for number, cells in rows:
        if not _holds_headings(number, cells, settings["headings_line"]):
            continue
        days = [place for place, cell in enumerate(cells) if isinstance(cell, date)]
        texts = [place for place, cell in enumerate(cells) if isinstance(cell, str) and _HAS_DAY.search(cell)]
        if days and texts:
            raise FixSettings(
                f"{file}, line {number + 1}: of its headings, that of column {days[0] + 1} holds a day and that of "
                f"column {texts[0] + 1} only the text of one. A spreadsheet program has opened the export and may have "
                f"taken 02/11 for 11 February. Nothing of it was used: format the line of headings as text and "
                f"export again, or export CSV, and let no program open and save it before it is taken."
            )
        return
