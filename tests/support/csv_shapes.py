"""Registers of CSV files in their several shapes, for the tests: one register, its days, and short ways to read it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from rollbook.tables.schemas import Table
from support.csv_files import drop, marks_of, rejects, rows

MON, TUE, WED, THU, FRI = (date(2026, 11, day) for day in (2, 3, 4, 5, 6))
NEXT_MON = date(2026, 11, 9)
REGISTER = [("001", MON, "AM", "/"), ("001", MON, "PM", "\\"), ("001", TUE, "AM", "C1")]
OTHER = [("002", MON, "AM", "-"), ("002", MON, "PM", "#"), ("002", TUE, "AM", "="), ("002", TUE, "PM", "+")]
CALENDAR = "Date,AM/PM,Open\n" + "".join(
    f"{day:02d}/11/2026,{half},{'no' if day == 4 else 'yes'}\n" for day in (2, 3, 4, 5, 6) for half in ("AM", "PM")
)


def grid(headings: str, *lines: str) -> str:
    return "\n".join([f"Adno,{headings}", *lines, ""])


def string(*lines: str, headings: str = "Adno,Start Date,Marks") -> str:
    return "\n".join([headings, *lines, ""])


def given(folder: Path, text: str, **settings: Any) -> list[tuple[Any, ...]]:
    return marks_of(rows(Table.MARKS, drop(folder, marks=text), **settings))


def reasons(folder: Path, text: str, **settings: Any) -> list[str]:
    return [f"{reject.place}, {reject.reason}" for reject in rejects(Table.MARKS, drop(folder, marks=text), **settings)]
