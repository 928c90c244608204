"""What a source needs beside the file of the marks before it has a register: `rollbook check` would refuse without."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rollbook.contract import FixSettings, Problem
from rollbook_csv import files
from rollbook_csv.headings import FIELDS, Headings
from rollbook_csv.profiling.days import judge
from rollbook_csv.profiling.sample import MOST
from rollbook_csv.sheets import is_workbook

if TYPE_CHECKING:
    from rollbook.tables.schemas import Table
    from rollbook_csv.reading import Reading

DISPROVED = "that cannot be in the form"
_PUPILS = ("pupils.csv", "pupils.xlsx", "pupils.ods", "students.csv", "students.xlsx", "students.ods")


def file_of_pupils(marks: Path) -> str:
    """The name of a file beside the marks that seems to be that of the pupils, and that must be named: blank when there
    is none, or it has the usual name.
    """
    try:
        found = [path.name for name in _PUPILS if (path := files.find(marks.parent, name)) and path.name != marks.name]
    except Problem:
        return ""
    return found[0] if found and found[0].casefold() != _PUPILS[0] else ""


def needed(settings: Mapping[str, Any], keys: Sequence[str], has_dob: bool, read: bool) -> Iterator[str]:
    """Each thing that is missing, with what to do. settings: of a source, its key too. keys: of the pupils in
    the marks, as far as they were looked at. has_dob: whether the marks have
    dates of birth. read: whether the settings are complete, so that rows can be read and not headings alone.
    """
    from rollbook_csv.pages import BESIDE

    for table, beside in BESIDE.items():
        try:
            path = files.find(settings["folder"], settings[beside.file])
            if path is not None:
                yield from _unread(path, table, settings, keys if read else None)
            elif beside.file == "pupils" and not has_dob:
                yield _no_pupils(settings)
        except Problem as problem:
            yield problem.sentence


def _no_pupils(settings: Mapping[str, Any]) -> str:
    named = {field: ", ".join(FIELDS["pupils"][field][:3]) for field in (settings["key"], "dob")}
    own = settings["columns"].get(settings["key"])
    columns = " and ".join(f"{field} ({own if own and field != 'dob' else usual})" for field, usual in named.items())
    return (
        f"Dates of birth are missing, without which compulsory school age is not known. Export a file "
        f"{settings['pupils']} into the folder of this one, with the columns {columns}, and names and addresses if "
        f"returns are to have them; or add the date of birth to this report."
    )


def _unread(path: Path, table: Table, settings: Mapping[str, Any], keys: Sequence[str] | None) -> Iterator[str]:
    """Raises FixSettings, RetryLater where a source would not take that file, as far as its first 2 MB show it; yields
    why it would be of no use. keys: None where its rows cannot be read yet.
    """
    import polars as pl

    from rollbook_csv import records, texts
    from rollbook_csv.pages import BESIDE, MAY_BE_EMPTY
    from rollbook_csv.reading import Reading
    from rollbook_csv.tables import page_of
    from rollbook_csv.whose import check_school, none_known

    name = BESIDE[table].file
    small = _size(path) <= MOST
    if keys is not None and small:
        reading = Reading(name, files.read(path), settings)
        if table not in MAY_BE_EMPTY:
            reading.require_rows()
        check_school(reading, None)
        if said := _days_against(reading, settings["date_form"]):
            yield said
            return
        page_of(table, reading, settings["key"])
        reading.rejects()
        if name == "pupils" and (wrong := none_known(pl.Series(keys, dtype=pl.String), reading)):
            yield wrong
        return
    if is_workbook(path.name) and not small:
        return
    text = texts.beginning_of(name, path, settings)
    headings = records.first_record(text, settings["delimiter"], path.name)
    found = Headings(name, path.name, headings, settings["columns"])
    found.require(*([] if name == "calendar" else [settings["key"]]), *BESIDE[table].needed)


def _days_against(reading: Reading, form: str) -> str:
    """That days of a file beside the marks cannot be in that form, of which a person said that all days are."""
    for field in reading.headings.where:
        days = judge(reading.rows[field].unique())
        if days.others <= days.different and (count := days.against(form)):
            return (
                f"{reading.file} has {count} different days under {reading.headings.heading(field)} {DISPROVED} "
                f"{form}: the other order is meant, or that file was exported otherwise. Every file of a "
                f"folder must write days alike."
            )
    return ""


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise FixSettings(f"{path.name} cannot be read ({error.strerror}): look at it, and try again.") from None
