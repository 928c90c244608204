"""Which letter a mark of Arbor's stands for: by the school's own table of marks, then by what the row itself says.

An attendance mark is known by a word (`PRESENT`); which of its properties holds the letter is not the same everywhere.
They are tried in a stated order, and the first that can be a letter is taken: one to three characters that are no word.
Whether it is a national letter, the host decides, with the school's own `codes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from rollbook_arbor.shapes import plain, reference

ORDER: Final = ("attendanceMark", "code", "markShortDescription")
LONGEST: Final = 3


def letter_of(mark: Mapping[str, Any]) -> str | None:
    """The first property of `ORDER` that can be a letter; None where there is none."""
    return first_letter(mark.get(name) for name in ORDER)


def first_letter(values: Iterable[Any]) -> str | None:
    """The first of the values of the properties of `ORDER` that can be a letter."""
    for value in map(plain, values):
        if isinstance(value, str) and 1 <= len(value.strip()) <= LONGEST:
            return value.strip()
    return None


def table_of(marks: Iterable[Mapping[str, Any]]) -> dict[str, str | None]:
    """From the school's table of marks: the id of each, and its letter, or None where it has none."""
    found: dict[str, str | None] = {}
    for mark in marks:
        known = reference(mark)
        if known is not None:
            found[known] = letter_of(mark)
    return found


def no_letter(marks: Iterable[Mapping[str, Any]]) -> int:
    """How many marks of the table that are in use have no letter: a technician should know."""
    return sum(1 for mark in marks if letter_of(mark) is None and mark.get("active") is not False)
