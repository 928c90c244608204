"""A register written in any shape and dialect comes back exactly; a damaged file gives a Problem or fewer marks."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rollbook.contract import Page, Problem, Window
from rollbook.tables.schemas import Table
from rollbook_csv.source import CsvSource
from support.csv_files import SCHOOL, marks_of, source

FORMS = {"dd/mm/yyyy": "%d/%m/%Y", "yyyy-mm-dd": "%Y-%m-%d", "dd mmm yyyy": "%d %b %Y"}
HALVES = ("AM", "PM")
WINDOW = Window(date(2020, 1, 1), date(2030, 12, 31))
KEYS = st.text(alphabet="0123456789ABZé\"',;|#\\=-+", min_size=1, max_size=8)
SIGNS = list("/\\#-=+@LINOUCGBDPVWZ'~é")  # of one character, and none of them a figure
CODES = [*SIGNS, "", "C1", "c2", "Y7", "X02", "ZZ", "0", "07"]
SHAPES = ("day", "grid", "grid of days", "grid of pairs", "grid of two lines", "string", "old string")


@st.composite
def registers(draw: st.DrawFn) -> dict[str, Any]:
    """A few pupils' marks on days one after the other, the shape and dialect of the file, and what is around them."""
    shape = draw(st.sampled_from(SHAPES))
    keys = draw(st.lists(KEYS, min_size=1, max_size=4, unique=True))
    days = draw(st.integers(1, 9))
    count = 2 * days * len(keys)
    codes = SIGNS if shape == "old string" else CODES
    return {
        "shape": shape,
        "keys": keys,
        "first": date(2026, 11, 2) + timedelta(days=draw(st.integers(0, 4))),
        "days": days,
        "marks": draw(st.lists(st.sampled_from(codes), min_size=count, max_size=count)),
        "encoding": draw(st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "iso-8859-1", "utf-16"])),
        "delimiter": draw(st.sampled_from([",", ";", "\t", "|"])),
        "date_form": draw(st.sampled_from(sorted(FORMS))),
        "quoting": draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
        "ending": draw(st.sampled_from(["\n", "\r\n"])),
        "titles": draw(st.lists(st.sampled_from(["", 'Larkspur "School', ";;;", "02/11/2026,AM"]), max_size=3)),
        "totals": draw(st.booleans()),
        "blank": draw(st.sampled_from(["", "\n\n"])),
    }


def weekdays(register: dict[str, Any]) -> list[date]:
    all_days = (register["first"] + timedelta(days=n) for n in range(3 * register["days"] + 3))
    return [day for day in all_days if day.weekday() < 5][: register["days"]]


def marks(register: dict[str, Any]) -> dict[str, list[tuple[date, str, str]]]:
    """Each pupil's day, half and mark, in order."""
    halves = [(day, half) for day in weekdays(register) for half in HALVES]
    parts = iter(register["marks"])
    return {key: [(day, half, next(parts)) for day, half in halves] for key in register["keys"]}


def meant(register: dict[str, Any]) -> set[tuple[Any, ...]]:
    return {(key, *mark) for key, made in marks(register).items() for mark in made if mark[2]}


def table_of(register: dict[str, Any]) -> list[list[str]]:
    """The headings, and the rows below them."""
    form = FORMS[register["date_form"]]
    made, days = marks(register), weekdays(register)
    written = [day.strftime(form) for day in days]
    codes = {key: [code for _, _, code in given] for key, given in made.items()}
    match register["shape"]:
        case "day":
            rows = [[key, day, *codes[key][2 * n : 2 * n + 2]] for key in made for n, day in enumerate(written)]
            return [["Adno", "Date", "AM", "PM"], *rows]
        case "grid":
            headings = [f"{day} {half}" for day in written for half in HALVES]
        case "grid of days":
            headings = [day for day in written for _ in HALVES]
        case "grid of two lines":
            headings = [part for day in written for part in (day, "")]
            line = ["", *(half for _ in written for half in HALVES)]
            return [["Adno", *headings], line, *([key, *codes[key]] for key in made)]
        case "grid of pairs":
            pairs = {
                key: [f"{a},{b}" for a, b in zip(all_[::2], all_[1::2], strict=True)] for key, all_ in codes.items()
            }
            return [["Adno", *written], *([key, *pairs[key]] for key in made)]
        case shape:
            comma = "" if shape == "old string" else ","
            return [["Adno", "Start Date", "Marks"], *([key, written[0], comma.join(codes[key])] for key in made)]
    return [["Adno", *headings], *([key, *codes[key]] for key in made)]


def stated(register: dict[str, Any]) -> dict[str, Any]:
    """The settings of such a file."""
    shape = register["shape"].split()[0] if register["shape"] != "old string" else "string"
    line = len(register["titles"]) + 1
    more: dict[str, Any] = {"string_days": "weekdays"} if shape == "string" else {}
    if register["shape"] == "grid of pairs":
        more = {"cell": "pair"}
    if register["shape"] == "grid of two lines":
        more = {"sessions_line": line + 1}
    return {
        "shape": shape,
        "headings_line": line,
        "totals": ["Total"] if register["totals"] else [],
        "encoding": register["encoding"].removesuffix("-sig"),
        "delimiter": register["delimiter"],
        "date_form": register["date_form"],
        **more,
    }


def written(register: dict[str, Any]) -> bytes:
    out = io.StringIO(newline="")
    ending = register["ending"]
    out.write("".join(title + ending for title in register["titles"]))
    dialect: dict[str, Any] = {"delimiter": register["delimiter"], "quoting": register["quoting"]}
    writer = csv.writer(out, lineterminator=ending, **dialect)
    first, *rows = table_of(register)
    writer.writerow(first)
    if register["shape"] == "grid of two lines":
        writer.writerow(rows.pop(0))
    out.write(register["blank"])
    writer.writerows(rows)
    if register["totals"]:
        writer.writerow(["Total", *["1"] * (len(first) - 1)])
    return out.getvalue().encode(register["encoding"])


def read_back(contents: bytes, register: dict[str, Any]) -> set[tuple[Any, ...]]:
    """Every mark that the source gives; whatever it raises passes."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "marks.csv").write_bytes(contents)
        items = list(source(Path(folder), **stated(register)).pull(Table.MARKS, SCHOOL, WINDOW, None))
    frames = [item.rows for item in items if isinstance(item, Page)]
    return set(marks_of(pl.concat(frames).drop_nulls("code")))


@pytest.fixture(autouse=True, scope="module")
def _late() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CsvSource, "today", staticmethod(lambda: WINDOW.last))
        yield


@settings(max_examples=30, deadline=None)
@given(registers())
def test_a_register_written_in_any_shape_and_dialect_comes_back_exactly(register: dict[str, Any]) -> None:
    assert read_back(written(register), register) == meant(register)


@settings(max_examples=50, deadline=None)
@given(registers(), st.data())
def test_a_file_cut_off_anywhere_never_yields_a_mark_that_was_not_there(
    register: dict[str, Any], data: st.DataObject
) -> None:
    whole = written(register)
    near = st.integers(max(0, len(whole) - 8), len(whole) - 1)  # within the last mark, where a C2 becomes a C
    at = data.draw(near | st.integers(0, len(whole) - 1))
    with suppress(Problem):
        assert read_back(whole[:at], register) <= meant(register)


@settings(max_examples=30, deadline=None)
@given(registers(), st.data())
def test_lines_that_are_lost_never_yield_a_mark_that_was_not_there(
    register: dict[str, Any], data: st.DataObject
) -> None:
    """Below the headings: what a headings' line says of the rows cannot be known from the rows."""
    lines = written(register).decode(register["encoding"]).splitlines(keepends=True)
    head = len(register["titles"]) + 1 + (register["shape"] == "grid of two lines")
    lost = data.draw(st.sets(st.integers(head, len(lines)), max_size=3))
    kept = "".join(line for n, line in enumerate(lines) if n not in lost)
    with suppress(Problem):
        assert read_back(kept.encode(register["encoding"]), register) <= meant(register)


@settings(max_examples=30, deadline=None)
@given(registers(), st.data())
def test_a_file_damaged_anywhere_raises_nothing_but_a_problem(register: dict[str, Any], data: st.DataObject) -> None:
    whole = written(register)
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(len(whole), start + 20)))
    with suppress(Problem):
        read_back(whole[:start] + data.draw(st.binary(max_size=12)) + whole[end:], register)


@settings(max_examples=25, deadline=None)
@given(registers(), st.binary(max_size=200))
def test_any_bytes_at_all_raise_nothing_but_a_problem(register: dict[str, Any], contents: bytes) -> None:
    with suppress(Problem):
        read_back(contents, register)
