"""Reports of SIMS as a test wants them, and short ways to read them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from rollbook.contract import Problem
from rollbook_sims.captions import captions_of
from rollbook_sims.reports.report import Report
from rollbook_sims.ways.way import Fetched

HEADER = '<?xml version="1.0" encoding="iso-8859-1"?>\n'
SURNAME, UPN = "Fennimore", "B801200005001"
CAPTIONS = "UPN,Date,AM/PM,Mark"


def report(folder: Path, contents: str | bytes, of: str = "marks", name: str = "marks.xml", **settings: Any) -> Report:
    """A report whose file holds that; text is written as it stands, in UTF-8."""
    path = folder / name
    path.write_bytes(contents.encode() if isinstance(contents, str) else contents)
    stated = {"encoding": None, **settings}
    return Report(Fetched(path, name, "0" * 16), captions_of(of, stated), stated)


def frame(read: Report) -> pl.DataFrame:
    """All its rows."""
    return pl.concat(read.chunks())


def rows(folder: Path, contents: str | bytes, *columns: str, **how: Any) -> list[tuple[Any, ...]]:
    """Those columns of all rows."""
    return frame(report(folder, contents, **how)).select(columns).rows()


def refused(kind: type[Problem], folder: Path, contents: str | bytes, **how: Any) -> str:
    """The sentence with which the report is refused. It names nobody."""
    read = report(folder, contents, **how)
    with pytest.raises(Problem) as caught:
        list(read.chunks())
    assert type(caught.value) is kind, caught.value.sentence
    assert SURNAME not in caught.value.sentence + caught.value.detail
    assert UPN not in caught.value.sentence + caught.value.detail
    return caught.value.sentence


def xml(*records: str, root: str = "SuperStarReport", record: str = "Record", header: str = HEADER) -> str:
    """A file of those records, each given by what is inside it."""
    inside = "".join(f"  <{record}>{each}</{record}>\n" for each in records)
    return f"{header}<{root}>\n{inside}</{root}>\n"


def mark(**elements: str) -> str:
    """What is inside a record of a mark: a good one but for `elements`; one that is "" is left out."""
    usual = {"UPN": UPN, "Date": "2026-11-02T00:00:00", "AM_x002F_PM": "AM", "Mark": "/"}
    return inside(usual | elements)


def inside(elements: Mapping[str, str]) -> str:
    """Elements, those that are "" left out as SIMS does."""
    return "".join(f"<{name}>{text}</{name}>" for name, text in elements.items() if text)


def csv(*lines: str, captions: str = CAPTIONS) -> str:
    """A file of those lines, below the captions."""
    return "\r\n".join([captions, *lines, ""])
