"""A source that offers sixty fields more than anybody asked for: none is kept, and none is sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import sqlalchemy as sa

from rollbook.contract import Done, Page
from rollbook.host import decide, report
from rollbook.host.state import opened
from rollbook.tables.schemas import Table
from support.host_plugins import FakeMis
from support.host_world import OAKS, World, build

FIRST, TENTH, NEXT = date(2026, 9, 21), date(2026, 10, 2), date(2026, 10, 5)
MARK = "zebrafinch"
NAMES = ("ethnicity", "religion", "nationality", "gp", "allergies", "diagnosis", "safeguarding_note", "photo", "fsm")
MORE = [*NAMES, *(f"field_{number}" for number in range(60 - len(NAMES)))]


def talkative(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page of the school's MIS has sixty columns more."""
    asked = FakeMis.pull

    def pull(self: FakeMis, *given: Any) -> Iterator[Page | Done]:
        for item in asked(self, *given):
            more = [pl.lit(f"{MARK} {name}").alias(name) for name in MORE]
            yield item if isinstance(item, Done) else Page(item.rows.with_columns(more), origin=item.origin)

    monkeypatch.setattr(FakeMis, "pull", pull)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A night at which a missing child is reported, with all that the source says."""
    talkative(monkeypatch)
    made = build(tmp_path, monkeypatch, destination="allportal")
    school = made.mis[OAKS]
    school.mark("p1", FIRST, NEXT, "O")
    school.extra[Table.CONTACTS] = [{"pupil": "p1", "name": "A. Parent", "telephone": "01632 960001"}]
    made.sync(TENTH)
    for case in report.cases(made.config):
        for message in report.case(made.config, case.case).messages:
            if message.state == "held" and not message.lacks:
                decide.approve(made.config, case.case, by="A. Officer", in_process=True)
                break
    made.sync(TENTH)
    return made


def test_nothing_of_it_is_in_the_database(world: World) -> None:
    with opened(world.config) as database, database.read() as conn:
        kept = sa.MetaData()
        kept.reflect(conn)
        found = [name for name, table in kept.tables.items() if MARK in str(conn.execute(sa.select(table)).all())]
        columns = {column.name for table in kept.tables.values() for column in table.columns}
    assert found == []
    assert columns & set(MORE) == set()


def test_nothing_of_it_is_in_a_register_or_the_log(world: World) -> None:
    folder = world.config.installation.state
    registers = list(folder.rglob("*.parquet"))
    assert registers
    for file in registers:
        rows = pl.read_parquet(file)
        assert set(rows.columns) & set(MORE) == set()
        assert MARK not in str(rows.select(pl.col(pl.String).unique().implode()).rows())
    assert [file.name for file in folder.rglob("*") if file.is_file() and MARK.encode() in file.read_bytes()] == []


def test_nothing_of_it_is_sent(world: World) -> None:
    sent = [message for held in world.portal.held.values() for message in held]
    assert {"attendance_return", "missing_pupil_report"} <= {message.key.kind.value for message in sent}
    for message in sent:
        assert MARK not in str(message.content)
        assert set(message.content) & set(MORE) == set()
