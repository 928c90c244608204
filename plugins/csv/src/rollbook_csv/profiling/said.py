"""What a proposal says to people, and to programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rollbook_csv.profiling.columns import AM, PM, session_values
from rollbook_csv.profiling.days import Days, span
from rollbook_csv.profiling.preview import Preview
from rollbook_csv.profiling.proposal import Proposal
from rollbook_csv.profiling.string_days import readings
from rollbook_csv.profiling.written import as_toml

_TOLD = 40  # columns
_NO_EXPORT = "It looks like no export that is known: its columns were found by usual names."


def as_text(found: Proposal) -> str:
    """For people: what was found, a preview as marks, and what it is not sure of."""
    return "\n".join([*_found(found), *_days_left(found), *_previews(found), *_not_sure(found)])


def as_data(found: Proposal) -> dict[str, Any]:
    """For programs, as JSON holds it."""
    return {
        "file": found.sample.name,
        "bytes": found.sample.size,
        "complete": found.complete,
        "export": None
        if found.export is None
        else {
            "name": found.export.export.name,
            "confidence": found.export.confidence,
            "basis": found.export.export.basis,
        },
        "profile": {setting.key: setting.value for setting in found.settings},
        "why": {setting.key: setting.why for setting in found.settings},
        "asked": found.asked,
        "wrong": found.wrong,
        "needed": found.needed,
        "not_used": [
            {"column": one.column, "heading": one.heading or None, "perhaps": one.perhaps or None}
            for one in found.unused
        ],
        "days": [list(example) for example in found.days.examples()] if "date_form" in found.asked else [],
        "columns": {name: found.layout.headings.fields[place] for name, place in _shown_columns(found)},
        "previews": [_preview_data(preview) for preview in found.previews],
        "not_sure": [{"about": doubt.about, "what": doubt.what, "do": doubt.do} for doubt in found.doubts],
        "toml": as_toml(found),
    }


def question(days: Days, written: Sequence[str]) -> str:
    """Both readings of three days, and what either would make of the file."""
    lines = ["Is the day or the month first?", *(f"  {told}" for told in days.question())]
    rows = [("as written", "day first", "month first"), *days.examples()]
    lines += ["", *_table(rows), ""] if days.both else []
    for which, month_first in (("day first", False), ("month first", True)):
        lines.append(f"  Read {which}: {span(written, month_first)}.")
    return "\n".join(lines)


def _found(found: Proposal) -> Iterator[str]:
    cut = " (the beginning was looked at)" if found.sample.cut else ""
    yield f"{found.sample.name}: {found.sample.size} bytes, {len(found.layout.rows)} rows{cut}."
    yield (
        f"It looks like {found.export.told()}."
        if found.export
        else "It looks like no export that is known: its columns were found by usual names."
    )
    yield ""
    yield "Found"
    rows = [(setting.key, _plain(setting.value), setting.why) for setting in found.settings]
    yield from _table(rows)
    columns = ", ".join(f"{name}: {found.layout.headings.fields[place]}" for name, place in _shown_columns(found))
    yield f"  columns: {columns}"
    if found.unused:
        more = f" and {len(found.unused) - _TOLD} more" if len(found.unused) > _TOLD else ""
        yield f"  columns not used: {', '.join(one.told for one in found.unused[:_TOLD])}{more}"
    if found.columns.days:
        yield f"  columns that are days: {len(found.columns.days)}"
    if found.columns.shape == "mark" and "session" in found.columns.where:
        seen = session_values(found.layout, found.columns)
        known = ", ".join(f"{value} ({seen[value]})" for value in sorted(seen) if value.upper() in AM | PM)
        yield f"  sessions seen: {known or 'none that is known'}"


def _shown_columns(found: Proposal) -> list[tuple[str, int]]:
    """The columns of known fields: no other heading is shown, for it may be a pupil's name."""
    return sorted(found.columns.where.items(), key=lambda item: item[1])


def _days_left(found: Proposal) -> Iterator[str]:
    if "date_form" in found.asked and found.days.forms:
        yield ""
        yield question(found.days, found.written_days)
    if "string_days" in found.asked and (reached := readings(found)):
        yield ""
        yield "Which days does a string of marks count?"
        yield from (f"  {one.told()}." for one in reached)


def _previews(found: Proposal) -> Iterator[str]:
    for preview in found.previews:
        yield ""
        if preview.refused:
            yield f'No preview with date_form = "{preview.form}": {preview.refused}'
            continue
        yield f'The first {len(preview.rows)} of {preview.marks} marks, with date_form = "{preview.form}"'
        yield from _table([("pupil", "day", "session", "mark"), *preview.rows])


def _not_sure(found: Proposal) -> Iterator[str]:
    yield ""
    if not found.doubts:
        rest = " else" if found.asked else ""
        yield f"There is nothing{rest} it is not sure of."
        return
    yield "Not sure of"
    for number, doubt in enumerate(found.doubts, 1):
        yield f"  {number}. {doubt.what}."
        yield f"     Now: {doubt.do}."


def _preview_data(preview: Preview) -> dict[str, Any]:
    names = ("pupil", "date", "session", "mark")
    rows = [dict(zip(names, row, strict=True)) for row in preview.rows]
    return {"date_form": preview.form, "marks": preview.marks, "refused": preview.refused or None, "rows": rows}


def _plain(value: Any) -> str:
    if value == "":
        return "(to be filled in)"
    return ", ".join(map(str, value)) if isinstance(value, list | dict) else str(value)


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return [f"  {line.rstrip()}" for line in lines]
