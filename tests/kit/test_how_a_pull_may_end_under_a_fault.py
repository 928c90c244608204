"""Under a fault a pull may end in a Problem, or whole, or in fewer rows that it owns up to; and in nothing else."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from rollbook.contract import DeliveryRefused, Done, Page, Reject, RetryLater
from rollbook.tables.schemas import Table
from rollbook.testing.kit.source_stage import Pulled, SourceStage
from rollbook.testing.kit.trial import DAYS, mistake
from support.kit_source import Plain, PlainSimulator

ASIDE = [Reject("record 7", "date", "no day")]


def wrong(folder: Path, change: pl.Expr | None = None, *, less: int = 0, bare: bool = False, **ended: object) -> str:
    """What is wrong with a pull of marks that lacks so many rows, or says something else."""
    with SourceStage(Plain, PlainSimulator, folder) as stage:
        rows = stage.truth(Table.MARKS, DAYS)
        rows = rows.head(rows.height - less).with_columns([] if change is None else [change])
        claimed = DAYS if ended.get("claims", True) else None
        rejects = ASIDE if ended.get("aside") else []
        pulled = Pulled(rows, pl.DataFrame(), Done(covers=claimed), [Page(rows)], rejects)
        return mistake(stage, Table.MARKS, (pulled, None), bare=bare)


def test_whole_rows_are_well(tmp_path: Path) -> None:
    assert wrong(tmp_path) == ""


@pytest.mark.parametrize(("aside", "claims", "well"), [(True, False, True), (True, True, False), (False, False, False)])
def test_fewer_rows_are_well_where_some_are_set_aside_and_no_days_are_claimed(
    tmp_path: Path, aside: bool, claims: bool, well: bool
) -> None:
    assert (wrong(tmp_path, less=9, aside=aside, claims=claims) == "") is well


def test_another_value_is_never_well(tmp_path: Path) -> None:
    other = pl.when(pl.col("code") == "/").then(pl.lit("N")).otherwise("code").alias("code")
    assert "say code 'N' where it is '/'" in wrong(tmp_path, other, aside=True, claims=False)


def test_a_row_that_is_not_there_is_never_well(tmp_path: Path) -> None:
    assert "that are not there" in wrong(tmp_path, pl.lit("nobody").alias("pupil"), aside=True, claims=False)


def test_only_a_problem_of_reading_is_one(tmp_path: Path) -> None:
    with SourceStage(Plain, PlainSimulator, tmp_path) as stage:
        assert mistake(stage, Table.MARKS, (None, RetryLater("away"))) == ""
        assert "DeliveryRefused" in mistake(stage, Table.MARKS, (None, DeliveryRefused("no")))
