"""A school's office that exports its files every evening: a stand-in. Needs `rollbook-csv[simulator]`.

Every source's simulator has this form, so that whoever uses one need not know which:

    simulator = CsvSimulator(folder, school)   # a folder of its own, and a `rollbook.testing.schools.MadeSchool`
    simulator.settings                         # the connection's settings, as a table of TOML holds them
    simulator.publish(evening)                 # from now on the source gives what the MIS holds at that day's end
    simulator.close()                          # ends whatever it started; twice does no harm
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from rollbook.tables.schemas import Table
from rollbook.testing.schools import MadeSchool

# For each file, the columns of the made-up school's table and the headings that it gives them.
_FILES: Mapping[Table, tuple[str, Mapping[str, str]]] = {
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
    """Writes a made-up school's export into `folder`, in the default profile: UTF-8, commas, days as dd/mm/yyyy."""

    def __init__(self, folder: Path, school: MadeSchool) -> None:
        self.folder = folder
        self.school = school
        self.settings: dict[str, Any] = {
            "folder": str(folder.resolve()),
            "date_form": "dd/mm/yyyy",
            "urn": str(school.urn),
        }

    def publish(self, evening: date) -> None:
        """Write every file as the MIS holds it at the end of that day. A file is complete when it has its name."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for table, rows in self.school.known_on(evening).items():
            name, headings = _FILES[table]
            part = self.folder / f"{name}.part"
            part.write_text(_csv(rows.select(list(headings)).rename(dict(headings))), encoding="utf-8", newline="")
            part.replace(self.folder / name)

    def close(self) -> None:
        """Nothing runs: there is nothing to end."""


def _csv(rows: pl.DataFrame) -> str:
    if "Year" in rows.columns:
        named = {-1: "Nursery", 0: "Reception"}
        year = pl.concat_str(pl.lit("Year  "), pl.col("Year").cast(pl.String))  # two spaces, as SIMS has it
        rows = rows.with_columns(pl.col("Year").replace_strict(named, default=year, return_dtype=pl.String))
    return rows.write_csv(date_format="%d/%m/%Y", line_terminator="\r\n")
