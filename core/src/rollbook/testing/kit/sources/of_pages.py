"""Clause 4: what a page holds."""

from __future__ import annotations

from rollbook.contract import Window
from rollbook.tables.schemas import Table
from rollbook.testing.kit.check import must, required
from rollbook.testing.kit.source_stage import SUMMER, SourceStage, keys_of, unlike


@required("S07", "4.1")
def pages_fit_their_table(stage: SourceStage) -> None:
    """Every page has the columns of its table, each of its type."""
    for table in stage.tables:
        _, problem = stage.try_pull(table)
        must(problem is None, f"{table.value}: {problem and problem.sentence}")


@required("S08", "4.2")
def keys_are_unique(stage: SourceStage) -> None:
    """No two rows of a pull are of the same thing."""
    for table in stage.tables:
        keys = keys_of(table, stage.pull(table).rows)
        doubled = keys.filter(keys.is_duplicated())
        must(doubled.is_empty(), f"{doubled.height} rows of {table.value} share their keys ({', '.join(keys.columns)})")


@required("S09", "4.3")
def rows_are_those_of_the_mis(stage: SourceStage) -> None:
    """Every row that the MIS holds is given with its values, and no other."""
    for table in stage.tables:
        other = stage.unlike(table, stage.pull(table).rows)
        must(not other, other)


@required("S10", "4.4")
def the_window_is_whole(stage: SourceStage) -> None:
    """Both ends of the window are in it: a day asked for by itself has the marks that it has in a longer window."""
    days = stage.truth(Table.MARKS)["date"].unique().sort()
    for day in (days[0], days[-1]):
        other = stage.unlike(Table.MARKS, stage.pull(Table.MARKS, Window(day, day)).rows, Window(day, day))
        must(not other, f"asked for {day} alone: {other}")


@required("S17", "4.11")
def days_are_the_schools(stage: SourceStage) -> None:
    """A day is the day at the school, in summer time too, when midnight in England is not midnight in UTC."""
    names = ["pupil", "date", "session"]
    rows = stage.pull(Table.MARKS, SUMMER).rows.select(names)
    other = unlike(Table.MARKS, rows, stage.truth(Table.MARKS, SUMMER).select(names), {})
    must(not other, f"in September: {other}")
