"""Clause 6: what changes from one night to the next, and how the pulls of both become one register."""

from __future__ import annotations

from datetime import date

import polars as pl

from rollbook.contract import Window
from rollbook.host.page_checks import KEYS
from rollbook.tables.schemas import Table
from rollbook.testing.kit.check import advised, must, required, some
from rollbook.testing.kit.made_to_order import KEY, with_a_correction, with_a_deletion, with_a_joiner_and_a_leaver
from rollbook.testing.kit.source_stage import BEFORE, EVENING, WEEK, WINDOW, Pulled, SourceStage, national
from rollbook.testing.schools import MadeSchool

STRANGE = {"v": 99, "xyz": [1]}
_UNTIL_BEFORE = Window(WINDOW.first, BEFORE)


@required("S27", "6.1")
def corrections_are_heard(stage: SourceStage) -> None:
    """A mark of weeks ago that is corrected tonight is corrected after tonight's pull of the days that overlap."""
    school, corrected = with_a_correction(stage.school)
    marks = _two_nights(stage, "corrected", school)
    given = marks.select(*KEY, given=national("code", stage.cls.code_map))
    after = corrected.select(*KEY, code="after").join(given, on=KEY, how="left")
    missed = after.filter(national("code", {}).ne_missing(pl.col("given"))).sort("date")
    told = [f"of {row['date']} {row['session']} to {row['code']}" for row in missed.iter_rows(named=True)]
    must(not told, f"{len(told)} corrections of {corrected.height} are not heard: {some(told)}")


@required("S28", "6.2")
def deletions_are_heard(stage: SourceStage) -> None:
    """A mark that is deleted tonight is gone after tonight's pull: it is in `removed`, or missing within `covers`."""
    school, deleted = with_a_deletion(stage.school)
    left = _two_nights(stage, "deleted", school).join(deleted, on=KEY, how="semi")
    must(
        left.is_empty(),
        f"the mark of {deleted['date'][0]} was deleted, and is still there: name it in `removed`, or say `covers`",
    )


@required("S29", "6.3")
def joiners_and_leavers_are_heard(stage: SourceStage) -> None:
    """Tonight's pull has the pupil who joined today, with roll and marks, and the last day of the one who left."""
    school, joiner, leaver = with_a_joiner_and_a_leaver(stage.school)
    that = pl.col("pupil").is_in([joiner, leaver])
    with stage.another("joined", school) as other:
        other.publish(BEFORE)
        source = other.made()
        done = {table: other.pull(table, _UNTIL_BEFORE, source=source).done for table in _OF_A_PUPIL}
        other.publish(EVENING)
        source = other.made()
        for table in _OF_A_PUPIL:
            rows = other.pull(table, WEEK, done[table].checkpoint, source).rows
            truth = other.truth(table, WEEK).filter(that)
            must(truth.height, f"the simulator has no row of {table.value} of who joined or left")
            difference = other.differs(table, rows.filter(that), truth)
            must(not difference, f"of who joined ({joiner}) and who left ({leaver}): {difference}")


_OF_A_PUPIL = (Table.PUPILS, Table.ROLL, Table.MARKS)


@required("S30", "6.4")
def overlaps_merge(stage: SourceStage) -> None:
    """Two windows that overlap, one pulled after the other, become one register."""
    early, late = Window(WINDOW.first, date(2026, 11, 13)), Window(date(2026, 11, 9), WINDOW.last)
    first = stage.pull(Table.MARKS, early)
    second = stage.pull(Table.MARKS, late, first.done.checkpoint)
    other = stage.unlike(Table.MARKS, merged(first.rows, second))
    must(not other, f"{early.first} to {early.last}, then {late.first} to {late.last}: {other}")


@advised("S31", "6.5")
def strange_checkpoints(stage: SourceStage) -> None:
    """A checkpoint that another version left does no harm: the pull is as the first was."""
    for table in (Table.PUPILS, Table.MARKS):
        own = stage.pull(table, WEEK).done.checkpoint
        for strange in (STRANGE, {name: [1] for name in own}):
            pulled, problem = stage.try_pull(table, WEEK, checkpoint=strange)
            must(problem is None, f"{table.value}, with the checkpoint {strange}: {problem and problem.sentence}")
            other = stage.unlike(table, pulled.rows, WEEK) if pulled else ""
            must(not other, f"with the checkpoint {strange}: {other}")


def _two_nights(stage: SourceStage, name: str, school: MadeSchool) -> pl.DataFrame:
    """The marks of the window after the last two evenings, each pulled by an instance of its own."""
    with stage.another(name, school) as other:
        other.publish(BEFORE)
        first = other.pull(Table.MARKS, _UNTIL_BEFORE)
        other.publish(EVENING)
        return merged(first.rows, other.pull(Table.MARKS, WINDOW, first.done.checkpoint))


def merged(before: pl.DataFrame, fresh: Pulled) -> pl.DataFrame:
    """The marks after a pull, as the host's register has them: what came counts, and what it says was removed, or is
    missing on days that it covers, is gone.
    """
    keys = list(KEYS[Table.MARKS])
    held = before.join(fresh.rows, on=keys, how="anti").join(fresh.removed, on=keys, how="anti")
    covers = fresh.done.covers
    if covers is not None:
        held = held.filter(~pl.col("date").is_between(covers.first, covers.last))
    return pl.concat([held, fresh.rows], how="diagonal_relaxed")
