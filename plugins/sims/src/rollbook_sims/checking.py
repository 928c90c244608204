"""What `rollbook check` says of a school's reports: a real read of each that keeps nothing and names no pupil."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta

import polars as pl

from rollbook.contract import NeedsCredentials, Problem, Reject, Remark, Window
from rollbook.tables.codes import FIRST_DAY, LAST_DAY, Quality, resolve
from rollbook_sims.captions import captions_of
from rollbook_sims.codes_table import NO_TABLE, CodeTable
from rollbook_sims.reports.report import NoRecords, Report
from rollbook_sims.school import PAGES_OF, School, code_table
from rollbook_sims.tables.marks import Marks
from rollbook_sims.tables.people import People, people
from rollbook_sims.tables.rows import Aside, Rows

DAYS = 14
_SHOWN_ROWS, _MOST_CODES = 3, 20
_WITHOUT: Mapping[str, str] = {
    "roll": "the roll is read from the report of the pupils",
    "codes": "only the national letters are understood, and every other mark is set aside",
    "contacts": "there will be no parents in what is sent",
}
# What may be shown of a row: values of a form that no name has. Whatever else stands in these columns is hidden too.
_PLAIN: Mapping[str, str] = {
    "date": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:.]+)?$|^[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}(?: [0-9:]+)?$",
    "session": r"(?i)^(?:[ap]m?[0-9]?|[0-9]{1,2})$",
    "mark": r"^(?:.|[A-Z]{1,2}[0-9]{0,2})$",
    "subcode": r"^(?:.|[A-Z][0-9]{1,2})$",
    "year_group": r"(?i)^(?:year|yr|y)?\s*(?:[0-9]{1,2}|r|n[12]?|reception|nursery)$",
    "class_name": r"^(?:[RN][A-Z]|[0-9]{1,2}\w{0,3}|\w{1,3}[0-9]{1,2})$",
    "boarder": r"(?i)^(?:t|f|y|n|true|false|yes|no|0|1)$",
    "display": r"^(?:.|[A-Z]{1,2}[0-9]{0,2})$",
    "statutory": r"^(?:.|[A-Z]{1,2}[0-9]{0,2})$",
    "restricted": r"(?i)^(?:t|f|y|n|true|false|yes|no|0|1)$",
    "active": r"(?i)^(?:t|f|y|n|true|false|yes|no|0|1)$",
}
_MARK = _PLAIN["mark"]


def remarks(school: School, today: date) -> Iterator[Remark]:
    """What the way says of itself, then some lines a report. A report that cannot be read is a failed line, and the
    next one is tried; but a wrong credential is not tried again.

    Raises NeedsCredentials.
    """
    yield from school.way.remarks()
    found = _Found(school)
    for name, tell in found.parts():
        if not school.way.offers(name):
            yield Remark(True, f"There is no report of the {name}: {_WITHOUT[name]}.")
            continue
        try:
            yield from tell(today)
        except NeedsCredentials:
            raise
        except Problem as problem:
            yield Remark(False, f"The report of the {name}: {problem.sentence}")


class _Found:
    """What the reports have told so far, for those that come after."""

    def __init__(self, school: School) -> None:
        self._school = school
        self._who: People = people(pl.DataFrame(schema=dict.fromkeys(_OF_PEOPLE, pl.String)))
        self._codes = NO_TABLE

    def parts(self) -> list[tuple[str, Callable[[date], Iterator[Remark]]]]:
        """The reports in the order in which each needs those before it."""
        beside = [("roll", self._roll), ("contacts", self._contacts), ("codes", self._code_table)]
        return [("pupils", self._pupils), *beside, ("marks", self._marks)]

    def _pupils(self, _: date) -> Iterator[Remark]:
        report, rows, self._who = self._school.pupils(afresh=True)
        yield from self._beside("pupils", report, rows)
        if not self._school.way.offers("roll"):
            report, rows, _who = self._school.rows_of("roll")
            yield from _set_aside(self._made("roll", report, rows))

    def _roll(self, _: date) -> Iterator[Remark]:
        yield from self._beside("roll", *self._school.whole("roll"))

    def _contacts(self, _: date) -> Iterator[Remark]:
        yield from self._beside("contacts", *self._school.whole("contacts"))

    def _beside(self, name: str, report: Report, rows: pl.DataFrame) -> Iterator[Remark]:
        yield from _told(report, rows)
        yield from _set_aside(self._made(name, report, rows))

    def _made(self, name: str, report: Report, rows: pl.DataFrame) -> Aside:
        aside = Aside(report)
        PAGES_OF[name](Rows(rows, aside, self._school.settings), self._who)
        aside.check()
        return aside

    def _code_table(self, today: date) -> Iterator[Remark]:
        report, rows = self._school.whole("codes")
        yield from _told(report, rows)
        self._codes = code_table(report, rows)
        if "statutory" in report.missed:
            yield Remark(
                True,
                f"{report.fetched.name} has no statutory codes, as tables of the first form: it maps nothing, and only "
                f"the national letters are understood.",
            )
        yield from _not_mapped(self._codes, today)

    def _marks(self, today: date) -> Iterator[Remark]:
        window = Window(today - timedelta(DAYS - 1), today)
        with self._school.way.fetch("marks", window) as files:
            report = _Watched(files[0], captions_of("marks", self._school.settings), self._school.settings)
            marks = Marks(Window(FIRST_DAY, LAST_DAY), self._who, self._codes, self._school.settings)
            seen: list[pl.DataFrame] = []
            rejects: list[Reject] = []
            try:
                for page in marks.pages(report):
                    seen.append(page.rows.drop_nulls("code").group_by("date", "session", "code").len("times"))
                    rejects += page.rejects
            except NoRecords as problem:
                told = f"There were none from {window.first} to {window.last}, which is right where it was closed."
                yield Remark(False, f"The report of the marks: {problem.sentence} {told}")
                return
        yield from _told(report, report.first)
        yield from _first_reject(report, rejects)
        written = pl.concat(seen).group_by("date", "session", "code").agg(pl.col("times").sum())
        yield _newest(written)
        yield from _unknown(written)
        if self._school.settings["comments"]:
            count = _number(report.comments, "comment")
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
                self.first = chunk.head(_SHOWN_ROWS)
            if "comment" in chunk.columns:
                self.comments += chunk["comment"].count()
            yield chunk


def _told(report: Report, rows: pl.DataFrame) -> Iterator[Remark]:
    """What the report has: its columns first, then its first rows with everything personal hidden."""
    name, rest = report.fetched.name, ""
    found = ", ".join(f"{field} ({caption})" for field, caption in report.found.items())
    if report.missed:
        rest += f" Not found: {', '.join(report.missed)}."
    if report.strange:
        rest += f" Not asked for: {', '.join(caption[:40] for caption in report.strange[:30])}."
    childless = f", of which {report.ignored} say nothing" if report.ignored else ""
    yield Remark(True, f"{name}: {_number(report.records, 'row')}{childless}. Columns: {found}.{rest}")
    for number, row in enumerate(rows.head(_SHOWN_ROWS).iter_rows(named=True), start=1):
        values = [f"{field} {_masked(field, row[field])}" for field in report.found if row[field] is not None]
        yield Remark(True, f"{name}, row {number} of those shown: {', '.join(values)}.")


def _masked(field: str, value: str) -> str:
    form = _PLAIN.get(field)
    plain = form is not None and pl.Series([value]).str.contains(form)[0]
    return f"'{value}'" if plain else "***"


def _set_aside(aside: Aside) -> Iterator[Remark]:
    yield from _first_reject(aside.report, aside.rejects())


def _first_reject(report: Report, rejects: list[Reject]) -> Iterator[Remark]:
    if rejects:
        first = rejects[0]
        name, count = report.fetched.name, _number(len(rejects), "value")
        text = f"{name}: {count} could not be used. The first is {first.place}: {first.reason}."
        yield Remark(False, text)


def _newest(written: pl.DataFrame) -> Remark:
    made = written.sort("date", "session")
    if made.is_empty():
        return Remark(False, "There is no mark in the report of the marks.")
    return Remark(True, f"The newest session with marks is {made['date'][-1].isoformat()} {made['session'][-1]}.")


def _unknown(written: pl.DataFrame) -> Iterator[Remark]:
    read = resolve(written.rename({"code": "raw"}))
    strange = read.filter(pl.col("quality").is_in([Quality.INVALID, Quality.LOSSY]))
    counts = strange.group_by("raw").agg(pl.col("times").sum(), pl.col("reason").first())
    for row in counts.sort("times", "raw", descending=[True, False]).head(_MOST_CODES).iter_rows(named=True):
        # A longer one may be a name, from a column that is not that of the marks.
        plain = pl.Series([row["raw"]]).str.contains(_MARK)[0]
        shown = f"'{row['raw']}'" if plain else "a mark that looks like none (not shown)"
        times = "once" if row["times"] == 1 else f"{row['times']} times"
        text = f"{shown}, {times}: {row['reason']}; unless the school's `codes` say what it is, it is set aside."
        yield Remark(True, text)


def _not_mapped(codes: CodeTable, today: date) -> Iterator[Remark]:
    for one in list(codes.unmapped(today))[:_MOST_CODES]:
        way_out = (
            f'unless the school\'s `codes` in the configuration say what it is: codes = {{ "{one.display}" = ... }}'
        )
        if one.national:
            way_out = "though it is a national letter too: correct the table in SIMS"
        text = (
            f"Code '{one.display}' of the table, statutory code {one.statutory}: {one.why}. Its marks are set aside, "
        )
        yield Remark(True, f"{text}{way_out}.")


def _number(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
