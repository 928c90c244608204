"""Reports of SIMS written by hand, and a source that reads them: what tests of pages and of `check` are made of."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import polars as pl
import pytest

from rollbook.contract import Client, Done, Page, Problem, Reject, Remark, SchoolRef, Window
from rollbook.tables.checks import upn_check_letter
from rollbook.tables.schemas import Table
from rollbook_sims.school import School
from rollbook_sims.source import SimsSource
from rollbook_sims.ways.way import Fetched

SCHOOL = SchoolRef("900001", "Larkspur Primary School", 900001)
TODAY = date(2026, 11, 20)
TERM = Window(date(2026, 9, 1), date(2026, 12, 18))
_NAMES = {"AM/PM": "AM_x002F_PM"}
Record = Mapping[str, str | None]


def upn(serial: int, *, temporary: bool = False) -> str:
    """A well-formed UPN that nobody has."""
    rest = f"8012000{15:02d}{serial:02d}" + ("A" if temporary else "1")
    return upn_check_letter(rest) + rest


def report(*records: Record) -> bytes:
    """A report in XML: of each record the captions that it has. A value of None is left out, as SIMS leaves it out."""
    lines = [
        f"<Record>{''.join(_element(name, value) for name, value in record.items())}</Record>" for record in records
    ]
    return "\n".join(['<?xml version="1.0" encoding="utf-8"?><SuperStarReport>', *lines, "</SuperStarReport>"]).encode()


def _element(caption: str, value: str | None) -> str:
    name = _NAMES.get(caption, caption.replace(" ", "_x0020_"))
    return "" if value is None else f"<{name}>{escape(value)}</{name}>"


def pupil(adno: str | None = "001234", **more: str | None) -> Record:
    """A record of the report of the pupils."""
    dob: dict[str, str | None] = {"Adno": adno, "DOB": "2014-03-10", "Admission Date": "2025-09-03"}
    return dob | {caption.replace("_", " "): value for caption, value in more.items()}


def mark(
    code: str | None, day: str = "2026-11-02", half: str = "AM", adno: str | None = "001234", **more: Any
) -> Record:
    """A record of the report of the marks."""
    return {"Adno": adno, "Date": day, "AM/PM": half, "Mark": code} | more


class Shelf:
    """A way to reports that lie ready: for each the contents of its files, the newest first. `fetched` counts."""

    def __init__(self, folder: Path, reports: Mapping[str, Sequence[bytes] | bytes | Problem]) -> None:
        self.folder, self.reports = folder, reports
        self.fetched: Counter[str] = Counter()

    def offers(self, report: str) -> bool:
        return report in self.reports or report in ("marks", "pupils")

    @contextmanager
    def fetch(self, report: str, window: Window | None = None, taken: Collection[str] = ()) -> Iterator[list[Fetched]]:
        self.fetched[report] += 1
        held = self.reports[report]
        if isinstance(held, Problem):
            raise held
        files = [self._file(report, n, data) for n, data in enumerate([held] if isinstance(held, bytes) else held)]
        fresh = [file for file in files if file.digest not in taken]
        yield fresh or files[:1]

    def remarks(self) -> Iterator[Remark]:
        yield Remark(True, "The reports lie ready.")

    def _file(self, report: str, number: int, data: bytes) -> Fetched:
        ending = "xml" if data.startswith(b"<") else "csv"
        path = self.folder / f"{report}{number or ''}.{ending}"
        path.write_bytes(data)
        return Fetched(path, path.name, hashlib.sha256(data).hexdigest()[:16])


def source(folder: Path, settings: Mapping[str, Any] | None = None, **reports: Any) -> tuple[SimsSource, Shelf]:
    """The source, and the shelf from which it reads: `marks`, `pupils` and so on, each a file or a list of them."""
    given = {"kind": "folder", "folder": str(folder), "urn": "900001", **(settings or {})}
    made = SimsSource(SimsSource.Settings().load(given), Client())
    shelf = Shelf(folder, {"pupils": report(pupil()), **reports})
    made._school = School(made.settings, shelf)
    return made, shelf


def pull(
    table: Table,
    folder: Path,
    *,
    window: Window = TERM,
    checkpoint: Mapping[str, Any] | None = None,
    settings: Mapping[str, Any] | None = None,
    **reports: Any,
) -> tuple[list[Page], Done]:
    """The pages of a table, and what came last."""
    *found, done = source(folder, settings, **reports)[0].pull(table, SCHOOL, window, checkpoint)
    assert isinstance(done, Done)
    return [page for page in found if isinstance(page, Page)], done


def rows(table: Table, folder: Path, **given: Any) -> pl.DataFrame:
    """The rows of a table, of all its pages."""
    return pl.concat([page.rows for page in pull(table, folder, **given)[0]])


def rejects(table: Table, folder: Path, **given: Any) -> list[Reject]:
    """What was set aside, of all pages."""
    return [reject for page in pull(table, folder, **given)[0] for reject in page.rejects]


def codes_of(folder: Path, *marks: Record, **given: Any) -> list[str | None]:
    """What became of these marks, in their order."""
    made: list[str | None] = rows(Table.MARKS, folder, marks=report(*marks), **given).sort("line")["code"].to_list()
    return made


def refused(kind: type[Problem], table: Table, folder: Path, **given: Any) -> str:
    """The sentence with which a pull is refused."""
    with pytest.raises(kind) as caught:
        pull(table, folder, **given)
    return caught.value.sentence


def checked(folder: Path, settings: Mapping[str, Any] | None = None, **reports: Any) -> list[Remark]:
    """What `check` says on the twentieth of November."""
    made, _ = source(folder, settings, **reports)
    made.today = staticmethod(lambda: TODAY)  # type: ignore[method-assign]
    return list(made.check())
