"""The source against recordings of the simulator: no server runs."""

from __future__ import annotations

from pathlib import Path

from polars.testing import assert_frame_equal

from rollbook_wonde.simulator_register import Register
from support.wonde import CASSETTES, WEEK, pulled, recorded, remarks, small_school, tapes


def test_a_week(tmp_path: Path) -> None:
    there = Register(small_school())
    there.publish(WEEK.last)
    with recorded("a_week", tmp_path) as wonde:
        for table, wanted in there.readable().items():
            rows, rejects, _ = pulled(wonde, table)
            assert rows is not None
            assert rejects == []
            wanted = wanted.drop("home_la", strict=False)  # Wonde does not say in whose area a pupil lives
            assert_frame_equal(rows.select(wanted.columns), wanted, check_row_order=False)


def test_a_check(tmp_path: Path) -> None:
    with recorded("a_check", tmp_path) as wonde:
        assert [remark.ok for remark in remarks(wonde)] == [True, True]


def test_a_week_takes_several_pages_of_marks() -> None:
    assert tapes().path("a_week").read_text(encoding="utf-8").count("cursor=eyJ") > 1


def test_the_recordings_hold_no_secret_and_nobody_who_was_not_invented() -> None:
    assert tapes().problems() == []
    assert all(path.stat().st_size < 300_000 for path in CASSETTES.glob("*.yaml"))
