"""Marks written in any dialect are read back exactly; a damaged file gives a Problem or fewer marks, never others."""

from __future__ import annotations

import csv
import io
import tempfile
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from rollbook.contract import Page, Problem, Window
from rollbook.tables.schemas import Table
from support.csv_files import SCHOOL, marks_of, not_a_month_apart, source

FORMS = {"dd/mm/yyyy": "%d/%m/%Y", "yyyy-mm-dd": "%Y-%m-%d", "dd mmm yyyy": "%d %b %Y"}
FIRST = date(2020, 1, 1)
WINDOW = Window(FIRST, FIRST + timedelta(days=4000))
# No sequence of these is UTF-8 when it is written in cp1252.
TEXT = st.text(alphabet="/\\#-=+@ABCIJLNOUYZ0129 '\",;|\téëü\n", max_size=6)
KEYS = st.text(alphabet="0123456789ABZé\"',;|#\\", min_size=1, max_size=8)
MARKS = st.lists(
    st.tuples(KEYS, st.integers(0, 4000), st.sampled_from(["AM", "PM"]), TEXT, TEXT), min_size=1, max_size=12
).filter(lambda marks: not_a_month_apart(FIRST + timedelta(days=mark[1]) for mark in marks))
DIALECTS = st.fixed_dictionaries(
    {
        "encoding": st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "iso-8859-1", "utf-16"]),
        "delimiter": st.sampled_from([",", ";", "\t", "|"]),
        "date_form": st.sampled_from(sorted(FORMS)),
        "quoting": st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
        "ending": st.sampled_from(["\n", "\r\n"]),
    }
)


def written(marks: list[Any], dialect: dict[str, Any]) -> bytes:
    """The file that holds those marks, in that dialect."""
    out = io.StringIO(newline="")
    writer = csv.writer(
        out, delimiter=dialect["delimiter"], quoting=dialect["quoting"], lineterminator=dialect["ending"]
    )
    writer.writerow(["Comment", "Adno", "Date", "AM/PM", "Mark"])
    for key, days, session, mark, comment in marks:
        day = (FIRST + timedelta(days=days)).strftime(FORMS[dialect["date_form"]])
        writer.writerow([comment, key, day, session, mark])
    return out.getvalue().encode(dialect["encoding"])


def read_back(contents: bytes, dialect: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Every mark that the source gives; whatever it raises passes."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "marks.csv").write_bytes(contents)
        stated = {key: dialect[key] for key in ("encoding", "delimiter", "date_form")}
        stated["encoding"] = stated["encoding"].removesuffix("-sig")
        items = list(source(Path(folder), **stated).pull(Table.MARKS, SCHOOL, WINDOW, None))
    frames = [item.rows for item in items if isinstance(item, Page)]
    return marks_of(pl.concat(frames))


def meant(marks: list[Any]) -> list[tuple[Any, ...]]:
    """What the source should give of them: a blank mark is none."""
    return [
        (key, FIRST + timedelta(days=days), session, mark if mark else None) for key, days, session, mark, _ in marks
    ]


@settings(max_examples=60, deadline=None)
@given(MARKS, DIALECTS)
def test_marks_written_in_any_dialect_are_read_back_exactly(marks: list[Any], dialect: dict[str, Any]) -> None:
    assert read_back(written(marks, dialect), dialect) == meant(marks)


@settings(max_examples=80, deadline=None)
@given(MARKS, DIALECTS, st.data())
def test_a_file_cut_off_anywhere_never_yields_a_mark_that_was_not_there(
    marks: list[Any], dialect: dict[str, Any], data: st.DataObject
) -> None:
    whole = written(marks, dialect)
    at = data.draw(st.integers(0, len(whole) - 1))
    try:
        found = read_back(whole[:at], dialect)
    except Problem:
        return
    assert found == meant(marks)[: len(found)]


@settings(max_examples=80, deadline=None)
@given(MARKS, DIALECTS, st.data())
def test_a_file_damaged_anywhere_raises_nothing_but_a_problem(
    marks: list[Any], dialect: dict[str, Any], data: st.DataObject
) -> None:
    whole = written(marks, dialect)
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(len(whole), start + 20)))
    damaged = whole[:start] + data.draw(st.binary(max_size=12)) + whole[end:]
    with suppress(Problem):
        read_back(damaged, dialect)


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200), DIALECTS)
def test_any_bytes_at_all_raise_nothing_but_a_problem(contents: bytes, dialect: dict[str, Any]) -> None:
    with suppress(Problem):
        read_back(contents, dialect)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from(['"', "a", ",", "\n", "AM", "02/11/2026", "/", " "]), max_size=40))
def test_quotation_marks_and_line_breaks_in_any_order_raise_nothing_but_a_problem(parts: list[str]) -> None:
    dialect = {"encoding": "utf-8", "delimiter": ",", "date_form": "dd/mm/yyyy"}
    with suppress(Problem):
        read_back(("Adno,Date,AM/PM,Mark\n" + "".join(parts)).encode(), dialect)
