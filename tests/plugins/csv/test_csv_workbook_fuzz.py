"""Marks written in a workbook are read back exactly, and a damaged one yields none that was not there."""

from __future__ import annotations

import re
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from rollbook.contract import FixSettings, Page, RetryLater, Window
from rollbook.tables.schemas import Table
from rollbook_csv import sheets
from support.csv_files import SCHOOL, UPN, marks_of, not_a_month_apart, source
from support.csv_workbooks import DAY, HEADINGS
from support.workbooks import Cell, workbook


def _is_a_mark(text: str) -> bool:
    """Text as a cell may hold it: without space around it, and no formula's error, which is set aside."""
    return text == text.strip() and re.match(sheets.ERRORS, text) is None


WRITTEN = st.lists(
    st.tuples(
        st.one_of(st.text("0123456789ABé\"',;|#\\", min_size=1, max_size=8), st.integers(0, 10**9)),
        st.integers(0, 4000),
        st.sampled_from(["AM", "PM"]),
        st.text("/\\#-=+@ABCIJLNOUYZ0129 '\",;|\téëü", max_size=6).filter(_is_a_mark),
    ),
    min_size=1,
    max_size=12,
).filter(lambda marks: not_a_month_apart(date(2020, 1, 1) + timedelta(days=mark[1]) for mark in marks))


def _read_back(contents: bytes, kind: str) -> list[tuple[Any, ...]]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / f"marks.{kind}").write_bytes(contents)
        window = Window(date(2020, 1, 1), date(2031, 1, 1))
        items = list(source(Path(folder), marks=f"marks.{kind}").pull(Table.MARKS, SCHOOL, window, None))
    return marks_of(pl.concat([item.rows for item in items if isinstance(item, Page)]))


@settings(max_examples=30, deadline=None)
@given(WRITTEN, st.sampled_from(["xlsx", "ods"]))
def test_marks_written_in_a_workbook_are_read_back_exactly(written: list[Any], kind: str) -> None:
    days = [date(2020, 1, 1) + timedelta(days=days) for _, days, _, _ in written]
    lines = [[key, day, session, mark] for day, (key, _, session, mark) in zip(days, written, strict=True)]
    meant = [(str(key), day, session, mark or None) for key, day, session, mark in lines]
    assert _read_back(workbook(kind, [HEADINGS, *lines]), kind) == meant


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(["xlsx", "ods"]), st.data())
def test_a_damaged_workbook_never_yields_a_mark_that_was_not_there(kind: str, data: st.DataObject) -> None:
    lines: list[list[Cell]] = [[f"{UPN}{n}", DAY, "AM", mark] for n, mark in enumerate("/\\IOCN")]
    whole = workbook(kind, [HEADINGS, *lines])
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(len(whole), start + 20)))
    damaged = whole[:start] + data.draw(st.binary(max_size=12)) + whole[end:]
    try:
        found = _read_back(damaged, kind)
    except (FixSettings, RetryLater):
        return
    assert found == [tuple(line) for line in lines]
