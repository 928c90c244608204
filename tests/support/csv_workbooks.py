"""Workbooks of marks in a folder, for the tests of the CSV source."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rollbook.tables.schemas import Table
from support.csv_files import marks_of, rows
from support.workbooks import Cell, Rows, workbook

HEADINGS = ["Adno", "Date", "AM/PM", "Mark"]
DAY = date(2026, 11, 2)
KINDS = pytest.mark.parametrize("kind", ["xlsx", "ods"])
BLANK_ROWS = (
    '<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="16384"/>'
    "</table:table-row>"
)


def saved(folder: Path, kind: str, *lines: list[Cell], headings: list[Cell] | None = None, **more: Any) -> Path:
    """The folder with those rows of marks under the headings."""
    folder.mkdir(parents=True, exist_ok=True)
    given: Rows = [headings or [*HEADINGS], *lines]
    (folder / f"marks.{kind}").write_bytes(workbook(kind, given, **more))
    return folder


def marks(folder: Path, kind: str = "xlsx", **settings: Any) -> list[tuple[Any, ...]]:
    return marks_of(rows(Table.MARKS, folder, marks=f"marks.{kind}", **settings))


def edit(path: Path, part: str, old: str, new: str) -> None:
    """The workbook with something else in one of its parts."""

    def replaced(text: str) -> str:
        assert old in text
        return text.replace(old, new)

    rewrite(path, part, replaced)


def rewrite(path: Path, part: str, written: Callable[[str], str]) -> None:
    """The workbook with one of its parts written otherwise."""
    with zipfile.ZipFile(path) as read:
        parts = {name: read.read(name) for name in read.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as write:
        for name, data in parts.items():
            write.writestr(name, written(data.decode()) if name == part else data)


def add(path: Path, part: str, text: str) -> None:
    """The workbook with one part more."""
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as write:
        write.writestr(part, text)
