"""What a proposal is not sure of, in the order in which a person would look. No value is repeated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rollbook_csv.profiling.columns import AM, PM, SOME, is_pairs, session_values, values
from rollbook_csv.profiling.days import span_of
from rollbook_csv.profiling.doubts import Doubt
from rollbook_csv.profiling.sample import MOST, Encoding

if TYPE_CHECKING:
    from rollbook_csv.profiling.columns import Columns
    from rollbook_csv.profiling.proposal import Proposal

_SPOILED = ("â€™", "Ã©", "Ã«", "Ã¨", "Ã¶", "Ã¼")  # UTF-8 that was read as cp1252


def of_the_file(found: Proposal, encoding: Encoding | None, begun: str) -> Iterator[Doubt]:
    """Of its bytes, lines and days."""
    layout, days = found.layout, found.days
    if any(sign in begun for sign in _SPOILED):
        do = "export again; if the MIS itself shows such letters, correct them there"
        yield Doubt("encoding", "letters with accents, which an earlier program seems to have spoiled", do)
    if encoding and encoding.doubt:
        do = "look at a name with an accent in the MIS; `rollbook check` refuses what is surely wrong"
        yield Doubt("encoding", f"the encoding: {encoding.doubt}", do)
    if layout.rival:
        yield Doubt("delimiter", "the delimiter: two fit the headings as well", "look at the preview")
    if encoding is None and days.form == "yyyy-mm-dd":
        do = "look at one in the MIS; if they are wrong, export again and let no program open the file"
        what = f"whether the program that made the workbook took the days rightly: {span_of(found.written_days)}"
        yield Doubt("date_form", what, do)
    if days.others:
        do = "look for days that a person typed, or years of two figures: let the export write every day in full"
        yield Doubt("date_form", f"{days.others} different days that are in no form like the others", do)
    if days.only_day_first and days.only_month_first:
        yield Doubt("date_form", " ".join(days.question()), "export the report again, and open it in no spreadsheet")
    elif against := days.against(str(found.value("date_form"))):
        do = "ask whoever makes the export; a server or a spreadsheet program set up as American has the month first"
        yield Doubt("date_form", f"how days are written: you said one form, and {against} can only be of the other", do)
    if layout.totals:
        do = f"look at the end of the file: take `totals` out if a row with {layout.totals[0]} is a pupil's"
        yield Doubt("totals", "whether every file of this export ends with such totals, and no pupil is so called", do)
    if layout.odd:
        lines = f"line {layout.odd[0]}" if len(layout.odd) == 1 else f"lines {layout.odd[0]} to {layout.odd[-1]}"
        yield Doubt(
            "totals", f"what {lines} at the end are", 'if they are totals, name how they begin: totals = ["..."]'
        )
    if layout.broken:
        do = "see whether a field holds the delimiter without quotation marks: such rows are set aside"
        yield Doubt("delimiter", f"{layout.broken} rows that have another number of fields than the headings", do)
    if not found.sample.cut and not begun.endswith("\n") and not layout.totals:
        do = "if this system's files always end so, add final_line_break = false; else export it again"
        yield Doubt("final_line_break", "whether the file is whole: its last row has no line break after it", do)
    if found.sample.cut:
        do = "run `rollbook check`, which reads all of it"
        yield Doubt("file", f"what is beyond the first {MOST // 1_000_000} MB: no more was looked at", do)


def of_the_columns(found: Proposal) -> Iterator[Doubt]:
    """Of which column holds what, and of what stands in it."""
    columns, layout = found.columns, found.layout
    for name in columns.missing():
        what = "admission numbers or UPNs" if name == "adno" else name
        yield Doubt(
            name,
            f"which column holds {what}: none was found",
            f'add it to the report, or say columns = {{{name} = "its heading"}}',
        )
    if columns.shape == "mark" and "session" in columns.where:
        seen = session_values(layout, columns)
        others = sum(count for value, count in seen.items() if value.upper() not in AM | PM)
        if others:
            do = "rows of lessons are set aside: export sessions alone. Else name the values in `am` and `pm`"
            yield Doubt("session", f"{others} rows whose session is neither morning nor afternoon (not shown)", do)
        if {"1", "2"} & set(seen):
            yield Doubt(
                "am", "that 1 is the morning and 2 the afternoon", "look at a day in the MIS, and correct am and pm"
            )
    if unread := _days_not_read(columns, layout.headings.fields):
        do = "let the export write each as 02/11/2026 AM: a source takes no file of which it cannot read such a heading"
        what = f"which day is meant by the heading of column {', '.join(map(str, unread))} (not shown)"
        yield Doubt("shape", what, do)
    if columns.strings >= SOME:
        do = "look at such a cell in the MIS: a string has two marks for each day, and the shape is another"
        yield Doubt("shape", "whether some cells hold a string of marks, and not one mark", do)
    if columns.key:
        yield from _of_the_key(columns.key, values(layout, columns.where[columns.key]))
    if columns.shape == "grid" and not layout.sessions_line and is_pairs(columns):
        yield Doubt(
            "cell",
            "that a cell holds two marks",
            "look at the preview: if a column is one session, its heading must say which",
        )


def _days_not_read(columns: Columns, headings: Sequence[str]) -> list[int]:
    """The numbers of the columns whose heading has a day in it and could not be read, where the headings are days."""
    from rollbook_csv.grid_headings import has_day

    if columns.shape != "grid" and not columns.missing():
        return []
    read = {*columns.days, *columns.where.values()}
    return [place + 1 for place, heading in enumerate(headings) if place not in read and has_day(heading)]


def _of_the_key(key: str, written: Sequence[str]) -> Iterator[Doubt]:
    filled = [value.strip() for value in written if value.strip()]
    if len(filled) < len(written):
        do = "those rows are set aside: fill them in in the MIS" + (
            ", or export admission numbers" if key == "upn" else ""
        )
        yield Doubt("key", f"whose {len(written) - len(filled)} rows are that have no {key}", do)
    numbers = [value for value in filled if value.isdigit()]
    lengths = {len(value) for value in numbers}
    if key == "adno" and numbers == filled and len(lengths) > 1 and not any(value[0] == "0" for value in numbers):
        do = "compare with the MIS: if numbers there begin with 0, export again and open it in no spreadsheet"
        yield Doubt("key", "whether a spreadsheet program has taken leading zeros from the admission numbers", do)


def of_the_preview(found: Proposal) -> Iterator[Doubt]:
    """Of what the source would read."""
    if not found.previews or "date_form" in found.asked:
        return
    first = found.previews[0]
    if first.refused:
        yield Doubt(
            "file",
            f"whether this is a file of marks at all. It would be refused: {first.refused.rstrip('.')}",
            "correct the setting or the export that it names",
        )
    if first.aside:
        count = "1 value" if len(first.aside) == 1 else f"{len(first.aside)} values"
        yield Doubt(
            "file",
            f"{count} that could not be read, the first {first.aside[0]}",
            "correct the setting, or those rows in the MIS",
        )
    for unknown in first.unknown:
        yield Doubt(
            "mark",
            f"what is meant by {unknown.rstrip('.')}",
            'ask the school what it means, and say so in `codes` under its [[schools]], as codes = {"7" = "I"}',
        )
