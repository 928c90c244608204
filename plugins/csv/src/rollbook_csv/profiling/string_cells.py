"""Cells that hold a string of marks: known by what is in them, for their column may be headed `Mark` or anything."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rollbook.tables.codes import all_codes

_LETTERS = "".join(re.escape(code.code) for code in all_codes() if len(code.code) == 1) + r"\-"
_CODE = "|".join(re.escape(code.code) for code in all_codes()) + "|-"
_OLD = re.compile(rf"(?i)[{_LETTERS}\s]{{3,}}")  # a character for each session
_NEW = re.compile(rf"(?i)\s*(?:{_CODE})?\s*(?:,\s*(?:{_CODE})?\s*)+")  # commas between
_TELLING = re.compile(r"[/\\#,]")
_ENOUGH = 0.25  # of cells with a sign: `Smith` is made of letters that are codes, and has none


def is_made_of_codes(value: str) -> bool:
    """Whether a cell is a stretch of national codes, longer than one of them can be."""
    text = value.strip()
    return len(text) > 2 and (_OLD.fullmatch(text) or _NEW.fullmatch(text)) is not None


def share(written: Sequence[str]) -> float:
    """Which share of the cells that are filled are such strings; 0 where they are letters alone, as names are."""
    filled = [value for value in written if value.strip()]
    strings = [value for value in filled if is_made_of_codes(value)]
    telling = sum(_TELLING.search(value) is not None for value in strings)
    return len(strings) / len(filled) if strings and telling >= _ENOUGH * len(strings) else 0.0
