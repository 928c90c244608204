"""The stage of a source: a made-up school behind its simulator, pulled as the host pulls, and what is to be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from rollbook.contract.errors import Problem
from rollbook.contract.source import Checkpoint, Done, Page, Reject, Remark, SchoolRef, Window
from rollbook.host.page_checks import KEYS, fitted, whole_pull
from rollbook.host.pull import ORDER, pieces
from rollbook.tables.schemas import PAGES, Table, page_schema
from rollbook.testing.kit.check import Failed
from rollbook.testing.kit.stage import Stage
from rollbook.testing.schools import MadeSchool, make_school
from rollbook.testing.web import Answer

URN = 900001
FIRST, BEFORE, EVENING = date(2026, 9, 1), date(2026, 11, 19), date(2026, 11, 20)
WINDOW = Window(date(2026, 10, 21), EVENING)  # with a half term and the end of summer time in it
WEEK = Window(date(2026, 11, 16), EVENING)
SUMMER = Window(date(2026, 9, 9), date(2026, 9, 15))
HOLIDAY = Window(date(2026, 8, 3), date(2026, 8, 14))
NO_MARK = ("", "-")


@dataclass
class Pulled:
    """What one pull gave: its rows and removed rows as the host takes them, its rejects and pages, and its Done."""

    rows: pl.DataFrame
    removed: pl.DataFrame
    done: Done
    pages: list[Page] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)


@cache
def school_of(pupils: int, last: date = EVENING) -> MadeSchool:
    """The made-up school of the checks: the same one every time."""
    return make_school("primary", URN, pupils, seed=3, first=FIRST, last=last)


class SourceStage(Stage):
    """A source's class, and a school that its simulator holds as it was on the evening of `EVENING`.

    small_pages: settings with which even this small school takes several pages.
    """

    role = "source"

    def __init__(
        self,
        cls: Any,
        simulator: Any,
        folder: Path,
        *,
        pupils: int = 32,
        settings: Mapping[str, Any] | None = None,
        small_pages: Mapping[str, Any] | None = None,
        school: MadeSchool | None = None,
        expired: int | Answer = 401,
    ) -> None:
        self.school = school or school_of(pupils)
        self.small_pages = dict(small_pages or {})
        self.evening = EVENING
        self._ref: SchoolRef | None = None
        self._simulator_class = simulator
        super().__init__(cls, self._made, folder, settings or {}, expired)

    def _made(self, folder: Path) -> Any:
        simulator = self._simulator_class(folder, self.school)
        simulator.publish(EVENING)
        return simulator

    def another(self, name: str, school: MadeSchool) -> SourceStage:
        """A stage of its own with another school, in a folder of that name."""
        return SourceStage(
            self.cls,
            self._simulator_class,
            self.folder / name,
            settings=self._more,
            small_pages=self.small_pages,
            school=school,
            expired=self.ended,
        )

    def publish(self, evening: date) -> None:
        """From now on the simulator holds what was known at the end of that day."""
        self.evening = evening
        self.simulator.publish(evening)

    @property
    def tables(self) -> list[Table]:
        """Those that the source gives, in the order in which the host asks for them."""
        return [table for table in ORDER if table in self.cls.tables]

    def ref(self, source: Any) -> SchoolRef:
        """How the source names the school: by what `schools()` says, or else by its URN. Asked for once, as the host
        does not ask again at each pull.
        """
        if self._ref is None:
            self._ref = self._found(source.schools())
        return self._ref

    def ask_for(self, school: SchoolRef) -> None:
        """From now on that school is asked for."""
        self._ref = school

    def _found(self, known: list[SchoolRef]) -> SchoolRef:
        mine = [one for one in known if one.urn == self.school.urn] or known
        if not mine:
            raise Failed("schools() names no school: the simulator's settings must see one")
        return SchoolRef(mine[0].key, self.school.name, self.school.urn)

    def checked(self, source: Any | None = None) -> list[Remark]:
        """What `check` says."""
        remarks = list((source or self.made()).check())
        self.hear(*(remark.text for remark in remarks))
        return remarks

    def items(
        self, table: Table, window: Window = WINDOW, checkpoint: Checkpoint | None = None, source: Any | None = None
    ) -> Iterator[Page | Done]:
        """What the source yields, untouched."""
        source = source or self.made()
        yield from source.pull(table, self.ref(source), window, checkpoint)

    def pull(
        self, table: Table, window: Window = WINDOW, checkpoint: Checkpoint | None = None, source: Any | None = None
    ) -> Pulled:
        """A whole pull, cut and checked as the host does it. Raises Problem."""
        source = source or self.made()
        pages: list[Page] = []
        done: Done | None = None
        parts = pieces(window, self.cls.window_days) if table is Table.MARKS else [window]
        covers: list[Window | None] = []
        for part in parts:
            for item in whole_pull(self._fitted(table, part, checkpoint, source), table, part):
                if isinstance(item, Page):
                    pages.append(item)
                else:
                    done, checkpoint = item, item.checkpoint
                    covers.append(item.covers)
                    self.hear(*item.notes)
        assert done is not None
        rejects = [reject for page in pages for reject in page.rejects]
        whole = Done(done.checkpoint, _joined(covers), done.stated_rows, done.notes)
        return Pulled(_rows(table, pages), _removed(table, pages), whole, pages, rejects)

    def _fitted(self, table: Table, window: Window, checkpoint: Checkpoint | None, source: Any) -> Iterator[Any]:
        for item in self.items(table, window, checkpoint, source):
            if isinstance(item, Page):
                item = fitted(item, table)
                self.hear(item.origin, *(f"{one.place} {one.column} {one.reason} {one.kind}" for one in item.rejects))
            yield item

    def try_pull(self, table: Table, window: Window = WINDOW, **given: Any) -> tuple[Pulled | None, Problem | None]:
        """A whole pull, or the Problem that it ended in."""
        found: list[Pulled] = []
        problem = self.problem_of(lambda: found.append(self.pull(table, window, **given)))
        return (found[0] if found else None), problem

    def truth(self, table: Table, window: Window = WINDOW) -> pl.DataFrame:
        """What is there to be read: what the simulator says of itself (`readable()`), or the school's own pages."""
        tell = getattr(self.simulator, "readable", None)
        rows: pl.DataFrame = (tell() if tell else self.school.known_on(self.evening))[table]
        return rows.filter(pl.col("date").is_between(window.first, window.last)) if table is Table.MARKS else rows

    def unlike(self, table: Table, rows: pl.DataFrame, window: Window = WINDOW) -> str:
        """How rows differ from what is there to be read, in a few words; empty when they do not."""
        return self.differs(table, rows, self.truth(table, window))

    def differs(self, table: Table, rows: pl.DataFrame, truth: pl.DataFrame) -> str:
        """How rows as they came differ from others, the marks that came read by way of `code_map`."""
        return unlike(table, rows, truth, self.cls.code_map)


def unlike(table: Table, rows: pl.DataFrame, truth: pl.DataFrame, code_map: Mapping[str, str]) -> str:
    """How two tables differ, without regard to the order of rows, to columns that only one has, and to how "no mark"
    is written. Empty when they do not. `code_map` is of `rows` alone: the truth is what its marks must come to.
    """
    names = [name for name in PAGES[table] if name != "line" and name in rows.columns and name in truth.columns]
    given, wanted = plain(table, rows.select(names), code_map), plain(table, truth.select(names), {})
    lost, strange = (
        one.join(other, on=names, how="anti", nulls_equal=True) for one, other in ((wanted, given), (given, wanted))
    )
    if lost.is_empty() and strange.is_empty():
        doubled = given.height - wanted.height
        return f"{doubled} rows of {table.value} come more than once" if doubled else ""
    told = [_told("not given", lost), _told("given and not there", strange)]
    return f"{table.value}: " + "; ".join(text for text in told if text)


def plain(table: Table, rows: pl.DataFrame, code_map: Mapping[str, str]) -> pl.DataFrame:
    """The rows that say something, each in one way: a mark that was not made, and a day that is not open, say none."""
    if table is Table.SESSIONS:  # a day that is not named is a day on which the school is closed
        return rows.filter(pl.col("open")) if "open" in rows.columns else rows
    if table is not Table.MARKS or "code" not in rows.columns:
        return rows
    rows = rows.with_columns(national("code", code_map), pl.col("session").str.to_uppercase())
    return rows.filter(~pl.col("code").fill_null("").is_in(NO_MARK))


def national(column: str, code_map: Mapping[str, str]) -> pl.Expr:
    """The marks of that column as the host reads them: by way of `code_map`, then without the space around them."""
    return pl.col(column).replace(dict(code_map)).str.strip_chars()


def _told(what: str, rows: pl.DataFrame) -> str:
    if rows.is_empty():
        return ""
    first = ", ".join(f"{name} {value}" for name, value in rows.row(0, named=True).items() if value is not None)
    return f"{rows.height} rows {what} (the first: {first})"


def keys_of(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    """The columns by which a row of the table is known, as far as they are there."""
    return rows.select([name for name in KEYS[table] if name in rows.columns])


def _rows(table: Table, pages: list[Page]) -> pl.DataFrame:
    frames = [page.rows for page in pages if page.rows.width]
    return pl.concat(frames, how="diagonal") if frames else pl.DataFrame(schema=page_schema(table))


def _removed(table: Table, pages: list[Page]) -> pl.DataFrame:
    frames = [page.removed for page in pages if page.removed is not None]
    schema = {name: page_schema(table)[name] for name in KEYS[table]}
    return pl.concat(frames, how="diagonal") if frames else pl.DataFrame(schema=schema)


def _joined(covers: list[Window | None]) -> Window | None:
    """The days that all parts of a pull covered, where they follow on each other; None where a part covered none."""
    known = [one for one in covers if one is not None]
    return Window(known[0].first, known[-1].last) if known and len(known) == len(covers) else None
