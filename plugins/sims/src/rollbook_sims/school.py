"""One school's reports: come by in whichever way the settings name, read once where one reading serves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import polars as pl

from rollbook.contract import Checkpoint, Done, FixSettings, Page, RetryLater, Window
from rollbook.tables.schemas import Table
from rollbook_sims.captions import FIELDS, captions_of, plain
from rollbook_sims.codes_table import NO_TABLE, CodeTable
from rollbook_sims.remembered import remembered, state_of_reading, taken, was_there
from rollbook_sims.reports.report import NoRecords, Report
from rollbook_sims.settings import file_patterns
from rollbook_sims.tables.contacts import contacts_page
from rollbook_sims.tables.marks import Marks, no_marks
from rollbook_sims.tables.people import People, people
from rollbook_sims.tables.pupils import pupils_page
from rollbook_sims.tables.roll import roll_page
from rollbook_sims.tables.rows import Aside, Rows
from rollbook_sims.ways.way import Fetched, Way

ROWS_A_PAGE = 250_000


class School:
    """The tables of one school, out of its reports. Each method raises what `Source.pull` may."""

    def __init__(self, settings: Mapping[str, Any], way: Way) -> None:
        self.settings, self.way = settings, way
        self._pupils: tuple[Report, pl.DataFrame, People] | None = None

    def report(self, name: str, fetched: Fetched) -> Report:
        """A file as that report."""
        return Report(fetched, captions_of(name, self.settings), self.settings)

    def whole(self, name: str) -> tuple[Report, pl.DataFrame]:
        """A report other than that of the marks, fetched and read to its end."""
        with self.way.fetch(name) as files:
            report = self.report(name, files[0])
            return report, pl.concat(list(report.chunks()))

    def pupils(self, *, afresh: bool = False) -> tuple[Report, pl.DataFrame, People]:
        """The report of the pupils, its rows, and who is who by them. It is read once for all tables, since a run of
        the reporter takes minutes, and again only where `afresh` says so.
        """
        if afresh or self._pupils is None:
            report, rows = self.whole("pupils")
            self._pupils = report, rows, people(rows)
        return self._pupils

    def codes(self) -> CodeTable:
        """The school's table of codes. Raises what `Source.pull` may."""
        return code_table(*self.whole("codes"))

    def offers(self, name: str, checkpoint: Checkpoint | None) -> bool:
        """Whether there is such a report. Raises RetryLater where the pull that left the checkpoint read one, and the
        settings do not say that the school is without it from now on: marks would change their meaning, a roll its
        days, and contacts would be gone.
        """
        if self.way.offers(name):
            return True
        of_files = self.settings["kind"] == "folder"  # that a report is run no more, the settings of another say
        if of_files and name not in self.settings["without"] and was_there(name, checkpoint):
            raise self._gone(name)
        return False

    def pull(self, table: Table, window: Window, checkpoint: Checkpoint | None) -> Iterator[Page | Done]:
        """As `Source.pull`. The checkpoint of the marks holds the digests of the files that were read, and how."""
        if table is Table.MARKS:
            yield from self._marks(window, checkpoint)
        elif table is Table.CONTACTS and not self.offers("contacts", checkpoint):
            yield Done()
        else:
            yield from self._whole(table, checkpoint)

    def _marks(self, window: Window, checkpoint: Checkpoint | None) -> Iterator[Page | Done]:
        beside = ["codes"] if self.offers("codes", checkpoint) else []
        codes = self.codes() if beside else NO_TABLE
        marks = Marks(window, self.pupils()[2], codes, self.settings)
        reading = state_of_reading(self.settings, codes)
        before = taken(checkpoint, reading)
        read: list[str] = []
        with self.way.fetch("marks", window, before) as files:
            for fetched in files:
                pages = marks.pages(self.report("marks", fetched))
                try:
                    # Behind the newest a file is read to its end before anything is given: it may prove to be none.
                    yield from list(pages) if read else pages
                except NoRecords:
                    yield Page(no_marks(), origin=fetched.name)
                    if not read:  # the newest says that there is nothing: an older one must not speak in its place
                        read.append(fetched.digest)
                        break
                except (FixSettings, RetryLater) as problem:
                    if not read:
                        raise
                    yield marks.without(fetched.name, problem)
                read.append(fetched.digest)
        yield Done(remembered([*read, *before], reading, beside), marks.covers())

    def _whole(self, table: Table, checkpoint: Checkpoint | None) -> Iterator[Page | Done]:
        own = table is not Table.PUPILS and self.offers(table.value, checkpoint)
        report, rows, who = self.rows_of(table.value, afresh=table is Table.PUPILS)
        aside = Aside(report)
        page = PAGES_OF[table.value](Rows(rows, aside, self.settings), who)
        aside.check()
        yield from _pages(page, aside)
        yield Done({"read": report.fetched.digest, "beside": [table.value] if own else []})

    def rows_of(self, name: str, *, afresh: bool = False) -> tuple[Report, pl.DataFrame, People]:
        """The report from which the table of that name is read, its rows, and who is who."""
        report, rows, who = self.pupils(afresh=afresh)
        if name == "pupils":
            return report, rows, who
        if self.way.offers(name):
            return (*self.whole(name), who)
        if "from" in report.missed:
            raise FixSettings(
                f"There is no report of the roll, and {report.fetched.name}, from which the roll is read then, has no "
                f"column for {report.captions.named('from')}. Add the day of admission to it, and the day of leaving "
                f"({FIELDS['pupils']['to'][0]}), or say under which caption it stands: "
                f'captions = {{pupils = {{from = "YOUR CAPTION"}}}}.'
            )
        return report, rows, who

    def _gone(self, name: str) -> RetryLater:
        return RetryLater(
            f"The report of the {name} was read at the last sync, and there is no file "
            f"{' or '.join(file_patterns(self.settings)[name])} in {self.settings['folder']} any more. Nothing was "
            f"read, for without it the rest would be read otherwise. Put it back. If the school is without it from "
            f'now on, say so in the settings of this connection: without = ["{name}"].'
        )


PAGES_OF: Mapping[str, Callable[[Rows, People], pl.DataFrame]] = {
    "pupils": pupils_page,
    "roll": roll_page,
    "contacts": contacts_page,
}
"""What makes the page of each table but the marks."""


def _pages(rows: pl.DataFrame, aside: Aside) -> Iterator[Page]:
    """At least one page; what was set aside goes with the first."""
    origin = aside.report.fetched.name
    yield Page(rows.head(ROWS_A_PAGE), rejects=aside.rejects(), origin=origin)
    for start in range(ROWS_A_PAGE, rows.height, ROWS_A_PAGE):
        yield Page(rows.slice(start, ROWS_A_PAGE), origin=origin)


def code_table(report: Report, rows: pl.DataFrame) -> CodeTable:
    """That report as a table of codes. In the first form of SIMS's tables, whose column is `Code`, none has a statutory
    code; in any other a column is missing, without which the school's own codes are not known: FixSettings.
    """
    if "statutory" in report.missed and plain(report.found["display"]) != "code":
        raise FixSettings(
            f"{report.fetched.name} has no column for {report.captions.named('statutory')}, the code that each of the "
            f"school's own codes stands for. Add it to the report, or say under which caption it stands: "
            f'captions = {{codes = {{statutory = "YOUR CAPTION"}}}}.'
        )
    return CodeTable.of(rows)
