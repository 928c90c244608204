"""Where in a file the rows are: the delimiter, the line of headings with titles above it, and totals below."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from rollbook.contract import FixSettings
from rollbook_csv.headings import FIELDS, plain
from rollbook_csv.profiling.days import day_and_half, half_of, looks_like_day
from rollbook_csv.profiling.exports import EXPORTS, PLAUSIBLE
from rollbook_csv.profiling.rows import Record, below
from rollbook_csv.profiling.sample import Sample

DELIMITERS = (",", ";", "\t", "|")
MOST_COLUMNS = 16_384  # what the widest spreadsheet has; the grid of a year has 400
LOOKED, ENOUGH = 40, 2  # among how many first records the headings are looked for, and how many must be known
_OF_A_KEY = {plain(heading) for key in ("adno", "upn") for heading in FIELDS["marks"][key]}  # nothing else is so called


@dataclass(frozen=True)
class Layout:
    """titles: the text above the headings, never shown. rows: whole ones alone, without totals. totals: how those
    begin. odd: lines at the end that are no rows, and begin with no word that is known of totals.
    """

    delimiter: str
    rival: str
    headings: Record
    first: bool  # whether nothing stands above the headings
    titles: str
    sessions_line: int | None
    sessions: Sequence[str]
    rows: Sequence[Record]
    broken: int  # rows with another number of fields
    totals: Sequence[str]
    odd: Sequence[int]


def layout_of(sample: Sample, begun: str, end: str) -> Layout:
    """The layout of a text. Raises FixSettings when no line has headings that are known; nothing of it is repeated."""
    found = {delimiter: _headings(begun, delimiter) for delimiter in DELIMITERS}
    order = sorted(DELIMITERS, key=lambda one: found[one][0], reverse=True)
    delimiter = order[0]
    score, at = found[delimiter]
    if score < ENOUGH:
        raise FixSettings(
            f"{sample.name}: none of its first {LOOKED} lines has two headings that are known, with any delimiter (one "
            f"of more than {MOST_COLUMNS:,} columns is not looked at). If "
            f"it has no line of headings, export it with one; if they are unusual, write the profile by hand, with "
            f"`columns` (docs/csv.md)."
        )
    rival = order[1] if found[order[1]][0] == score else ""
    records = _records(begun, delimiter)
    headings = records[at]
    line, sessions, skipped = _sessions_line(records, at)
    body = [record for record in records[at + 1 :] if not record.blank() and record is not skipped]
    return _laid_out(sample, delimiter, rival, records[:at], headings, (line, sessions), body, end)


def _laid_out(
    sample: Sample,
    delimiter: str,
    rival: str,
    above: Sequence[Record],
    headings: Record,
    sessions: tuple[int | None, Sequence[str]],
    body: Sequence[Record],
    end: str,
) -> Layout:
    count = len(headings.fields)
    last = [record for record in _records(end, delimiter) if not record.blank()] if sample.cut else list(body)
    totals, odd = below(last, headings, body)
    whole = [record for record in body if len(record.fields) == count]
    rows = whole if sample.cut else [record for record in whole if record.line not in odd]
    titles = [record for record in above if not record.blank() and record.line != sessions[0]]
    return Layout(
        delimiter=delimiter,
        rival=rival,
        headings=headings,
        first=not titles,
        titles=" ".join(field for record in titles for field in record.fields),
        sessions_line=sessions[0],
        sessions=sessions[1],
        rows=rows,
        broken=sum(len(record.fields) != count for record in body if record.line not in odd),
        totals=totals,
        odd=[] if totals or sample.cut else sorted(odd),
    )


def known_headings() -> Collection[str]:
    """Every heading of marks that is known, or plausible, in its plain form."""
    usual = [heading for headings in FIELDS["marks"].values() for heading in headings]
    more = [heading for headings in PLAUSIBLE.values() for heading in headings]
    return {plain(heading) for heading in [*usual, *more, *(one for export in EXPORTS for one in export.headings)]}


def _records(text: str, delimiter: str, most: int | None = None) -> list[Record]:
    """The first records, or every one, as far as they can be read with that delimiter."""
    return list(islice(_read(csv.reader(io.StringIO(text, newline="\n"), delimiter=delimiter)), most))


def _read(reader: Iterator[list[str]]) -> Iterator[Record]:
    before = 0
    try:
        for fields in reader:
            yield Record(before + 1, fields)
            before = reader.line_num  # type: ignore[attr-defined]
    except csv.Error:  # a quotation mark that is never closed, or a field that is too long: what came before counts
        return


def _headings(text: str, delimiter: str) -> tuple[int, int]:
    """How many headings of the best line are known, and its place among the records."""
    known = known_headings()
    scores = [_score(record, known) for record in _records(text, delimiter, LOOKED)]
    best = max(scores, default=0)
    return best, scores.index(best) if scores else 0


def _score(record: Record, known: Collection[str]) -> int:
    """How many headings are known. A day is one where others beside it are, and AM where PM is: so a row is none."""
    if len(record.fields) > MOST_COLUMNS:
        return 0
    names = {plain(field) for field in record.fields if field.strip()} - {""}
    halves = names & {"am", "pm"}
    score = len((names & set(known)) - halves) + (len(halves) if len(halves) > 1 else 0) + len(names & _OF_A_KEY)
    days = sum(day_and_half(field) is not None for field in record.fields)
    return score + (days if days > 1 or (days and score) else 0) if score else 0


def _sessions_line(records: Sequence[Record], at: int) -> tuple[int | None, Sequence[str], Record | None]:
    """The line beside that of the headings of a grid that says AM and PM of each column, if there is one."""
    days = [n for n, field in enumerate(records[at].fields) if looks_like_day(field)]
    for beside in (at + 1, at - 1):
        if days and 0 <= beside < len(records):
            fields = records[beside].fields
            if all(n < len(fields) and half_of(fields[n]) for n in days):
                return records[beside].line, fields, records[beside]
    return None, (), None
