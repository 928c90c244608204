"""Clause 7, the second half: answers that are none, pages that come twice or not at all, fields more and fewer."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from rollbook.tables.schemas import Table
from rollbook.testing.kit import bodies, damage
from rollbook.testing.kit.check import DoesNotApply, advised, must, required
from rollbook.testing.kit.line import Fault
from rollbook.testing.kit.source_stage import SourceStage
from rollbook.testing.kit.trial import (
    ASKED,
    DAYS,
    Ended,
    at_each,
    damaged_must_end_well,
    fault,
    mistake,
    must_end_well,
    readers,
    requests_of,
    under,
)


@required("S38", "7.7")
def answers_that_are_none(stage: SourceStage) -> None:
    """A page for people, JSON of another form, and half of the JSON are no answers, though HTTP says 200."""
    at_each(stage, Fault.HTML, Fault.NONSENSE, Fault.HALF_BODY)


@required("S39", "7.8")
def repeated_page(stage: SourceStage) -> None:
    """A page that comes in place of the one after it is noticed."""
    at_each(stage, Fault.REPEATED)


@advised("S40", "7.9")
def skipped_page(stage: SourceStage) -> None:
    """A page that never comes, because the one after it came in its place, is noticed."""
    at_each(stage, Fault.SKIPPED)


@required("S41", "7.10")
def half_page(stage: SourceStage) -> None:
    """A page, or a file, that has half of its rows is noticed, or says itself that rows are missing. The last page need
    not be, of a vendor that states no totals.
    """
    if stage.line is None:
        damaged_must_end_well(stage, {"ends half way": damage.half})
        return
    at_each(stage, Fault.HALF_LIST, spared=partial(_untold, stage))


def _untold(stage: SourceStage, table: Table) -> int:
    """How many requests at the end of a pull are spared: the last of a vendor that states no totals, whose end nobody
    can tell from a half.
    """
    rows = stage.pull(table, DAYS, source=stage.made(**stage.small_pages)).rows.height
    line = stage.http
    told = any(bodies.states(answer.body, rows) or str(rows) in answer.headers.values() for answer in line.answers)
    line.forget()
    return 0 if told else 1


@required("S42", "7.11")
def unknown_fields(stage: SourceStage) -> None:
    """A field, or a column, that nobody knows does no harm: vendors add them without a word."""
    if stage.line is None:
        with damage.damaged(damage.tables_among(damage.files_of(stage)), damage.with_a_column):
            for table in stage.tables:
                _must_be_whole(stage, table, stage.try_pull(table, DAYS))
        return
    altered = 0
    for table in stage.tables:
        with fault(stage, Fault.UNKNOWN_FIELDS):
            ended = stage.try_pull(table, DAYS, source=stage.made(**stage.small_pages))
            altered += stage.http.altered
        _must_be_whole(stage, table, ended)
    if not altered:
        raise DoesNotApply("answer in JSON, to which a field could be added")


@required("S43", "7.12")
def missing_fields(stage: SourceStage) -> None:
    """A field, or a column, that is missing is never filled by a guess: the rows are bare of it, set aside, or the pull
    ends in a Problem.
    """
    tried = 0
    for what, table, ended in _without_fields(stage) if stage.line else _without_columns(stage):
        wrong = mistake(stage, table, ended, bare=True)
        must(not wrong, f"{what} is missing everywhere; {wrong}")
        tried += 1
    if not tried:
        raise DoesNotApply("list of objects in JSON, from which a field could be taken")


def _must_be_whole(stage: SourceStage, table: Table, ended: Ended) -> None:
    pulled, problem = ended
    must(pulled, f"a field that nobody knows ends the pull of {table.value}: {problem}. Take what is known, no more")
    must_end_well(stage, table, ended, "there is a field that nobody knows")


def _without_fields(stage: SourceStage) -> Iterator[tuple[str, Table, Ended]]:
    for table in ASKED:
        requests_of(stage, table)
        for field in sorted({field for answer in stage.http.tape for field in bodies.fields_of(answer.body)}):
            yield f"the field {field}", table, under(stage, table, Fault.MISSING_FIELD, times=None, field=field)


def _without_columns(stage: SourceStage) -> Iterator[tuple[str, Table, Ended]]:
    """Each file alone loses each of its columns: where all did, one that is refused would hide the others."""
    for file, table in readers(stage, damage.tables_among(damage.files_of(stage)), ASKED):
        for place in range(damage.columns(file)):
            with damage.damaged([file], damage.without_column(place)):
                yield f"the column {place + 1} of {file.name}", table, stage.try_pull(table, DAYS)
