"""The folder form: canonical tables in CSV, as `rollbook evaluate` reads them, of one school or several."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
from marshmallow import ValidationError

from rollbook.contract import FixSettings, SchoolRef
from rollbook.tables.checks import urn_problem
from rollbook_csv import decode, files, records
from rollbook_csv.headings import plain
from rollbook_csv.reading import Reading

SHAPE = "folder"
FILES = ("schools.csv", "sessions.csv", "pupils.csv", "roll.csv", "marks.csv")  # without these it is none
_FIXED: Mapping[str, Any] = {
    "date_form": "yyyy-mm-dd",
    "encoding": "utf-8",
    "delimiter": ",",
    "key": "adno",
    "columns": {"adno": "pupil", "urn": "school"},
    "calendar": "sessions.csv",
}


def filled(given: Mapping[str, Any]) -> dict[str, Any]:
    """Settings with those that this form fixes, where it is stated. Raises ValidationError for one that differs."""
    if given.get("shape") != SHAPE:
        return dict(given)
    strays = [key for key, value in _FIXED.items() if key in given and given[key] != value]
    if strays:
        text = f'take it out: shape = "{SHAPE}" fixes it, as its files are always written alike'
        raise ValidationError({key: [text] for key in strays})
    return {**given, **_FIXED}


def schools(settings: Mapping[str, Any]) -> list[SchoolRef]:
    """The schools of the folder; where `urn` is set, that one alone. Raises RetryLater, FixSettings."""
    taken = files.read(files.required(settings["folder"], "schools.csv"))
    text, whole = decode.decode(taken, "utf-8"), settings["final_line_break"]
    found = records.split(text, ",", taken.name, final_line_break=whole)
    for line, reason in found.bad.select(records.LINE, "reason").iter_rows():
        raise FixSettings(f"{taken.name}, line {line}: the row {reason}. A school could be missing: nothing was used.")
    names = [plain(heading) for heading in found.headings]
    if "school" not in names:
        raise FixSettings(f"{taken.name} has no column school, which holds the URN of each.")
    urns = found.fields[str(names.index("school"))].str.strip_chars()
    titles = found.fields[str(names.index("name"))] if "name" in names else urns
    listed = dict(zip(urns, titles, strict=True))
    for line, urn in zip(found.fields["line"], urns, strict=True):
        if urn_problem(urn):
            raise FixSettings(f"{taken.name}, line {line}: the column school has no URN, which has 6 digits.")
    return [SchoolRef(urn, name, int(urn)) for urn, name in listed.items() if settings["urn"] in (None, urn)]


def check_asked(settings: Mapping[str, Any], school: SchoolRef) -> None:
    """Raises FixSettings when the folder does not hold that school, or the settings name another."""
    there = schools(settings)
    if school.urn is None or school.urn not in [one.urn for one in there]:
        known = ", ".join(one.key for one in there) or "none"
        raise FixSettings(
            f"The folder {settings['folder']} was asked for the school {school.urn or school.key}, and its schools.csv "
            f"has {known}. Correct `urn`, or the connection of that school."
        )


def keep_school(reading: Reading, school: SchoolRef) -> None:
    """Leave the rows of that school alone. Raises FixSettings when the file has no column `school`, or a row is blank
    in it: a row of nobody knows which school is a mark that could be lost.
    """
    reading.headings.require("urn", hint="Every file of the folder form has a column school, with its URN.")
    own = pl.col("urn").str.strip_chars()
    strange = reading.rows.filter(~own.str.contains("^[1-9][0-9]{5}$"))
    if strange.height:
        raise FixSettings(
            f"{reading.file}, line {strange['line'][0]}: the column school has no URN, which has 6 digits. Nothing of "
            f"the file was used."
        )
    reading.rows = reading.rows.filter(own == str(school.urn))
    reading.total = reading.rows.height + reading.lost
