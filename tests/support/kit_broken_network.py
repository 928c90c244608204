"""Sources that take an other end that misbehaves for one that is well, or one that is well enough for a failure."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

import httpx
import polars as pl

from rollbook.contract import Checkpoint, Done, FixSettings, Page, Problem, RetryLater, SchoolRef, VendorMustAct, Window
from rollbook.tables.schemas import PAGES, Table
from rollbook_csv.simulator import CsvSimulator
from rollbook_csv.source import CsvSource
from support.kit_broken import Broken
from support.kit_source import Answered, Plain


class Bare:
    """A client that nobody would write twice: it asks again at once, and waits for ever for an answer."""

    def __init__(self, url: str, headers: dict[str, str], tries: int) -> None:
        self._http = httpx.Client(base_url=url, headers=headers, timeout=None)
        self._tries = tries

    def __enter__(self) -> Bare:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, path: str, *, label: str) -> httpx.Response:
        response = self._http.get(path)
        for _ in range(self._tries - 1):
            response = response if response.status_code == 200 else self._http.get(path)
        return response


class Hurried(Plain, abstract=True):
    """Has a client of its own."""

    tries = 3

    def open(self) -> Any:
        return Bare(self.settings["url"], {"Authorization": f"Bearer {self.settings['token'].reveal()}"}, self.tries)


class AsksAtOnce(Hurried):
    """Does not wait."""


class GivesUp(Hurried):
    """Asks once."""

    tries = 1


class BlamesTheVendor(Plain):
    """Says that what passes will not pass."""

    def check(self) -> Iterator[Any]:
        yield from self.blaming(super().check())

    def pull(
        self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None
    ) -> Iterator[Page | Done]:
        yield from self.blaming(super().pull(table, school, window, checkpoint))

    def blaming(self, items: Iterator[Any]) -> Iterator[Any]:
        try:
            yield from items
        except RetryLater:
            raise VendorMustAct("The vendor is not there.") from None


class Careless(Plain):
    """Follows the links, and counts nothing."""

    def pull(
        self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None
    ) -> Iterator[Page | Done]:
        size = self.settings["page_size"]
        path: str | None = f"v1/schools/{school.key}/{table.value}?from={window.first}&to={window.last}&size={size}"
        with self.open() as api:
            while path:
                answered = self.read(api, path)
                path = answered.next
                yield self.made(table, answered.rows)
        yield Done(covers=window)

    def read(self, api: Any, path: str) -> Answered:
        return self.page_of(api.get(path, label="a page"))


class EndsAtAFault(Careless):
    """Takes a fault of the server's for the last page."""

    def page_of(self, response: Any) -> Answered:
        return Answered([], 0) if response.status_code == 500 else super().page_of(response)


class EndsWhenCutOff(Careless):
    """Takes a connection that ends for the last page."""

    def read(self, api: Any, path: str) -> Answered:
        try:
            return super().read(api, path)
        except RetryLater:
            return Answered([], 0)


class EndsAtNonsense(Careless):
    """Takes whatever it cannot read for the last page."""

    def page_of(self, response: Any) -> Answered:
        try:
            return super().page_of(response)
        except Problem:
            return Answered([], 0)


class Strict(Plain):
    """Refuses what it does not know."""

    def made(self, table: Table, rows: list[dict[str, Any]]) -> Page:
        if any(row.keys() - PAGES[table].keys() for row in rows):
            raise VendorMustAct("The vendor's page has a field that is not agreed.")
        return super().made(table, rows)


class Guesses(Plain):
    """Takes a mark that is not said for a present one."""

    def made(self, table: Table, rows: list[dict[str, Any]]) -> Page:
        return super().made(table, [{"code": "/", **row} for row in rows] if table is Table.MARKS else rows)


class Trusting(CsvSource):
    """Reads what is there of the file of marks, and says nothing of what is not."""

    def pull(
        self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None
    ) -> Iterator[Page | Done]:
        if table is not Table.MARKS:
            yield from super().pull(table, school, window, checkpoint)
            return
        with (self.settings["folder"] / "marks.csv").open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if all(row.values())]
        if not rows:
            yield Done()
            return
        columns = {"pupil": "Adno", "date": "Date", "session": "AM/PM", "code": "Mark"}
        frame = pl.DataFrame(rows).select(**{name: pl.col(heading) for name, heading in columns.items()})
        yield Page(frame.with_columns(pl.col("date").str.to_date("%d/%m/%Y", strict=False)))
        yield Done(covers=window)


class StrictOfColumns(CsvSource):
    """Refuses a file with one column more."""

    def pull(
        self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None
    ) -> Iterator[Page | Done]:
        heading = (self.settings["folder"] / "marks.csv").read_text(encoding="utf-8").partition("\n")[0]
        if heading.count(",") > 3:
            raise FixSettings("marks.csv has a column that nobody knows.")
        yield from super().pull(table, school, window, checkpoint)


class EmptyWithoutColumns(CsvSource):
    """Takes a file that it cannot read for one without rows."""

    def pull(
        self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None
    ) -> Iterator[Page | Done]:
        try:
            yield from super().pull(table, school, window, checkpoint)
        except FixSettings:
            yield self.empty(table)
            yield Done(covers=window)

    def empty(self, table: Table) -> Page:
        return Page.of(table, [])


OF_PUPILS = 9
"""Commas between the headings of the file of pupils."""


class PupilsFirst(CsvSource):
    """Refuses whatever it cannot read of the pupils before it looks at anything else, as it knows nobody then."""

    def pull(
        self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None
    ) -> Iterator[Page | Done]:
        pupils = (self.settings["folder"] / "pupils.csv").read_bytes()
        if not pupils.endswith(b"\n") or pupils.partition(b"\n")[0].count(b",") != OF_PUPILS:
            raise FixSettings("pupils.csv is not whole.")
        yield from super().pull(table, school, window, checkpoint)


class TrustingOfAllButPupils(PupilsFirst, Trusting):
    """Reads what is there of the file of marks once that of the pupils is found to be whole."""


class EmptyBehindPupils(PupilsFirst, EmptyWithoutColumns):
    """Takes a file of marks that it cannot read for one without rows once that of the pupils is found to be whole."""


BROKEN = {
    "S32": Broken(AsksAtOnce, says="and it waited 0."),
    "S33": Broken(GivesUp, says="was once answered 503, and the pull gave up"),
    "S34": Broken(BlamesTheVendor, says="check ends in VendorMustAct"),
    "S35": Broken(EndsAtAFault, says="ends well. It must end in Problem"),
    "S36": Broken(BlamesTheVendor, says="nobody answers, and check ends in VendorMustAct"),
    "S37": Broken(EndsWhenCutOff, says="ends well. It must end in RetryLater"),
    "S38": Broken(EndsAtNonsense, says="a page for people, HTTP 200; the pull ends in a Done"),
    "S39": Broken(Careless, says="come more than once"),
    "S40": Broken(Careless, says="the answer that the request after it will get; the pull ends in a Done"),
    "S41": Broken(Careless, says="the longest list in the answer is cut in half; the pull ends in a Done"),
    "S42": Broken(Strict, says="a field that nobody knows ends the pull of sessions"),
    "S43": Broken(Guesses, says="the field code is missing everywhere; the pull ends in a Done"),
}
"""An adapter for each check, over HTTP."""

OF_FILES = {
    "S37": Broken(
        Trusting, CsvSimulator, small_pages={}, says="in the middle of its last row; the pull ends in a Done"
    ),
    "S41": Broken(Trusting, CsvSimulator, small_pages={}, says="each file ends half way; the pull ends in a Done"),
    "S42": Broken(StrictOfColumns, CsvSimulator, small_pages={}, says="a field that nobody knows ends the pull"),
    "S43": Broken(
        EmptyWithoutColumns, CsvSimulator, small_pages={}, says="is missing everywhere; the pull ends in a D"
    ),
}
"""An adapter that reads files, for each check that damages them."""

BEHIND_PUPILS = {
    "S37": Broken(TrustingOfAllButPupils, CsvSimulator, small_pages={}, says="marks.csv ends in the middle of its"),
    "S41": Broken(TrustingOfAllButPupils, CsvSimulator, small_pages={}, says="marks.csv ends half way; the pull ends"),
    "S43": Broken(EmptyBehindPupils, CsvSimulator, small_pages={}, says="of marks.csv is missing everywhere; the pull"),
}
"""Such adapters that are careful with the file of pupils, without which they look at no other."""
