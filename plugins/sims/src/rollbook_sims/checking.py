"""What `rollbook check` says of a school's reports: a real read of each that keeps nothing and names no pupil."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, timedelta

import polars as pl

from rollbook.contract import NeedsCredentials, Problem, Reject, Remark, Window
from rollbook_sims.captions import FIELDS, WHO, captions_of
from rollbook_sims.codes_table import NO_TABLE
from rollbook_sims.reports.report import NoRecords, Report
from rollbook_sims.school import PAGES_OF, School, code_table
from rollbook_sims.settings import report_names
from rollbook_sims.tables.marks import Marks
from rollbook_sims.tables.people import People, people
from rollbook_sims.tables.rows import Aside, Rows
from rollbook_sims.telling import (
    SHOWN_ROWS,
    counted,
    first_reject,
    newest,
    no_codes,
    not_mapped,
    to_paste,
    told,
    unknown,
    without_old_days,
)
from rollbook_sims.ways.command import TO_SEE

DAYS = 56
"""Of so many days marks are read: a sign that is written once a half-term is among them."""
EVER = Window(date(1900, 1, 1), date(2999, 12, 31))
_WITHOUT: Mapping[str, str] = {
    "roll": "the roll is read from the report of the pupils",
    "codes": "only the national letters are understood, and every other mark is set aside",
    "contacts": "there will be no parents in what is sent",
}


def remarks(school: School, today: date) -> Iterator[Remark]:
    """What the way says of itself, then some lines a report. A report that cannot be read is a failed line, and the
    next one is tried; but a wrong credential is not tried again. What is wrong with several is told once.

    Raises NeedsCredentials.
    """
    before = ""
    for remark in school.way.remarks():
        before = before if remark.ok else remark.text
        yield remark
    found, names = _Found(school), report_names(school.settings)
    for name, tell in found.parts():
        if not school.way.offers(name):
            yield Remark(True, f"There is no report of the {name}: {_WITHOUT[name]}.")
            continue
        try:
            yield from tell(today)
        except NeedsCredentials:
            raise
        except Problem as problem:
            cause = _cause(problem, names.get(name))
            yield Remark(False, f"The report of the {name}: {'the same.' if cause == before else problem.sentence}")
            before = cause
    yield from to_paste(found.unplaced)


def _cause(problem: Problem, name: str | None) -> str:
    """What is wrong, whichever report it was found by: without the report's name in SIMS, and how to run it by hand."""
    return problem.sentence.partition(TO_SEE)[0].replace(f'"{name}"', "")


class _Found:
    """What the reports have told so far, for those that come after."""

    def __init__(self, school: School) -> None:
        self._school = school
        self._who: People = people(pl.DataFrame(schema=dict.fromkeys(_OF_PEOPLE, pl.String)))
        self._codes = NO_TABLE
        self.unplaced: list[str] = []  # signs, of the marks and of the table

    def parts(self) -> list[tuple[str, Callable[[date], Iterator[Remark]]]]:
        """The reports in the order in which each needs those before it."""
        beside = [("roll", self._roll), ("contacts", self._contacts), ("codes", self._code_table)]
        return [("pupils", self._pupils), *beside, ("marks", self._marks)]

    def _pupils(self, _: date) -> Iterator[Remark]:
        report, rows, self._who = self._school.pupils(afresh=True)
        yield from self._beside("pupils", report, rows, FIELDS["roll"] if self._school.way.offers("roll") else ())
        if not self._school.way.offers("roll"):
            report, rows, _who = self._school.rows_of("roll")
            yield from self._set_aside("roll", report, rows)

    def _roll(self, _: date) -> Iterator[Remark]:
        yield from self._beside("roll", *self._school.whole("roll"))

    def _contacts(self, _: date) -> Iterator[Remark]:
        yield from self._beside("contacts", *self._school.whole("contacts"))

    def _beside(
        self, name: str, report: Report, rows: pl.DataFrame, elsewhere: Collection[str] = ()
    ) -> Iterator[Remark]:
        yield from told(report, rows, set(elsewhere) - set(WHO))
        yield from self._set_aside(name, report, rows)

    def _set_aside(self, name: str, report: Report, rows: pl.DataFrame) -> Iterator[Remark]:
        aside = Aside(report)
        PAGES_OF[name](Rows(rows, aside, self._school.settings), self._who)
        aside.check()
        yield from first_reject(report, aside.rejects())

    def _code_table(self, today: date) -> Iterator[Remark]:
        report, rows = self._school.whole("codes")
        yield from told(report, rows)
        self._codes = code_table(report, rows)
        if "statutory" in report.missed:
            yield Remark(
                True,
                f"{report.fetched.name} has no statutory codes, as tables of the first form: it maps nothing, and only "
                f"the national letters are understood.",
            )
        self.unplaced += [one.given for one in self._codes.unmapped(today)]
        yield from not_mapped(self._codes, today)

    def _marks(self, today: date) -> Iterator[Remark]:
        window = Window(today - timedelta(DAYS - 1), today)
        with self._school.way.fetch("marks", window) as files:
            report = _Watched(files[0], captions_of("marks", self._school.settings), self._school.settings)
            marks = Marks(EVER, self._who, self._codes, self._school.settings)
            seen: list[pl.DataFrame] = []
            rejects: list[Reject] = []
            try:
                for page in marks.pages(report):
                    seen.append(page.rows.drop_nulls("code").group_by("date", "session", "code").len("times"))
                    rejects += page.rejects
            except NoRecords as problem:
                none = f"There were none from {window.first} to {window.last}, which is right where it was closed."
                yield Remark(False, f"The report of the marks: {problem.sentence} {none}")
                return
        yield from told(report, without_old_days(report.first, self._school.settings["date_form"], today))
        yield from first_reject(report, rejects)
        written = pl.concat(seen).group_by("date", "session", "code").agg(pl.col("times").sum())
        yield from newest(written, today)
        strange = no_codes(written)
        self.unplaced += strange["raw"].to_list()
        yield from unknown(strange)
        if self._school.settings["comments"]:
            count = counted(report.comments, "comment")
            yield Remark(True, f"{count} on marks. They are not shown, and nothing of Rollbook uses them.")


_OF_PEOPLE = ("upn", "adno", "person", "forename", "dob", "former_upn")


class _Watched(Report):
    """A report of which the first rows are kept to be shown, and the comments are counted."""

    first: pl.DataFrame = pl.DataFrame()
    comments = 0

    def chunks(self) -> Iterator[pl.DataFrame]:
        """As of any report."""
        for chunk in super().chunks():
            if self.first.is_empty():
                self.first = chunk.head(SHOWN_ROWS)
            if "comment" in chunk.columns:
                self.comments += chunk["comment"].count()
            yield chunk
