"""Folders of exported files for the tests of the CSV source, and short ways to read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from rollbook.contract import Client, Done, Page, Problem, Reject, SchoolRef, Window
from rollbook.tables.schemas import Table
from rollbook_csv.source import CsvSource

SCHOOL = SchoolRef("900001", "Larkspur Primary School", 900001)
TERM = Window(date(2026, 9, 1), date(2026, 12, 18))
HEADINGS = "Adno,Date,AM/PM,Mark"
SURNAME, UPN = "Fennimore", "B801200005001"
PUPILS = "Adno,UPN,Surname,Forename,DOB\n001234,,O’Neill,Zoë,10/03/2014\n"
ROLL = "Adno,From,To,Year,Reg\n001234,03/09/2025,,Year  6,6A\n"


def drop(folder: Path, **files: str | bytes) -> Path:
    """Write `marks="..."` as marks.csv and so on; text as UTF-8, its line breaks as they stand."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, contents in files.items():
        data = contents.encode() if isinstance(contents, str) else contents
        (folder / f"{name}.csv").write_bytes(data)
    return folder


def source(folder: Path, **settings: Any) -> CsvSource:
    """The source on that folder, in the default profile but for `settings`."""
    given = {"folder": str(folder), "date_form": "dd/mm/yyyy", **settings}
    return CsvSource(CsvSource.Settings().load(given), Client())


def pull(
    table: Table, folder: Path, *, school: SchoolRef = SCHOOL, window: Window = TERM, **settings: Any
) -> tuple[list[Page], Done]:
    """The pages of a table, and what came last."""
    *found, done = source(folder, **settings).pull(table, school, window, None)
    assert isinstance(done, Done)
    return [page for page in found if isinstance(page, Page)], done


def taken(
    folder: Path, before: Mapping[str, Any] | None, *, window: Window = TERM, **settings: Any
) -> Mapping[str, Any]:
    """What is remembered of the marks after a pull that remembered `before`."""
    *_, done = source(folder, **settings).pull(Table.MARKS, SCHOOL, window, before)
    assert isinstance(done, Done)
    return done.checkpoint


def rows(table: Table, folder: Path, **settings: Any) -> pl.DataFrame:
    """The rows of a table, of all its pages."""
    return pl.concat([page.rows for page in pull(table, folder, **settings)[0]])


def rejects(table: Table, folder: Path, **settings: Any) -> list[Reject]:
    """What was set aside, of all pages."""
    return [reject for page in pull(table, folder, **settings)[0] for reject in page.rejects]


def refused(kind: type[Problem], folder: Path, table: Table = Table.MARKS, **settings: Any) -> str:
    """The sentence with which the pull is refused. It names nobody."""
    with pytest.raises(kind) as caught:
        pull(table, folder, **settings)
    assert type(caught.value) is kind
    assert SURNAME not in caught.value.sentence + caught.value.detail
    assert UPN not in caught.value.sentence + caught.value.detail
    return caught.value.sentence


def marks_file(*lines: str, headings: str = HEADINGS) -> str:
    """A file of marks: the headings and those lines."""
    return "\n".join([headings, *lines, ""])


def good_lines(count: int) -> list[str]:
    """That many rows of marks with nothing wrong, each of another pupil."""
    return [f"{n:06d},02/11/2026,AM,/" for n in range(count)]


def marks_of(frame: pl.DataFrame) -> list[tuple[Any, ...]]:
    """Each mark as (pupil, date, session, code)."""
    return frame.select("pupil", "date", "session", "code").rows()


def columns(**named: str) -> Mapping[str, Mapping[str, str]]:
    """The setting `columns`."""
    return {"columns": named}


def not_a_month_apart(days: Iterable[date]) -> bool:
    """Whether no program can have made these days of those of one month: such a register is refused."""
    known = set(days)
    return len(known) < 3 or len({day.day for day in known}) > 1
