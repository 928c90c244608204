"""A profile that is proposed: each setting with the reason for it, and what it is not sure of."""

from __future__ import annotations

import glob
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rollbook_csv.profiling import string_days, unsure
from rollbook_csv.profiling.beside import DISPROVED, file_of_pupils, needed
from rollbook_csv.profiling.columns import AM, KEYS, PM, SOME, Columns, columns_of, is_pairs, session_values, values
from rollbook_csv.profiling.days import Days, judge
from rollbook_csv.profiling.doubts import Doubt
from rollbook_csv.profiling.exports import CANONICAL, Likeness, likeness
from rollbook_csv.profiling.layout import Layout, layout_of
from rollbook_csv.profiling.preview import Preview, preview
from rollbook_csv.profiling.sample import Encoding, Sample, encoding_of, sheet_of, take, text_of
from rollbook_csv.profiling.unused import Unused, unused
from rollbook_csv.profiling.unused import doubts as doubts_of_unused
from rollbook_csv.sheets import is_workbook


@dataclass(frozen=True)
class Setting:
    """A line of the profile, and why it is so."""

    key: str
    value: Any
    why: str


@dataclass
class Proposal:
    """What was found in a file. `asked`: the settings that only a person can give, left blank."""

    sample: Sample
    layout: Layout
    columns: Columns
    days: Days
    export: Likeness | None
    written_days: Sequence[str]
    settings: list[Setting] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    previews: list[Preview] = field(default_factory=list)
    unused: list[Unused] = field(default_factory=list)
    needed: list[str] = field(default_factory=list)  # what is missing beside this file, each with what to do

    def value(self, key: str) -> Any:
        """The value of a setting that is proposed, or None."""
        return next((setting.value for setting in self.settings if setting.key == key), None)

    @property
    def asked(self) -> list[str]:
        """The settings that are left blank, because only a person can give them."""
        return [setting.key for setting in self.settings if setting.value == ""]

    @property
    def complete(self) -> bool:
        """Whether a source with this profile would read the file, and has beside it what it needs."""
        return bool(self.previews) and not self.unfinished

    @property
    def settled(self) -> bool:
        """Whether nothing has to be said or corrected in the profile itself, so that it may be written."""
        return len(self.unfinished) == len(self.needed) and not any(DISPROVED in told for told in self.needed)

    @property
    def unfinished(self) -> list[str]:
        """Why it is not complete, each with what to do."""
        told = [f"fill in {' and '.join(self.asked)} in the profile."] if self.asked else []
        told += self.wrong
        if lost := self.columns.missing():
            told.append(f"no column was found that holds {' or '.join(lost)}: the list above says what to do.")
        if self.previews and "date_form" not in self.asked and self.previews[0].refused:
            told.append(f"the file would be refused. {self.previews[0].refused}")
        if self.days.against(str(self.value("date_form"))):
            told.append("some days cannot be read in the form that you said: the list above says what to do.")
        return told + self.needed

    @property
    def wrong(self) -> list[str]:
        """Why a source would read the file wrongly, or little of it, though it would not refuse it."""
        told = []
        if not self.layout.rows:
            told.append("it has headings and no rows. The export failed, or its report selects nobody: run it again.")
        if self.days.only_day_first and self.days.only_month_first:
            told.append(
                "some days can only be read day first, and others only month first. A spreadsheet program has changed "
                "some, so that marks are on wrong days: export the report again, and open it in no such program."
            )
        if against := string_days.disproved(self):
            told.append(against)
        if self.columns.strings >= SOME:
            told.append(
                "some cells seem to hold more than one mark. Export a row for each mark, or a string of marks in each."
            )
        if self.previews and "date_form" not in self.asked and self.previews[0].mostly_aside:
            told.append("most rows would be set aside. Correct the setting, or the export, that the list above names.")
        return told


def propose(path: Path, given: Mapping[str, str]) -> Proposal:
    """Look at a file. given: settings that a person has stated. Raises FixSettings when it cannot be profiled."""
    sample = take(path)
    if is_workbook(sample.name):
        encoding, begun = None, sheet_of(sample)
        layout = layout_of(sample, begun, begun)
        sheet_of(sample, "dd/mm/yyyy", layout.headings.line)  # refuses days that a program has misread
    else:
        encoding = encoding_of(sample)
        begun, end = text_of(sample, encoding.name)
        layout = layout_of(sample, begun, end)
    export = likeness(layout.headings.fields, f"{layout.titles} {sample.name}")
    canonical = given.get("shape") == "folder"
    columns = columns_of(layout, CANONICAL if canonical else export.export if export else None)
    written = _written_days(layout, columns)
    found = Proposal(sample, layout, columns, judge(written), export, written)
    found.settings = [_WHOLE] if canonical else list(_settings(found, path, encoding, given))
    found.doubts = [*unsure.of_the_file(found, encoding, begun), *unsure.of_the_columns(found), *columns.doubts]
    found.unused = unused(layout, columns)
    found.doubts += doubts_of_unused(found.unused)
    if not columns.missing():
        found.previews = _previews(found, path, begun)
    found.doubts += unsure.of_the_preview(found)
    if columns.key:
        keys = sorted({" ".join(key.split()) for key in values(layout, columns.where[columns.key])} - {""})
        found.needed = list(needed(_loaded(found, path), keys, "dob" in columns.where, read=not found.asked))
    return found


def _written_days(layout: Layout, columns: Columns) -> list[str]:
    if columns.shape == "grid":
        return [day for day, _ in columns.days.values()]
    place = columns.where.get("start" if columns.shape == "string" else "date")
    return values(layout, place) if place is not None else []


def _settings(found: Proposal, path: Path, encoding: Encoding | None, given: Mapping[str, str]) -> Iterator[Setting]:
    layout, columns = found.layout, found.columns
    yield Setting("date_form", given.get("date_form") or found.days.form, _why_days(found.days, given))
    yield Setting("shape", columns.shape, _WHY_SHAPE[columns.shape])
    if columns.shape == "string":
        stated = given.get("string_days", "")
        yield Setting("string_days", stated, _SAID if stated else f"{_WHY_STRING}{_lengths(found)}")
    if encoding:
        yield Setting("encoding", encoding.name, encoding.why)
        delimiter = "tab" if layout.delimiter == "\t" else layout.delimiter
        yield Setting("delimiter", delimiter, f"it makes {len(layout.headings.fields)} columns of the line of headings")
    if path.name.casefold() != "marks.csv":
        yield Setting("marks", glob.escape(path.name), _WHY_MARKS)
    yield from _lines(layout)
    yield from _sessions(found)
    if others := file_of_pupils(path):
        yield Setting("pupils", others, "this file beside that of the marks seems to have the pupils")
    if columns.key:
        yield Setting("key", columns.key, _why_key(found))
    if columns.stated:
        yield Setting("columns", _nested(columns.stated), "headings that are not among the usual ones")


def _lengths(found: Proposal) -> str:
    """How many marks a string has, where all have as many: 10 are two of each weekday, 14 two of every day."""
    cells = (value.strip() for value in values(found.layout, found.columns.where["marks"]))
    counts = {cell.count(",") + 1 if "," in cell else len(cell) for cell in cells if cell}
    return f". Each of these has {counts.pop()} marks" if len(counts) == 1 else ""


def _lines(layout: Layout) -> Iterator[Setting]:
    if not layout.first or layout.sessions_line:
        what = "titles stand above it" if not layout.first else "the days stand in this line"
        yield Setting("headings_line", layout.headings.line, what)
    if layout.sessions_line:
        yield Setting("sessions_line", layout.sessions_line, "this line says AM and PM of each column")
    if layout.totals:
        yield Setting("totals", list(layout.totals), "a row that begins so ends the register; it must be in every file")


def _sessions(found: Proposal) -> Iterator[Setting]:
    columns, layout = found.columns, found.layout
    if columns.shape == "grid" and not layout.sessions_line and is_pairs(columns):
        yield Setting("cell", "pair", "a column is a whole day: each cell holds both of its marks")
    if columns.shape != "mark" or "session" not in columns.where:
        return
    seen = session_values(layout, columns)
    for name, words in (("am", AM), ("pm", PM)):
        own = sorted(value for value in seen if value.upper() in words)
        if own and [value.upper() for value in own] != [name.upper()]:
            yield Setting(name, own, f"the values that seem to mean {'morning' if name == 'am' else 'afternoon'}")


def _nested(stated: Mapping[str, str]) -> dict[str, Any]:
    """Headings of the marks are theirs alone, for a calendar has days too. The key is that of every file."""
    keys = {name: heading for name, heading in stated.items() if name in KEYS}
    own = {name: heading for name, heading in stated.items() if name not in KEYS}
    return {**keys, **({"marks": own} if own else {})}


_WHOLE = Setting("shape", "folder", "the folder holds canonical tables, whose form is always the same")
_WHY_SHAPE = {
    "mark": "there is a row for each mark",
    "day": "there is a row for each pupil and day, with a column for each half",
    "grid": "there is a row for each pupil, and the headings are days",
    "string": "there is a row for each pupil, with a string of marks from a first day on",
}
_WHY_MARKS = "the file's name; write a pattern, such as marks_*.csv, where each export has a name of its own"
_SAID = "you said so"
_WHY_STRING = 'which days the strings count cannot be seen: "weekdays", "all" (weekends too) or "open" (calendar.csv)'


def _why_days(days: Days, given: Mapping[str, str]) -> str:
    if given.get("date_form"):
        return _SAID
    if days.form:
        return (
            f"each day that was looked at ({days.different} different) is written so, and can be read in no other way"
        )
    if days.forms:
        return f"which number is the day is never guessed. Fill in one of: {', '.join(days.forms)}"
    return "no day was found in a form that is known. Fill in how days are written"


def _why_key(found: Proposal) -> str:
    heading = found.layout.headings.fields[found.columns.where[found.columns.key]].strip()
    return f"by {heading} a pupil is the same in every file; files beside this one must have it too"


def _previews(found: Proposal, path: Path, begun: str) -> list[Preview]:
    """One, or one for each form in which days may be written."""
    settings = {setting.key: setting.value for setting in found.settings}
    if settings.get("string_days") == "":
        return []
    if settings["shape"] == "folder":
        return [preview(path, found.sample, begun, settings)]
    forms = [settings["date_form"]] if settings["date_form"] else found.days.forms
    return [preview(path, found.sample, begun, {**settings, "date_form": form}) for form in forms]


def _loaded(found: Proposal, path: Path) -> Mapping[str, Any]:
    """The settings as a source has them, anything where a person has not yet said which."""
    from rollbook_csv.settings import CsvSettings

    settings = {setting.key: setting.value for setting in found.settings}
    anything = {"date_form": "yyyy-mm-dd", "string_days": "weekdays"}
    filled = {key: value or anything.get(key, value) for key, value in settings.items()}
    loaded: Mapping[str, Any] = CsvSettings().load({**filled, "folder": str(path.parent)})
    return loaded
