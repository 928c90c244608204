"""Which lines at the end of a file are rows of pupils, and which are totals. A name is never taken for a total."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rollbook_csv.headings import FIELDS, plain
from rollbook_csv.profiling.days import day_and_half, looks_like_day
from rollbook_csv.profiling.exports import CANONICAL, EXPORTS, PLAUSIBLE

LAST = 40  # among how many last records totals are looked for
# The only words that are ever proposed for `totals`. In a longer word, as Rows-Smith, they are part of a name.
_TOTALS = re.compile(
    r"(grand totals?|sub-?totals?|totals?|number of|count of|records|rows|printed|generated|produced|end of report)"
    r"(?![\w'’-])",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Record:
    """The fields of a record, and the line on which it begins."""

    line: int
    fields: Sequence[str]

    def blank(self) -> bool:
        """Whether nothing is in it."""
        return not any(field.strip() for field in self.fields)

    @property
    def first(self) -> str:
        """The first field that is filled, by which totals are known."""
        return next((field.strip() for field in self.fields if field.strip()), "")


@dataclass(frozen=True)
class Places:
    """Where a row has what, by its headings. cells: the columns of a grid that are days; blank in every other shape."""

    count: int
    keys: Sequence[int]
    marks: Sequence[int]
    cells: Sequence[int]

    def keyed(self, record: Record) -> bool:
        """Whether a pupil's number stands in it, and no text such as that of a total."""
        keys = (record.fields[place].strip() for place in self.keys if place < len(record.fields))
        return any(key and " " not in key and any(map(str.isdigit, key)) for key in keys)

    def of_a_pupil(self, record: Record) -> bool:
        """Whether it has a key with marks: then it is a row, whatever word it begins with."""
        if len(record.fields) != self.count or not self.keyed(record):
            return False
        if self.cells:  # where all cells are numbers, or blank, the key may be a number of pupils
            return any(field and not field.isdigit() for field in self._filled(record, self.cells))
        return any(map(looks_like_day, record.fields)) and (not self.marks or bool(self._filled(record, self.marks)))

    def no_row(self, record: Record) -> bool:
        """Whether it is surely not, or not likely, a row of a pupil."""
        if self.of_a_pupil(record):
            return False
        if len(record.fields) != self.count or _TOTALS.match(record.first):
            return True
        others = [place for place in range(self.count) if place not in self.cells]
        return not self.keyed(record) and len(self._filled(record, others)) * 2 < len(others)

    @staticmethod
    def _filled(record: Record, places: Sequence[int]) -> list[str]:
        return [record.fields[place].strip() for place in places if record.fields[place].strip()]


def places_of(headings: Record) -> Places:
    """What the headings say of a row. In a grid, a blank heading goes on with the day at its left."""
    names = [plain(heading) for heading in headings.fields]
    days = {n for n, heading in enumerate(headings.fields) if day_and_half(heading)}
    cells = sorted(days | {n for n, name in enumerate(names) if not name and n - 1 in days})
    marks = _columns(names, "mark", "am_mark", "pm_mark", "marks")
    return Places(len(names), _columns(names, "adno", "upn"), marks, cells)


def below(last: Sequence[Record], headings: Record, body: Sequence[Record]) -> tuple[list[str], set[int]]:
    """How the totals at the end begin, and the lines at the end that are no rows."""
    places = places_of(headings)
    odd: list[Record] = []
    for record in reversed(last[-LAST:]):
        if not places.no_row(record):
            break
        odd.insert(0, record)
    lines = {record.line for record in odd}
    word = next((found.group(1).casefold() for record in odd if (found := _TOTALS.match(record.first))), "")
    if not word:
        return [], lines
    begin_so = sum(record.first.casefold().startswith(word) for record in body)
    among = sum(record.first.casefold().startswith(word) for record in odd)
    return ([word.capitalize()] if begin_so <= among else []), lines


def _columns(names: Sequence[str], *fields: str) -> list[int]:
    """The places of the columns that have one of the known, or plausible, headings of these fields."""
    known = {plain(heading) for field in fields for heading in (*FIELDS["marks"][field], *PLAUSIBLE.get(field, ()))}
    own = [export.columns.get(field, "") for export in (*EXPORTS, CANONICAL) for field in fields]
    known |= {plain(heading) for heading in own if heading}
    return [place for place, name in enumerate(names) if name in known]
