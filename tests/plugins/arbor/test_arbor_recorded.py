"""The source against recordings of the simulator, over both routes: no server runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from rollbook.tables.schemas import Table
from rollbook_arbor.source import ArborSource
from support.arbor import in_order, pulled
from support.arbor_cassettes import CASSETTES, WEEK, of_arbor, recorded, tapes


@pytest.fixture(params=["graphql", "rest"])
def reading(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ArborSource]:
    name = request.node.originalname.removeprefix("test_")
    with recorded(f"{name}_{request.param}", tmp_path, route=request.param) as made:
        yield made


def test_a_week(reading: ArborSource) -> None:
    for table in (Table.SESSIONS, Table.PUPILS, Table.ROLL, Table.MARKS):
        rows, rejects, _ = pulled(reading, table, window=WEEK)
        assert rejects == []
        assert_frame_equal(in_order(rows), in_order(of_arbor()[table]), check_column_order=False)


def test_the_recordings_hold_no_secret_and_nobody_who_was_not_invented() -> None:
    assert tapes().problems() == []
    assert all(path.stat().st_size < 300_000 for path in CASSETTES.glob("*.yaml"))
