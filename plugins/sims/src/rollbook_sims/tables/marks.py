"""The report of the marks: a page for each stretch of its records, as they come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import polars as pl

from rollbook.contract import Page, Problem, Reject, Window
from rollbook_sims.codes_table import CodeTable, written
from rollbook_sims.reports.report import Report
from rollbook_sims.tables import values
from rollbook_sims.tables.people import People
from rollbook_sims.tables.rows import LINE, Aside, Rows

COLUMNS = ("pupil", "date", "session", "code", LINE)
_SATURDAY = 5
_MISFIT = "the sub-code does not begin with the mark: which of them counts? Correct the mark in SIMS"
_NO_MARK = "the value (not shown) is not of the form of a mark"


@dataclass
class Marks:
    """The marks of a window, out of one or several files. What is known of a mark: `people`, the school's `codes`.

    A file counts for every day from its first to its last, whether it has rows of that day or, since it was cleared,
    none: those that are read after it say nothing of these days. So read the newest first.
    """

    window: Window
    people: People
    codes: CodeTable
    settings: Mapping[str, Any]
    lost: int = 0
    _spans: list[Window] = field(default_factory=list)

    def pages(self, report: Report) -> Iterator[Page]:
        """Pages of what that file has for the window; the last brings what was wrong with the file's own rows.

        Raises RetryLater and FixSettings where the file is no such report.
        """
        aside, days = Aside(report), set[date]()
        for chunk in report.chunks():
            rows = self._page(Rows(chunk, aside, self.settings), days)
            rejects = aside.rejects()
            if rows.height or rejects:
                yield Page(rows, rejects=rejects, origin=report.fetched.name)
        aside.check()
        yield Page(no_marks(), rejects=aside.rejects(), origin=report.fetched.name)
        self.lost += aside.lost
        if days:
            self._spans.append(Window(min(days), max(days)))

    def without(self, name: str, problem: Problem) -> Page:
        """The page that says that a file could not be read. Nothing of it counts, nor is any mark deleted."""
        self.lost += 1
        return Page(no_marks(), rejects=[Reject(name, "file", problem.sentence, kind="file")], origin=name)

    def covers(self) -> Window | None:
        """The days for which the export stands: from its first to its last in the window. Of several files it is the
        newest stretch in which no school day lies between one and the next.

        None when a row or a file had to be set aside: a mark may be there and not have been read, which is not one
        that was deleted.
        """
        return None if self.lost or not self._spans else newest_stretch(self._spans)

    def _page(self, rows: Rows, days: set[date]) -> pl.DataFrame:
        """The rows that count. `days` gets those of the window that the file speaks of."""
        blank = pl.all_horizontal(pl.col(name).is_null() for name in ("date", "session", "mark", "subcode"))
        rows.frame = rows.frame.filter(~blank)  # a pupil of whom the report has nothing
        rows.day("date", needed=True)
        rows.frame = rows.frame.filter(pl.col("date").is_between(self.window.first, self.window.last))
        spoken_of = set(rows.frame["date"].unique().to_list())
        days |= spoken_of
        rows.frame = rows.frame.filter(pl.col("date").is_in([day for day in spoken_of if not self._is_said(day)]))
        self._session(rows)
        self.people.put_keys(rows)
        self._code(rows)
        repeated = ["pupil", "date", "session", "code"]  # as two rows of one mark with a UPN and without are
        return rows.frame.select(COLUMNS).unique(repeated, keep="first", maintain_order=True)

    def _is_said(self, day: date) -> bool:
        return any(span.first <= day <= span.last for span in self._spans)

    def _session(self, rows: Rows) -> None:
        am, pm = self.settings["am"], self.settings["pm"]
        expected = f" is neither {' nor '.join([*am, *pm])}"
        reason = pl.concat_str(values.shown_session(pl.col("session")), pl.lit(expected))
        rows.typed("session", values.session(pl.col("session"), am, pm), reason, needed=True)

    def _code(self, rows: Rows) -> None:
        rows.frame = written(rows.frame)
        rows.leave_out(pl.col("misfit"), "subcode", _MISFIT, telling=False)
        rows.frame = self.codes.national(rows.frame)
        rows.leave_out(~pl.col("code").str.contains(values.MARK), "mark", _NO_MARK)


def newest_stretch(spans: Sequence[Window]) -> Window:
    """Of some spans of days the newest, with those before it as long as only a weekend lies between."""
    newest, *older = sorted(spans, key=lambda span: span.last, reverse=True)
    for span in older:
        if _weekdays_between(span.last, newest.first):
            break
        newest = Window(min(span.first, newest.first), newest.last)
    return newest


def _weekdays_between(before: date, after: date) -> bool:
    between = ((before + timedelta(n)) for n in range(1, (after - before).days))
    return any(day.weekday() < _SATURDAY for day in between)


def no_marks() -> pl.DataFrame:
    """A page without a mark."""
    kinds = {"date": pl.Date, LINE: pl.Int32}
    return pl.DataFrame(schema={name: kinds.get(name, pl.String) for name in COLUMNS})
