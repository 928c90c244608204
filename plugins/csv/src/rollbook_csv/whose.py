"""Whose a file is, by what it says itself: one of another school in the wrong folder must not become a register."""

from __future__ import annotations

import polars as pl

from rollbook.contract import FixSettings
from rollbook.tables.keys import lacks_zeros, strangers
from rollbook_csv import values
from rollbook_csv.reading import Reading

ENOUGH_UPNS = 20


def check_school(reading: Reading, urn: int | str | None) -> None:
    """Raises FixSettings when the file says, in a column of URNs or LAESTABs or by where its UPNs were issued, that it
    is another school's, or in one of application ids that it is of two: their pupils' numbers would be taken for one
    another's. `urn`: of this school, where it is known.
    """
    _check_one_school(reading)
    _check_upns(reading)
    own = {"urn": urn, "laestab": reading.settings["laestab"]}
    for field, ours in own.items():
        if ours is None or not reading.has(field) or reading.rows.is_empty():
            continue
        digits = pl.col(field).str.replace_all(r"[^0-9]", "")
        told = reading.rows.select("line", number=digits).filter(pl.col("number") != "")
        strange = told.filter(pl.col("number") != _digits(ours))
        if strange.height:
            raise FixSettings(
                f"{reading.file} is of another school: line {strange['line'][0]} has the {field.upper()} "
                f"{strange['number'][0][:7]}, and this school's is {ours}. Nothing of it was used: put each school's "
                f"files in its own folder."
            )


def none_known(marks: pl.Series, pupils: Reading) -> str:
    """What is wrong where no pupil of the marks is in the file of pupils, so that every mark would be set aside; blank
    where one is. marks: their keys as text. pupils: read, with its column `pupil`. No key is repeated.
    """
    named = pupils.rows["pupil"]
    number = strangers(marks, named)
    if not number:
        return ""
    return (
        f"None of the {number} pupils of the marks is in {pupils.file} by its column "
        f"{pupils.headings.heading('pupil')}, so that every mark would be set aside. {_why(marks, pupils)}"
    )


def _why(marks: pl.Series, pupils: Reading) -> str:
    named = pupils.rows["pupil"]
    which = "the marks" if lacks_zeros(marks, named) else pupils.file if lacks_zeros(named, marks) else ""
    if not which:
        return "Export both with the same number, and name its heading in `columns`."
    return (
        f"The numbers of {which} lack the zeros before them, which a spreadsheet program takes away: export that "
        f"file again, let no such program open and save it, and format that column of a workbook as text."
    )


def _check_one_school(reading: Reading) -> None:
    if not reading.has("application"):
        return
    told = reading.rows.select("line", name=values.text(pl.col("application"))).drop_nulls()
    other = told.filter(pl.col("name") != pl.col("name").first())
    if other.height:
        raise FixSettings(
            f"{reading.file} is of more than one school: line {other['line'][0]} has another "
            f"{reading.headings.heading('application')} than the line before it. Nothing of it was used: export each "
            f"school into its own folder."
        )


def _check_upns(reading: Reading) -> None:
    """Characters 2 to 8 of a UPN are the authority and the school that issued it (DfE's guide to UPNs).

    Pupils come from elsewhere, but seldom all of them, and most from one school.
    """
    laestab = reading.settings["laestab"]
    if laestab is None or reading.settings["other_upns"] or not reading.has("upn"):
        return
    upns = reading.rows.select(upn=values.text(pl.col("upn")).str.to_uppercase()).unique()["upn"]
    issuers = upns.filter(upns.str.contains("^[A-Z][0-9]{11}[0-9A-Z]$")).str.slice(1, 7)
    counts = issuers.value_counts(sort=True, name="pupils")
    if issuers.len() < ENOUGH_UPNS or _digits(laestab) in issuers or counts["pupils"][0] * 2 <= issuers.len():
        return
    other = counts[counts.columns[0]][0]
    raise FixSettings(
        f"{reading.file} seems to be of another school: of its {issuers.len()} UPNs, {counts['pupils'][0]} were issued "
        f"by {other[:3]}/{other[3:]} and none by {laestab}, which `laestab` says is this school. Nothing of it was "
        f"used: put each school's files in its own folder. If this school's pupils do all come from elsewhere, as in a "
        f"junior school, say so: other_upns = true."
    )


def _digits(number: int | str) -> str:
    return "".join(filter(str.isdigit, str(number)))
