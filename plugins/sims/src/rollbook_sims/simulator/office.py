"""What a school's SIMS holds, as the columns of its reports: captions and their quirks, from what is known of SIMS.

Nothing here is taken from the adapter. Some of the school's display codes are its own: about half of the illness is
`=`, and who is not expected in the afternoon because of his age has the sub-code `X01`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date

import polars as pl

from rollbook.tables.codes import Category, Code, all_codes
from rollbook.tables.schemas import Table
from rollbook.testing.schools import MadeSchool

REPORTS = ("marks", "pupils", "roll", "codes", "contacts")
GONE = "4999"
"""A person whom the reports select and of whom they have nothing: somebody who left years ago."""
_PEOPLE = {
    "former_upn": "Former UPN",
    "surname": "Legal Surname",
    "forename": "Legal Forename",
    "preferred_surname": "Preferred Surname",
    "preferred_forename": "Preferred Forename",
    "dob": "DOB",
    "sex": "Sex",
    "address": "Address",
    "postcode": "Postcode",
}
_SPELLS = {"from": "Admission Date", "to": "Leaving Date", "year_group": "Year", "class_name": "Reg"} | {
    "boarder": "Boarder",
    "destination": "Destination URN",
    "ground": "Ground for Deletion",
}
_CONTACTS = {
    "name": "Contact Name",
    "relationship": "Relationship",
    "priority": "Priority",
    "lives_with": "Lives With",
    "address": "Contact Address",
    "postcode": "Contact Postcode",
    "telephone": "Telephone",
    "email": "Email",
}
# What SIMS says of a code in words: of the day's register, and in statistics.
_WORDS: Mapping[Category, tuple[str, str]] = {
    Category.PRESENT: ("Present", "Present"),
    Category.APPROVED_ACTIVITY: ("Out for whole session", "Approved educational activity"),
    Category.AUTHORISED: ("Out for whole session", "Authorised absence"),
    Category.UNAUTHORISED: ("Out for whole session", "Unauthorised absence"),
    Category.UNABLE_TO_ATTEND: ("Out for whole session", "Unable to attend"),
    Category.NOT_REQUIRED: ("Out for whole session", "Attendance not required"),
    Category.DUAL: ("Out for whole session", "Approved educational activity"),
}


class Office:
    """A made-up school's reports on an evening. `without`: those of REPORTS that nobody has built."""

    def __init__(self, school: MadeSchool, without: Collection[str] = ()) -> None:
        self.school = school
        self.offered = [name for name in REPORTS if name not in without]

    def reports(self, evening: date) -> dict[str, pl.DataFrame]:
        """Each report that is offered: a column for each caption, `PersonID` beside the pair `multiple_id`."""
        held = self.school.known_on(evening)
        made: Mapping[str, Callable[[dict[Table, pl.DataFrame]], pl.DataFrame]] = {
            "marks": self._marks,
            "pupils": self._pupils,
            "roll": self._roll,
            "codes": lambda _: codes(),
            "contacts": self._contacts,
        }
        return {name: made[name](held) for name in self.offered}

    def readable(self, evening: date) -> dict[Table, pl.DataFrame]:
        """What of the school's tables these reports tell, with the national code of each mark."""
        held = self.school.known_on(evening)
        told = {Table.PUPILS, Table.ROLL, Table.MARKS} | ({Table.CONTACTS} if "contacts" in self.offered else set())
        return {table: rows for table, rows in held.items() if table in told}

    def _marks(self, held: dict[Table, pl.DataFrame]) -> pl.DataFrame:
        rows = held[Table.MARKS].filter(pl.col("code") != "")
        rows = rows.join(held[Table.PUPILS].select("pupil", "upn"), on="pupil", how="left", maintain_order="left")
        listed = _in_words(rows["code"])
        told = _numbered(rows).with_columns(self._written()).join(listed, on="code", how="left", maintain_order="left")
        columns = {"upn": "UPN", "pupil": "Adno", "date": "Date", "session": "AM/PM", "own": "Mark"} | {
            "sub_code": "Subcode",
            "school": "school",
            "statistical": "statistical",
        }
        return _with_outer_rows(_captioned(told, columns), held)

    def _written(self) -> list[pl.Expr]:
        """How the school writes each mark, with its own codes where it has a report of them."""
        code, nothing = pl.col("code"), pl.lit(None, dtype=pl.String)
        if "codes" not in self.offered:
            return [code.alias("own"), nothing.alias("sub_code")]
        phoned_in = (pl.col("pupil").cast(pl.Int64) + pl.col("date").dt.ordinal_day()) % 2 == 0
        by_age = (code == "X") & (pl.col("session") == "PM")
        return [
            pl.when((code == "I") & phoned_in).then(pl.lit("=")).otherwise(code).alias("own"),
            pl.when(by_age).then(pl.lit("X01")).otherwise(nothing).alias("sub_code"),
        ]

    def _pupils(self, held: dict[Table, pl.DataFrame]) -> pl.DataFrame:
        columns = {"upn": "UPN", "pupil": "Adno"} | _PEOPLE
        rows = held[Table.PUPILS]
        if "roll" not in self.offered:
            rows = rows.join(held[Table.ROLL], on="pupil", how="left", maintain_order="left")
            columns |= _SPELLS
        told = _captioned(_spelt(rows), columns).drop("multiple_id")
        return told.select(pl.col("PersonID").alias("primary_id"), pl.all())

    def _roll(self, held: dict[Table, pl.DataFrame]) -> pl.DataFrame:
        rows = held[Table.ROLL].join(held[Table.PUPILS].select("pupil", "upn"), on="pupil", how="left")
        return _captioned(_spelt(_numbered(rows)), {"upn": "UPN", "pupil": "Adno"} | _SPELLS)

    def _contacts(self, held: dict[Table, pl.DataFrame]) -> pl.DataFrame:
        rows = held[Table.CONTACTS].join(held[Table.PUPILS].select("pupil", "upn"), on="pupil", how="left")
        told = _captioned(_spelt(_numbered(rows)), {"upn": "UPN", "pupil": "Adno"} | _CONTACTS)
        return _with_outer_rows(told, held)


def codes() -> pl.DataFrame:
    """The school's own table of codes: the national ones, the school's, and one that was put away in 2022."""
    national = {code.code: code for code in all_codes() if code.category is not Category.COVID}
    no_mark = ("-", None, "All should attend / No mark recorded", "No mark for session", "No mark", True, True, "-")
    rows: list[tuple[str | bool | None, ...]] = [no_mark]
    for letter, code in national.items():
        physical, statistical = _WORDS[code.category]
        active = code.last.year > 2900
        rows.append((letter, None, _in_full(code), physical, statistical, False, active, letter))
    ill, not_due = _WORDS[Category.AUTHORISED], _WORDS[Category.NOT_REQUIRED]
    rows.append(("=", None, "Illness (phoned in)", *ill, False, True, "I"))
    rows.append(("X", "X01", "Not of compulsory school age", *not_due, False, True, "X"))
    rows.append(("9", None, "Shielding due to Covid 19", *not_due, True, False, "Y"))
    names = ["SIMS_Display_Code", "Subcode", "SIMS_Display_Description", "Physical_Mapping_Description"]
    names += ["Statistical_Mapping_Description", "Is_Restricted", "Is_Active", "Statutory_Return_Code"]
    table = pl.DataFrame(rows, schema=names, orient="row")
    said = pl.col("Is_Restricted", "Is_Active").cast(pl.Int8).cast(pl.String)
    numbers = pl.int_range(27, 27 + pl.len()).cast(pl.String).alias("Attendance_Code_ID")
    return table.select(numbers, *names).with_columns(said)


def person() -> pl.Expr:
    """A person's number in SIMS, which is none of his others."""
    return (pl.col("pupil").cast(pl.Int64) + 5417).cast(pl.String)


def _numbered(rows: pl.DataFrame) -> pl.DataFrame:
    """With the number of each row, which the pair `multiple_id` ends with."""
    return rows.with_columns(row=pl.int_range(100001, 100001 + pl.len()).cast(pl.String))


def _captioned(rows: pl.DataFrame, captions: Mapping[str, str]) -> pl.DataFrame:
    """Those columns under their captions, after the person's number and the pair of it and the row's."""
    row = pl.col("row") if "row" in rows.columns else pl.lit("1")
    who = [person().alias("PersonID"), pl.concat_str(person(), pl.lit(","), row).alias("multiple_id")]
    return rows.select(*who, *(pl.col(name).alias(caption) for name, caption in captions.items()))


def _with_outer_rows(told: pl.DataFrame, held: dict[Table, pl.DataFrame]) -> pl.DataFrame:
    """With a row of nothing for whoever has no row of his own, as a report of two tables has them."""
    everybody = held[Table.PUPILS].select(PersonID=person(), Adno="pupil", UPN="upn")
    bare = everybody.join(told, on="PersonID", how="anti")
    gone = pl.DataFrame({"PersonID": [GONE]})
    outer = pl.concat([bare, gone], how="diagonal").with_columns(
        multiple_id=pl.concat_str(pl.col("PersonID"), pl.lit(",0"))
    )
    return pl.concat([told, outer], how="diagonal")


def _spelt(rows: pl.DataFrame) -> pl.DataFrame:
    """Year groups with two spaces, and what is true or false as SIMS writes it."""
    written = [
        pl.when(pl.col(name)).then(pl.lit("T")).when(~pl.col(name)).then(pl.lit("F")).alias(name)
        for name, kind in rows.schema.items()
        if kind == pl.Boolean
    ]
    if "priority" in rows.columns:
        written.append(pl.col("priority").cast(pl.String))
    if "year_group" in rows.columns:
        year = pl.concat_str(pl.lit("Year  "), pl.col("year_group").cast(pl.String))
        named = {-1: "Nursery", 0: "Reception"}
        written.append(pl.col("year_group").replace_strict(named, default=year, return_dtype=pl.String))
    return rows.with_columns(written)


def _in_words(marks: pl.Series) -> pl.DataFrame:
    """What SIMS says of each mark in words, for the school and for statistics; nothing of one that is no code."""
    national = {code.code: code for code in all_codes() if code.category is not Category.COVID}
    rows = [
        (mark, _in_full(national[mark]), _WORDS[national[mark].category][1])
        for mark in marks.unique().to_list()
        if mark in national
    ]
    return pl.DataFrame([("-", "No mark", "No mark"), *rows], schema=["code", "school", "statistical"], orient="row")


def _in_full(code: Code) -> str:
    return code.title[:1].upper() + code.title[1:]
