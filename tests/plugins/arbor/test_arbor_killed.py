"""A pull that was killed anywhere and made again gives the same rows as one that was not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from rollbook.contract import RetryLater, SchoolRef, Window
from rollbook.tables.schemas import Table
from rollbook_arbor.simulator import ArborSimulator, Fault
from support.arbor import URN, arbor, expected, in_order, pulled, source

DAYS = Window(date(2026, 11, 17), date(2026, 11, 18))
CHECKPOINT = {"first_page": {"graphql": 1, "rest": 1}}
ROUTES: dict[str, dict[str, Any]] = {
    "graphql": {"route": "graphql", "page_size": 7},
    "rest": {"route": "rest", "page_size": 7, "cache": "kept"},
}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ArborSimulator]:
    with arbor(tmp_path_factory.mktemp("arbor"), DAYS.last, pupils=6) as simulator:
        yield simulator


def marks(office: ArborSimulator, folder: Path, route: str) -> pl.DataFrame:
    """One pull of the marks of `DAYS`, by a source that was just made."""
    rows, rejects, _ = pulled(source(office, folder, **ROUTES[route]), Table.MARKS, CHECKPOINT, DAYS)
    assert rejects == []
    return in_order(rows)


def requests_of(office: ArborSimulator, folder: Path, route: str) -> int:
    """How many requests a pull makes that finds nothing kept."""
    office.requests.clear()
    marks(office, folder, route)
    return len(office.requests)


def test_two_pulls_by_rest_are_equal(office: ArborSimulator, tmp_path: Path) -> None:
    first = marks(office, tmp_path, "rest")
    assert_frame_equal(first, marks(office, tmp_path, "rest"))
    assert_frame_equal(first, in_order(expected(office, Table.MARKS, DAYS)), check_column_order=False)


def test_both_routes_are_equal(office: ArborSimulator, tmp_path: Path) -> None:
    assert_frame_equal(marks(office, tmp_path, "graphql"), marks(office, tmp_path, "rest"))


def killed_at(office: ArborSimulator, folder: Path, route: str, request: int) -> None:
    """Arbor hangs up at that request and all that follow, and the pull fails; then it is there again."""
    office.faults.next(Fault.CLOSED, times=None, after=request)
    try:
        with pytest.raises(RetryLater):
            marks(office, folder, route)
    finally:
        office.faults.clear()


def test_hung_up_on_at_any_request_of_graphql(office: ArborSimulator, tmp_path: Path) -> None:
    whole = marks(office, tmp_path, "graphql")
    for request in range(requests_of(office, tmp_path, "graphql")):
        killed_at(office, tmp_path, "graphql", request)
        assert_frame_equal(marks(office, tmp_path, "graphql"), whole)


@pytest.mark.slow
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_hung_up_on_at_any_request_of_rest(
    office: ArborSimulator, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("rest")
    last = requests_of(office, tmp_path_factory.mktemp("whole"), "rest") - 1
    killed_at(office, folder, "rest", data.draw(st.integers(0, last)))
    assert_frame_equal(
        marks(office, folder, "rest"), in_order(expected(office, Table.MARKS, DAYS)), check_column_order=False
    )


def test_a_host_that_stops_at_any_page_of_rest(office: ArborSimulator, tmp_path: Path) -> None:
    whole = marks(office, tmp_path, "rest")
    reading = source(office, tmp_path, **ROUTES["rest"])
    ref = SchoolRef(str(URN), "Oaks", URN)
    pages = len(list(reading.pull(Table.MARKS, ref, DAYS, CHECKPOINT)))
    for taken in range(pages):
        items = reading.pull(Table.MARKS, ref, DAYS, CHECKPOINT)
        for _ in range(taken):
            next(items)
        items.close()  # type: ignore[attr-defined]
        rows, _, _ = pulled(reading, Table.MARKS, CHECKPOINT, DAYS)
        assert_frame_equal(in_order(rows), whole)
