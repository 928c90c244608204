"""Days that a spreadsheet program may have misread: one for which the month comes first takes 02/11/2026 for February,
and leaves 13/11/2026 as the text it was. There is no telling which days of both are right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from rollbook.contract import FixSettings
from rollbook_csv.values import DATE_FORMS

Rows = Iterable[tuple[int, Sequence[Any]]]
"""Of a sheet: each row with its number from 0, and its cells."""

_DAY = r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4}"
_IS_DAY = re.compile(rf"\s*{_DAY}(?:[ T].*)?")
_HAS_DAY = re.compile(rf"(?<![0-9]){_DAY}(?![0-9])")
_MONTHS = 12  # a day beyond the 12th is taken for no month
_RUN = 3  # days that follow each other, as columns of a register do


def may_be(form: str) -> bool:
    """Whether days in that form of DATE_FORMS can be taken for others: those with the month as a number, year last."""
    directives = DATE_FORMS[form][1]
    return "%m" in directives and not directives.startswith("%Y")


def refuse_columns(file: str, rows: Rows, settings: Mapping[str, Any]) -> None:
    """Raises FixSettings where a column, below its heading, holds days and texts of days."""
    days: dict[int, int] = {}
    texts: dict[int, int] = {}
    for number, cells in rows:
        if number < (settings["headings_line"] or 1):
            continue
        for place, cell in enumerate(cells):
            if isinstance(cell, date):
                days.setdefault(place, number)
            elif type(cell) is str and cell[4:] and place not in texts and _IS_DAY.fullmatch(cell):
                texts[place] = number
    for place in sorted(days.keys() & texts.keys()):
        raise FixSettings(
            f"{file}: of one column, line {days[place] + 1} holds a day and line {texts[place] + 1} only the "
            f"text of one. A spreadsheet program has opened the export and may have taken 02/11 for 11 February. "
            f"Nothing of it was used: export it again, and let no program open and save it before it is taken."
        )


def refuse_headings(file: str, rows: Rows, settings: Mapping[str, Any]) -> None:
    """Of a grid. Raises FixSettings where the headings hold days and texts of days, in whatever form."""
    line = settings["headings_line"]
    for number, cells in rows:
        if number + 1 != line if line else not any(str(cell).strip() for cell in cells):
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


def refuse_month_apart(file: str, days: Iterable[date], least: int = _RUN) -> None:
    """Raises FixSettings where days of a register are a month apart, one after the other, as 02/11, 03/11 and 04/11 are
    when they are taken for February, March and April. least: how many such days in a row are no chance; in a register
    without any others, two may be enough.
    """
    days = sorted(set(days))
    run = 1
    for before, after in pairwise(days):
        run = run + 1 if before.day == after.day <= _MONTHS else 1
        if run >= _RUN or run == least == len(days):
            raise FixSettings(
                f"{file}: its days go from {before} to {after} at once, as if a program or date_form had taken 02/11 "
                f"for 11 February. Nothing of the file was used: correct date_form, or export it again, and let no "
                f"program open and save it before it is taken. In a spreadsheet, format days as text first."
            )
