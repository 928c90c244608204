"""Live Feeds: reports that somebody at the school saved, with the headings that they chose."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from rollbook.tables.schemas import Table

_PUPILS = {
    "pupil": "Arbor Student ID",
    "upn": "UPN",
    "former_upn": "Former UPN",
    "surname": "Legal Last Name",
    "forename": "Legal First Name",
    "preferred_surname": "Preferred Last Name",
    "preferred_forename": "Preferred First Name",
    "dob": "Date of Birth",
    "sex": "Sex",
    "address": "Address",
    "postcode": "Postcode",
    "year_group": "Year Group",
    "class_name": "Registration Form",
    "from": "Entry Date",
    "to": "Leaving Date",
}
_NAMED = {-1: "Nursery", 0: "Reception"}
_MARKS = {"pupil": "Arbor Student ID", "date": "Date", "session": "Session", "code": "Mark"}
_SESSIONS = {"date": "Date", "session": "Session", "open": "Open"}
_CONTACTS = {
    "pupil": "Arbor Student ID",
    "name": "Guardian Name",
    "relationship": "Relationship",
    "priority": "Emergency Contact Priority",
    "lives_with": "Lives With Student",
    "address": "Guardian Address",
    "postcode": "Guardian Postcode",
    "telephone": "Guardian Phone Number",
    "email": "Guardian Email Address",
}


@dataclass(frozen=True)
class Report:
    """A saved report: its number and its hash, which is a secret."""

    name: str
    number: int
    hash: str

    def path(self, form: str = "json") -> str:
        """Under the host, without a slash before it."""
        return f"data-export/export/id/{self.number}/h/{self.hash}/format/{form}/v/2/"


def reports(urn: int) -> dict[str, Report]:
    """The reports of a school: pupils (with where they are on the roll), marks, sessions, contacts."""
    return {
        name: Report(name, number, hashlib.sha256(f"{urn} {name}".encode()).hexdigest()[:40])
        for number, name in enumerate(_MADE, start=11)
    }


def rows_of(name: str, held: Mapping[Table, pl.DataFrame]) -> pl.DataFrame:
    """The rows of a report, by its headings: all of them text, days as dd/mm/yyyy."""
    return _MADE[name](held)


def _pupils(held: Mapping[Table, pl.DataFrame]) -> pl.DataFrame:
    """A pupil a row, with where they are on the roll."""
    year = pl.concat_str(pl.lit("Year "), pl.col("year_group").cast(pl.String))
    named = pl.col("year_group").replace_strict(_NAMED, default=year, return_dtype=pl.String)
    roll = held[Table.ROLL].with_columns(year_group=named)
    return _headed(held[Table.PUPILS].join(roll, on="pupil", how="left", maintain_order="left"), _PUPILS)


def _headed(rows: pl.DataFrame, headings: Mapping[str, str]) -> pl.DataFrame:
    days = [pl.col(name).dt.strftime("%d/%m/%Y") for name, kind in rows.schema.items() if kind == pl.Date]
    flags = [
        pl.when(name).then(pl.lit("Yes")).when(pl.col(name).not_()).then(pl.lit("No")).alias(name)
        for name, kind in rows.schema.items()
        if kind == pl.Boolean
    ]
    texts = rows.with_columns(days + flags).select(pl.col(list(headings)).cast(pl.String))
    return texts.rename(dict(headings)).fill_null("")


_MADE: Mapping[str, Callable[[Mapping[Table, pl.DataFrame]], pl.DataFrame]] = {
    "pupils": _pupils,
    "marks": lambda held: _headed(held[Table.MARKS], _MARKS),
    "sessions": lambda held: _headed(held[Table.SESSIONS], _SESSIONS),
    "contacts": lambda held: _headed(held[Table.CONTACTS], _CONTACTS),
}
