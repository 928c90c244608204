"""What a council gets of a school without a case, and what it tells the school, from export to desk and back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from rollbook.host import report, report_news, run
from rollbook_receiver import news
from rollbook_receiver.tables import regular as table
from support.host_journey import OAKFIELD, Trust, trust
from support.receiver import NOW, Receiver, running_receiver

FRIDAY, MONDAY = date(2026, 10, 2), date(2026, 10, 5)


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    with running_receiver(tmp_path) as running:
        yield running


@pytest.fixture
def oakfield(tmp_path: Path, receiver: Receiver) -> Trust:
    return trust(tmp_path, receiver)


def night(oakfield: Trust, day: date) -> report.RunResult:
    moment = datetime(day.year, day.month, day.day, 19, tzinfo=UTC)
    return run.sync(oakfield.config, as_at=day, now=lambda: moment, in_process=True)


def held(receiver: Receiver, kind: str, day: date) -> dict[str, Any]:
    """The newest body at the council."""
    bodies = sa.select(table.c.body).where(table.c.kind == kind, table.c.day == day.isoformat())
    with receiver.store.reading() as connection:
        text = connection.execute(bodies.order_by(table.c.revision.desc())).scalars().first()
    assert text is not None
    return dict(json.loads(text))


def test_the_council_sees_how_fresh_a_school_is_and_the_school_what_it_was_told(
    oakfield: Trust, receiver: Receiver
) -> None:
    contacts = {"contacts": [{"name": "A. Officer", "what_for": "attendance"}]}
    with receiver.store.writing() as connection:
        news.tell(connection, "named_contacts", OAKFIELD, "contacts", contacts, "R. Officer", NOW)
    oakfield.export(FRIDAY, {})
    result = night(oakfield, FRIDAY)
    assert (result.exit_status, dict(result.deliveries[0].reports), result.deliveries[0].news) == (0, {"said": 25}, 1)
    assert held(receiver, "day", FRIDAY)["registers"][0] == {"session": "AM", "expected": 4, "recorded": 4}
    week = held(receiver, "week", date(2026, 9, 28))
    assert all(row["suppressed"] and "pupils" not in row for row in week["rows"])  # four pupils are too few
    [row] = report_news.listed(oakfield.config, waiting=True)
    assert "- attendance: A. Officer" in report_news.one(oakfield.config, row.news).text

    marks = oakfield.folder / "drop" / "marks.csv"
    marks.write_bytes(marks.read_bytes()[:-3])
    assert night(oakfield, MONDAY).schools[0].status == "failed"
    monday = held(receiver, "day", MONDAY)
    assert (monday["last_sync_ok"], monday["registers"][0]["recorded"]) == ("2026-10-02T19:00:00Z", 0)
