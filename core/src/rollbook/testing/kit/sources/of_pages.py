"""Clause 4, its first part: the rows of a pull. Their values are in `of_values`."""

from __future__ import annotations

from rollbook.contract import Window
from rollbook.tables.schemas import Table
from rollbook.testing.kit.check import DoesNotApply, must, required, some
from rollbook.testing.kit.made_to_order import (
    LEFT,
    NOON,
    eventful,
    with_a_joiner_and_a_leaver,
    with_leave,
    without_rows,
)
from rollbook.testing.kit.source_stage import SUMMER, WEEK, WINDOW, SourceStage, keys_of, national

_OF_THE_HOST = ("missing_value", "unknown_word")  # kinds of reject
_ALWAYS = (Table.PUPILS, Table.ROLL, Table.MARKS)
MAY_BE_EMPTY = (Table.LEAVE, Table.NOTICES, Table.FLAGS, Table.CONTACT_LOG)
"""Not contacts: a school in which no pupil has one is a school that does not give them."""


@required("S07", "4.1")
def pages_fit_their_table(stage: SourceStage) -> None:
    """Every page has the columns of its table, each of its type, and no row lacks a value that it needs."""
    for table in stage.tables:
        pulled, problem = stage.try_pull(table, WEEK)
        must(problem is None, f"{table.value}: {problem and problem.sentence}")
        lacking = [one for one in pulled.rejects if one.kind in _OF_THE_HOST] if pulled else []
        must(not lacking, f"{len(lacking)} rows of {table.value} do not fit: {some(one.reason for one in lacking)}")
        must(table not in _ALWAYS or (pulled and pulled.rows.height), f"{table.value} has no row at all")


@required("S08", "4.2")
def keys_are_unique(stage: SourceStage) -> None:
    """No two rows of a pull are of the same thing, on whatever pages they come."""
    for table in set(stage.tables) - {Table.CONTACT_LOG}:  # two calls on one day are two, and nothing tells them apart
        keys = keys_of(table, stage.pull(table, WEEK, source=stage.made(**stage.small_pages)).rows)
        doubled = keys.filter(keys.is_duplicated())
        must(doubled.is_empty(), f"{doubled.height} rows of {table.value} share their keys ({', '.join(keys.columns)})")


@required("S09", "4.3")
def rows_are_those_of_the_mis(stage: SourceStage) -> None:
    """Every row that the MIS holds is given with its values, and no other, in weeks in which much happens."""
    school, leaver = eventful(stage.school)
    with stage.another("eventful", school) as other:
        source = other.made()
        for table in other.tables:
            difference = other.unlike(table, other.pull(table, source=source).rows)
            why = f" ({leaver} left on {LEFT}; {NOON} ended at noon)" if table is Table.MARKS else ""
            must(not difference, f"{difference}{why}")


@required("S10", "4.4")
def the_window_is_whole(stage: SourceStage) -> None:
    """Both ends of the window are in it: a day asked for by itself has the marks that it has in a longer window."""
    days = stage.truth(Table.MARKS)["date"].unique().sort()
    for day in (days[0], days[-1]):
        other = stage.unlike(Table.MARKS, stage.pull(Table.MARKS, Window(day, day)).rows, Window(day, day))
        must(not other, f"asked for {day} alone: {other}")


@required("S11", "4.5")
def sessions_are_right(stage: SourceStage) -> None:
    """A mark is of the session for which it was made: the morning's are given as AM, the afternoon's as PM."""
    rows, truth = stage.pull(Table.MARKS, WEEK).rows, stage.truth(Table.MARKS, WEEK)
    strange = set(rows["session"].unique()) - {"AM", "PM"}
    must(not strange, f"the session of a mark is {some(sorted(strange))}: write AM or PM")
    key = ("pupil", "date", "session")
    marks = [rows.select(*key, national("code", stage.cls.code_map)), truth.select(*key, national("code", {}))]
    wrong, right = (frame.join(other, on=frame.columns, how="anti") for frame, other in (marks, marks[::-1]))
    moved = right.join(wrong, on=["pupil", "date", "code"], suffix="_given")
    first = moved.rows(named=True)[:1]
    must(moved.is_empty(), f"{moved.height} marks are given for the other session of their day (the first: {first})")


@required("S15", "4.9")
def marks_have_their_pupil(stage: SourceStage) -> None:
    """Whoever has a mark or a spell on the roll is among the pupils, one who left some days ago too."""
    days = stage.truth(Table.MARKS)["date"].unique().sort()
    school, _, leaver = with_a_joiner_and_a_leaver(stage.school, left=days[len(days) // 2])
    with stage.another("leaver", school) as other:
        source = other.made()
        pupils = other.pull(Table.PUPILS, source=source).rows.select("pupil").unique()
        for table in (Table.ROLL, Table.MARKS):
            rows = other.pull(table, source=source).rows
            must(leaver in rows["pupil"], f"{table.value} has no row of {leaver}, who left within these days")
            keys = rows.select("pupil").unique().join(pupils, on="pupil", how="anti")["pupil"].to_list()
            why = ", who left within these days" if leaver in keys else ""
            must(not keys, f"{table.value} has rows of {some(keys)}{why}, and pupils has not")


@required("S17", "4.11")
def days_are_the_schools(stage: SourceStage) -> None:
    """A day is the day at the school, in summer time too, when midnight in England is not midnight in UTC."""
    other = stage.unlike(Table.MARKS, stage.pull(Table.MARKS, SUMMER).rows, SUMMER)
    must(not other, f"in September: {other}")


@required("S18", "4.12")
def empty_is_not_none(stage: SourceStage) -> None:
    """A table in which nothing is written gives a page without rows, and not no page, which says that nothing is
    known.
    """
    optional = [table for table in MAY_BE_EMPTY if table in stage.cls.tables]
    if not optional:
        raise DoesNotApply("table that may be empty")
    empty = stage.another("empty", without_rows(stage.school, optional))
    with empty, stage.another("written", with_leave(stage.school)) as written:
        for table in optional:
            pulled, whole = empty.pull(table, WINDOW), written.pull(table, WINDOW)
            must(
                pulled.pages or not whole.pages,
                f"nothing is written in {table.value}, and its pull gives no page: give one without rows",
            )
            difference = written.unlike(table, whole.rows) if whole.pages else ""
            must(not difference, f"something is written in {table.value}: {difference}")
            difference = empty.unlike(table, pulled.rows) if pulled.pages else ""
            must(not difference, f"nothing is written in {table.value}: {difference}")
