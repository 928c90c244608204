"""HTTP 429: the waits that Arbor asks for are bounded for a whole pull, not for each of its many requests."""

from __future__ import annotations

from pathlib import Path

import pytest

from rollbook.contract import RetryLater
from rollbook.tables.schemas import Table
from rollbook_arbor.patience import Patience
from rollbook_arbor.simulator import Fault
from support.arbor import WEEKS, arbor, pulled, source


def test_a_pull_waits_ten_minutes_in_all(tmp_path: Path) -> None:
    patience = Patience("oaks.example")
    for _ in range(10):
        with patience.request():
            patience.answered(429, 60.0)
            patience.answered(200, None)
    with pytest.raises(RetryLater, match="asks for fewer requests"), patience.request():
        patience.answered(429, 60.0)


def test_once_one_request_was_never_taken_no_other_is_tried() -> None:
    patience = Patience("oaks.example")
    with patience.request():
        patience.answered(429, 1.0)
    with pytest.raises(RetryLater, match="waiting did not help"), patience.request():
        pytest.fail("it was tried")


def test_an_arbor_that_stays_busy_gets_few_requests_from_all_threads(tmp_path: Path) -> None:
    with arbor(tmp_path / "arbor", pupils=6) as office:
        office.faults.next(Fault.BUSY, times=None, only="one AttendanceRollCallRecord", after=1)
        with pytest.raises(RetryLater):
            pulled(source(office, tmp_path, route="rest"), Table.MARKS)
        assert sum(asked.label == "one AttendanceRollCallRecord" for asked in office.requests) <= 1 + 4 * 6


def test_an_arbor_that_is_busy_now_and_then_is_read_whole(tmp_path: Path) -> None:
    with arbor(tmp_path / "arbor", pupils=6) as office:
        for after in range(10, 200, 10):
            office.faults.next(Fault.BUSY, only="one AttendanceRollCallRecord", after=after)
        rows, _, _ = pulled(source(office, tmp_path, route="rest"), Table.MARKS, window=WEEKS)
        assert len(rows) > 200
