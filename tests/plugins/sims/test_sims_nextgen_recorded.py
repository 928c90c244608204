"""SIMS Next Gen against recordings of the simulator: no server runs."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from polars.testing import assert_frame_equal

from rollbook.contract import Done, Page, SchoolRef
from rollbook.host.page_checks import whole_pull
from rollbook.tables.schemas import Table
from rollbook_sims.simulator.nextgen_records import Organisation
from support.sims_nextgen import URN, WEEK
from support.sims_nextgen_cassettes import CASSETTES, recorded, small_school, tapes


def test_a_week(tmp_path: Path) -> None:
    there = Organisation(small_school())
    there.publish(WEEK.last)
    with recorded("a_week", tmp_path) as source:
        for table in (Table.PUPILS, Table.ROLL, Table.MARKS):
            items = list(whole_pull(source.pull(table, SchoolRef(str(URN), "", URN), WEEK, None), table, WEEK))
            pages = [item for item in items if isinstance(item, Page)]
            assert [one for page in pages for one in page.rejects] == []
            assert isinstance(items[-1], Done)
            rows, wanted = pl.concat([page.rows for page in pages]), there.readable()[table]
            if table is Table.MARKS:
                rows, wanted = rows.drop_nulls("code"), wanted.filter(~pl.col("code").is_in(["", "-"]))
            wanted = wanted.drop("home_la", strict=False)  # Next Gen does not say in whose area a pupil lives
            assert_frame_equal(rows.select(wanted.columns), wanted, check_row_order=False)


def test_a_check(tmp_path: Path) -> None:
    with recorded("a_check", tmp_path) as source:
        assert all(remark.ok for remark in source.check())


def test_a_week_takes_several_pages_of_marks() -> None:
    assert tapes().path("a_week").read_text(encoding="utf-8").count("skiptoken=eyJ") > 1


def test_the_recordings_hold_no_secret_and_nobody_who_was_not_invented() -> None:
    assert tapes().problems() == []
    assert all(path.stat().st_size < 300_000 for path in CASSETTES.glob("*.yaml"))
