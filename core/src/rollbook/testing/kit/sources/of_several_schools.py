"""Clause 4.13: the rows are those of the school that is asked for, though one instance serves all of a connection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, partial
from typing import Any

import polars as pl

from rollbook.contract import FixSettings, NeedsCredentials, Page, SchoolRef
from rollbook.tables.schemas import Table
from rollbook.testing.kit.check import must, required, some
from rollbook.testing.kit.source_stage import EVENING, FIRST, SourceStage, unlike
from rollbook.testing.kit.trial import DAYS
from rollbook.testing.schools import MadeSchool, make_school

OTHER_URN = 900002
NEEDED = (Table.PUPILS, Table.ROLL, Table.MARKS)


@required("S50", "4.13")
def rows_are_of_the_school_asked(stage: SourceStage) -> None:
    """Every school gets its own rows and no other's, and one that the connection does not show gets none."""
    first = stage.ref(stage.made())
    if hasattr(stage.simulator, "add_school"):
        _each_its_own(stage, first)
    for stranger in _strangers(stage.made().schools()):
        source = stage.made()
        for table in stage.tables:
            _must_be_refused(stage, source, stranger, table, "asked for first")
        stage.ask_for(first)
        for table in NEEDED:
            stage.pull(table, DAYS, source=source)
        for table in NEEDED:
            _must_be_refused(stage, source, stranger, table, f"asked for after {first.key!r}")


def _each_its_own(stage: SourceStage, first: SchoolRef) -> None:
    """One instance is asked for A, for B, and for A again."""
    school = _other(len(stage.school.history[Table.PUPILS]["pupil"].unique()))
    with stage.another("alone", school) as alone:
        wanted = {table: alone.pull(table, DAYS).rows for table in stage.tables}
    must(wanted[Table.PUPILS].height, "a simulator that is made with another school gives no pupil of it")
    stage.simulator.add_school(school)
    stage.publish(EVENING)
    source = stage.made()
    second = _second(source.schools(), first)
    for ref, times in ((first, "first"), (second, "next"), (first, "once more")):
        stage.ask_for(ref)
        for table in stage.tables:
            _must_be_its_own(stage, source, table, wanted if ref is second else None, f"school {ref.key!r}, {times}")


def _must_be_its_own(
    stage: SourceStage, source: Any, table: Table, wanted: Mapping[Table, pl.DataFrame] | None, when: str
) -> None:
    """wanted: the rows of the second school as they came; None: it is the first, of which the simulator tells."""
    rows = stage.pull(table, DAYS, source=source).rows
    other = unlike(table, rows, wanted[table], {}) if wanted else stage.unlike(table, rows, DAYS)
    must(not other, f"one instance is asked for two schools in turn; {when}: {other}. Keep what you keep by its key")


def _second(shown: list[SchoolRef], first: SchoolRef) -> SchoolRef:
    more = [one for one in shown if one.key != first.key]
    must(first.key in [one.key for one in shown], f"after add_school(), schools() no longer shows {first.key!r}")
    must(
        len(more) == 1, f"add_school() adds one school, and schools() shows {some(one.key for one in shown) or 'none'}"
    )
    return more[0]


def _strangers(shown: list[SchoolRef]) -> Iterator[SchoolRef]:
    """As a host names a school whose `key` is wrong; and one without a `key`, by its URN. That of a connection which
    does not know whose it is can be anybody's.
    """
    yield SchoolRef("no-such-school", "No Such School", OTHER_URN + 1)
    if all(one.urn for one in shown):
        yield SchoolRef(str(OTHER_URN + 1), "No Such School", OTHER_URN + 1)


def _must_be_refused(stage: SourceStage, source: Any, stranger: SchoolRef, table: Table, when: str) -> None:
    pages: list[Page] = []
    problem = stage.problem_of(partial(_gathered, pages, source, stranger, table))
    told = f"schools() does not show {stranger.key!r} (URN {stranger.urn}), and its {table.value}, {when},"
    rows = sum(page.rows.height for page in pages)
    must(not rows, f"{told} are {rows} rows: of which school? Raise FixSettings")
    if problem is None and not pages and table not in NEEDED:
        return  # not known, which is no school's
    named = type(problem).__name__ if problem else "a whole pull without rows"
    must(isinstance(problem, FixSettings | NeedsCredentials), f"{told} end in {named}. Raise FixSettings")


def _gathered(pages: list[Page], source: Any, school: SchoolRef, table: Table) -> None:
    for item in source.pull(table, school, DAYS, None):
        if isinstance(item, Page):
            pages.append(item)


@cache
def _other(pupils: int) -> MadeSchool:
    return make_school("primary", OTHER_URN, pupils, seed=4, first=FIRST, last=EVENING)
