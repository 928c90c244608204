"""Common Transfer Files in the folder of a CSV connection, and what the source gives of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from rollbook.contract import Reject
from rollbook.tables.schemas import Table
from support.csv_files import drop, marks_file, rejects, rows
from support.ctf_files import SURNAME, UPN

OTHER = "Q801200005002"
PUPILS = f"Adno,UPN,Former UPN,Surname,Forename,DOB\n001,{UPN},,{SURNAME},Pat,10/03/2014\n002,,,Other,Sam,11/03/2014\n"
MONDAY = date(2026, 11, 2)
OWN: dict[str, Any] = {"laestab": "801/3000"}


def dropped(folder: Path) -> Path:
    """The files of a school with two pupils, without a CTF."""
    return drop(folder, pupils=PUPILS, marks=marks_file("001,02/11/2026,AM,/"))


def told(folder: Path, **settings: Any) -> list[tuple[Any, ...]]:
    """The rows of the page, as tuples."""
    return rows(Table.ELSEWHERE, folder, **(OWN | settings)).rows()


def why(folder: Path, **settings: Any) -> str:
    """The one reason for which something was set aside, where no mark was given. It names nobody."""
    (reject,) = rejects(Table.ELSEWHERE, folder, **(OWN | settings))
    assert told(folder, **settings) == []
    names_nobody(reject)
    return reject.reason


def names_nobody(reject: Reject) -> None:
    """Assert so."""
    assert SURNAME not in str(reject)
    assert UPN not in str(reject)


def codes(folder: Path, **settings: Any) -> dict[date, str]:
    """The marks of each day, morning and afternoon together."""
    found: dict[date, str] = {}
    for _, _, day, _, code in sorted(told(folder, **settings), key=lambda row: (row[2], row[3])):
        found[day] = found.get(day, "") + code
    return found
