"""The source: a folder of one school's exported files, read whole at each pull."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, ClassVar

import polars as pl

from rollbook.contract import (
    Checkpoint,
    Client,
    Done,
    FixSettings,
    Page,
    Reject,
    Remark,
    SchoolRef,
    Settings,
    Source,
    Window,
)
from rollbook.tables.schemas import Table
from rollbook_csv import ctf, earlier, files, folder_form, pages, whose
from rollbook_csv.grid import unbroken
from rollbook_csv.marks import NEEDED, covered, register
from rollbook_csv.places import with_places
from rollbook_csv.reading import Reading, key_field, open_file, open_marks
from rollbook_csv.settings import CsvSettings
from rollbook_csv.strings import reached
from rollbook_csv.tables import page_of

ROWS_A_PAGE = 250_000


class CsvSource(Source):
    """Exported CSV files: a register in one of four shapes, and files of pupils, roll, calendar and so on beside it.

    One connection is one school and one folder. Without files of pupils and roll both are taken from the columns of
    the marks. A table whose file is not there is answered without a page, which is not the same as an empty one.
    """

    name: ClassVar[str] = "csv"
    Settings: ClassVar[type[Settings]] = CsvSettings
    tables: ClassVar[frozenset[Table]] = frozenset(pages.BESIDE) | {Table.MARKS, Table.ELSEWHERE}
    window_days: ClassVar[int | None] = None
    simulator: ClassVar[str | None] = "rollbook_csv.simulator:CsvSimulator"
    today = staticmethod(date.today)

    def __init__(self, settings: Mapping[str, Any], client: Client) -> None:
        super().__init__(settings, client)
        self._asked: int | None = None  # the school to which this folder was first given

    def check(self) -> Iterator[Remark]:
        """What files are there, which columns were found, the newest session, and marks that are no national code."""
        from rollbook_csv.checking import remarks

        yield from remarks(self.settings, self.today())
        for school in self.schools():
            yield from ctf.remarks(self._transfers(school))

    def schools(self) -> list[SchoolRef]:
        """The one school of this folder, its URN where the settings say it. In the folder form, each of its schools."""
        if self._is_folder_form:
            return folder_form.schools(self.settings)
        urn = self.settings["urn"]
        return [SchoolRef(urn or self.settings["folder"].name, "", int(urn) if urn else None)]

    def pull(
        self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None
    ) -> Iterator[Page | Done]:
        """As `Source.pull`. The checkpoint holds the name and SHA-256 of the file that was read; that of the marks
        their newest day too.
        """
        self._check_school(school)
        if table is Table.MARKS:
            yield from self._marks(school, window, checkpoint)
        elif table is Table.ELSEWHERE:
            yield from self._elsewhere(school)
        else:
            yield from self._beside(table, school)

    @property
    def _is_folder_form(self) -> bool:
        return bool(self.settings["shape"] == folder_form.SHAPE)

    def _marks(self, school: SchoolRef, window: Window, before: Checkpoint | None) -> Iterator[Page | Done]:
        reading = open_marks(self.settings)
        self._check(reading, school)
        pages.with_key(reading, key_field(self.settings), *NEEDED[reading.shape])
        rows = register(reading, self.today())
        rejects = reading.rejects()
        inside = rows.filter(pl.col("date").is_between(window.first, window.last))
        if reading.shape != "mark":  # a blank among the marks of a day or a pupil is no row of the MIS
            inside = inside.drop_nulls("code")
        covers = covered(rows, window, whole=reading.lost == 0)
        if covers and reading.shape == "grid":
            covers = unbroken(reading, covers)
        if covers and reading.shape == "string":
            covers = reached(reading, rows, covers)
        checkpoint, notes = earlier.checkpoint(reading, rows, window.last, before)
        yield from _pages(inside, rejects, reading.file)
        yield Done(checkpoint, covers, notes=notes)

    def _elsewhere(self, school: SchoolRef) -> Iterator[Page | Done]:
        found = self._transfers(school)
        if found is None:
            yield Done()
            return
        yield from _pages(found.rows, found.rejects, "CTF")
        yield Done({"ctf": found.digest})

    def _transfers(self, school: SchoolRef) -> ctf.Elsewhere | None:
        """What the folder's CTFs say of this school's pupils."""

        def pupils() -> pl.DataFrame:
            found = self._beside(Table.PUPILS, school)
            return pl.concat([item.rows for item in found if isinstance(item, Page)], how="diagonal")

        return ctf.read(self.settings, pupils)

    def _beside(self, table: Table, school: SchoolRef) -> Iterator[Page | Done]:
        reading = open_file(pages.BESIDE[table].file, self.settings)
        if reading is None and self._is_folder_form and table in (Table.SESSIONS, Table.PUPILS, Table.ROLL):
            files.required(self.settings["folder"], self.settings[pages.BESIDE[table].file])
        drawn = reading is None and table in (Table.PUPILS, Table.ROLL)
        if drawn:
            reading = open_marks(self.settings)
        if reading is None:
            yield Done()
            return
        self._check(reading, school, may_be_empty=table in pages.MAY_BE_EMPTY)
        key = key_field(self.settings)
        rows, rejects = page_of(table, reading, key), reading.rejects()
        if drawn and table is Table.ROLL:
            rows, more, _ = with_places(rows, key, self.settings)
            rejects = [*rejects, *more]
        yield from _pages(rows, rejects, reading.file)
        yield Done({reading.file: reading.digest})

    def _check(self, reading: Reading, school: SchoolRef, *, may_be_empty: bool = False) -> None:
        if self._is_folder_form:
            folder_form.keep_school(reading, school)
        if not may_be_empty:
            reading.require_rows()
        whose.check_school(reading, school.urn or self.settings["urn"])
        self._asked = self._asked or school.urn

    def _check_school(self, school: SchoolRef) -> None:
        """A folder is one school. Where nothing says whose, it is that of the first that was given its rows."""
        if self._is_folder_form:
            folder_form.check_asked(self.settings, school)
            return
        folder, urn = self.settings["folder"], self.settings["urn"] or self._asked
        if urn and school.urn and int(urn) != school.urn:
            raise FixSettings(
                f"The folder {folder} is that of the school {urn}, and {school.urn} was asked for. "
                f"Give each school a connection of its own."
            )
        if school.key not in (self.settings["urn"] or folder.name, str(school.urn)):
            raise FixSettings(
                f'The folder {folder} is one school, and knows none by the key "{school.key}". Take `key` out of '
                f"the school's configuration, or correct its connection."
            )


def _pages(rows: pl.DataFrame, rejects: list[Reject], origin: str) -> Iterator[Page]:
    """At least one page, so that a file without rows differs from no file; the rejects go with the first."""
    yield Page(rows.head(ROWS_A_PAGE), rejects=rejects, origin=origin)
    for start in range(ROWS_A_PAGE, rows.height, ROWS_A_PAGE):
        yield Page(rows.slice(start, ROWS_A_PAGE), origin=origin)
