"""A school's office that exports its files every evening: a stand-in. Needs `rollbook-csv[simulator]`.

With it come the Common Transfer Files of pupils who were at another school.

Every source's simulator has this form, so that whoever uses one need not know which:

    simulator = CsvSimulator(folder, school)   # a folder of its own, and a `rollbook.testing.schools.MadeSchool`
    simulator.settings                         # the connection's settings, as a table of TOML holds them
    simulator.publish(evening)                 # from now on the source gives what the MIS holds at that day's end
    simulator.close()                          # ends whatever it started; twice does no harm
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

import polars as pl

from rollbook.tables.schemas import Table
from rollbook.testing.schools import MadeSchool
from rollbook_csv.simulator_ctf import transfers

# For each file, the columns of the made-up school's table and the headings that it gives them.
FILES: Mapping[Table, tuple[str, Mapping[str, str]]] = {
    Table.MARKS: ("marks.csv", {"pupil": "Adno", "date": "Date", "session": "AM/PM", "code": "Mark"}),
    Table.PUPILS: (
        "pupils.csv",
        {
            "pupil": "Adno",
            "upn": "UPN",
            "former_upn": "Former UPN",
            "surname": "Legal Surname",
            "forename": "Legal Forename",
            "dob": "DOB",
            "sex": "Sex",
            "address": "Address",
            "postcode": "Postcode",
            "home_la": "Home LA",
        },
    ),
    Table.ROLL: (
        "roll.csv",
        {"pupil": "Adno", "from": "From", "to": "To", "year_group": "Year", "class_name": "Reg", "boarder": "Boarder"}
        | {"destination": "Destination", "ground": "Ground"},
    ),
    Table.SESSIONS: ("calendar.csv", {"date": "Date", "session": "AM/PM", "open": "Open"}),
    Table.CONTACTS: (
        "contacts.csv",
        {
            "pupil": "Adno",
            "name": "Name",
            "relationship": "Relationship",
            "priority": "Priority",
            "lives_with": "Lives With",
            "address": "Address",
            "postcode": "Postcode",
            "telephone": "Telephone",
            "email": "Email",
        },
    ),
    Table.LEAVE: ("leave.csv", {"pupil": "Adno", "from": "From", "to": "To"}),
    Table.NOTICES: (
        "notices.csv",
        {"pupil": "Adno", "parent": "Parent", "issued": "Issued", "outcome": "Outcome", "kind": "Kind", "ends": "Ends"},
    ),
    Table.FLAGS: (
        "flags.csv",
        {"pupil": "Adno", "flag": "Flag", "from": "From", "to": "To", "authority": "Authority"},
    ),
    Table.CONTACT_LOG: (
        "contact_log.csv",
        {"pupil": "Adno", "date": "Date", "type": "Type", "by": "By", "to": "To", "outcome": "Outcome"},
    ),
}


class CsvSimulator:
    """Writes a made-up school's export into `folder`, in the default profile: UTF-8, commas, days as dd/mm/yyyy.

    shape: that of the register, as the setting of that name has it; a class of its own for each.
    """

    shape: ClassVar[str] = "mark"
    more: ClassVar[Mapping[str, Any]] = {}  # settings that the shape needs beside

    def __init__(self, folder: Path, school: MadeSchool) -> None:
        self.folder = folder
        self.school = school
        self.settings: dict[str, Any] = {
            "folder": str(folder.resolve()),
            "date_form": "dd/mm/yyyy",
            "urn": str(school.urn),
            "ctf_days": "all",
        }
        if self.shape != "mark":
            self.settings |= {"shape": self.shape, **self.more}

    def publish(self, evening: date) -> None:
        """Write every file as the MIS holds it at the end of that day. A file is complete when it has its name."""
        self.folder.mkdir(parents=True, exist_ok=True)
        held = self.school.known_on(evening)
        for old in self.folder.glob("*_CTF_*.xml"):
            old.unlink()
        for number, (where, data) in enumerate(transfers(self.school, held, evening), start=1):
            to = self.school.laestab.replace("/", "")
            (self.folder / f"{where}_CTF_{to}_{number:03d}.xml").write_bytes(data)
        for name, text in self.written(held):
            part = self.folder / f"{name}.part"
            part.write_text(text, encoding="utf-8", newline="")
            part.replace(self.folder / name)

    def written(self, held: Mapping[Table, pl.DataFrame]) -> Iterator[tuple[str, str]]:
        """The name and the text of each file."""
        for table, (name, headings) in FILES.items():
            given = held[table].select(list(headings)).rename(dict(headings))
            yield name, _csv(self.shaped(given) if table is Table.MARKS else given)

    def shaped(self, marks: pl.DataFrame) -> pl.DataFrame:
        """The register, of which `marks` has a row for each mark, as this system exports it."""
        return marks

    def close(self) -> None:
        """Nothing runs: there is nothing to end."""


class DaySimulator(CsvSimulator):
    """An export with a row for each pupil and day."""

    shape = "day"

    def shaped(self, marks: pl.DataFrame) -> pl.DataFrame:
        """Columns for morning and afternoon."""
        days = marks.pivot("AM/PM", index=["Adno", "Date"], values="Mark", aggregate_function="last")
        return days.select("Adno", "Date", *(_column(days, session) for session in ("AM", "PM")))


class GridSimulator(CsvSimulator):
    """An export with a row for each pupil and a column for each session."""

    shape = "grid"

    def shaped(self, marks: pl.DataFrame) -> pl.DataFrame:
        """Columns headed by day and session."""
        headed = marks.sort("Date", "AM/PM").with_columns(
            heading=pl.col("Date").dt.strftime("%d/%m/%Y") + " " + pl.col("AM/PM")
        )
        return headed.pivot("heading", index="Adno", values="Mark", aggregate_function="last")


class StringSimulator(CsvSimulator):
    """An export with a string of marks for each pupil, as CTF 24 writes them: commas between, weekends left out."""

    shape = "string"
    more: ClassVar[Mapping[str, Any]] = {"string_days": "weekdays"}

    def shaped(self, marks: pl.DataFrame) -> pl.DataFrame:
        """Each pupil's string runs from the first weekday of the export to its last."""
        if marks.is_empty():
            return marks.select("Adno", pl.col("Date").alias("Start Date"), pl.col("Mark").alias("Marks"))
        days = marks.select(pl.date_range(pl.col("Date").min(), pl.col("Date").max()).alias("Date"))
        days = days.filter(pl.col("Date").dt.weekday() < 6)
        slots = marks.select(pl.col("Adno").unique(maintain_order=True)).join(days, how="cross")
        slots = slots.join(pl.DataFrame({"AM/PM": ["AM", "PM"]}), how="cross", maintain_order="left_right")
        one = marks.unique(["Adno", "Date", "AM/PM"], keep="last")
        filled = slots.join(one, on=["Adno", "Date", "AM/PM"], how="left", maintain_order="left")
        parts = filled.with_columns(pl.col("Mark").fill_null(""))
        joined = parts.group_by("Adno", maintain_order=True).agg(
            pl.col("Date").first().alias("Start Date"), pl.col("Mark").str.join(",").alias("Marks")
        )
        return joined.select("Adno", "Start Date", "Marks")


def _column(frame: pl.DataFrame, name: str) -> pl.Expr:
    return pl.col(name) if name in frame.columns else pl.lit("").alias(name)


def _csv(rows: pl.DataFrame) -> str:
    if "Year" in rows.columns:
        named = {-1: "Nursery", 0: "Reception"}
        year = pl.concat_str(pl.lit("Year  "), pl.col("Year").cast(pl.String))  # two spaces, as SIMS has it
        rows = rows.with_columns(pl.col("Year").replace_strict(named, default=year, return_dtype=pl.String))
    return rows.write_csv(date_format="%d/%m/%Y", line_terminator="\r\n")
