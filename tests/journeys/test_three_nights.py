"""Three nights of a school, from its exported files to the council's desk, through real processes and real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from rollbook.host import check, report
from support.host_journey import OAKFIELD, Trust, trust
from support.receiver import Receiver, running_receiver

FIRST, TENTH = date(2026, 9, 21), date(2026, 10, 2)
MONDAY, TUESDAY = date(2026, 10, 5), date(2026, 10, 6)
ABSENT = {("001", FIRST, TENTH): "O"}
ILL_AFTER_ALL = {("001", FIRST, TENTH): "I", ("002", FIRST, MONDAY): "N"}


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    with running_receiver(tmp_path) as running:
        yield running


@pytest.fixture
def oakfield(tmp_path: Path, receiver: Receiver) -> Trust:
    return trust(tmp_path, receiver)


def held(receiver: Receiver) -> list[tuple[int, str, str | None]]:
    """The newest revision of each key at the council."""
    found = [(one.revision, one.action, one.content.get("absence", {}).get("reached_on")) for one in receiver.stored()]
    return sorted(found)


def test_a_return_goes_and_is_withdrawn_and_a_broken_export_changes_nothing(
    oakfield: Trust, receiver: Receiver
) -> None:
    first = oakfield.night(TENTH, ABSENT)
    assert (first.exit_status, first.sentence) == (0, "1 school: 1 ok. Messages: 1 delivered.")
    assert held(receiver) == [(1, "send", "2026-10-02")]

    second = oakfield.night(MONDAY, ILL_AFTER_ALL)
    assert (second.exit_status, second.sentence) == (0, "1 school: 1 ok. Messages: 2 delivered.")
    assert held(receiver) == [(1, "send", "2026-10-02"), (2, "withdraw", None)]

    marks = oakfield.folder / "drop" / "marks.csv"
    marks.write_bytes(marks.read_bytes()[:-3])
    third = oakfield.sync(TUESDAY)
    assert third.exit_status == 4
    assert "marks.csv is cut off in the middle" in third.schools[0].sentences[0]
    assert held(receiver) == [(1, "send", "2026-10-02"), (2, "withdraw", None)]

    fourth = oakfield.night(TUESDAY, ILL_AFTER_ALL)
    assert (fourth.exit_status, fourth.sentence) == (0, "1 school: 1 ok. Nothing was delivered.")
    assert [row.exit_status for row in report.runs(oakfield.config)] == [0, 4, 0, 0]
    assert all(ledger.ok for ledger in report.verify(oakfield.config))


def test_check_sends_nothing_and_says_what_is_well(oakfield: Trust, receiver: Receiver) -> None:
    oakfield.export(TENTH, ABSENT)
    lines = check.check(oakfield.config)
    assert [line.text for line in lines if not line.ok] == []
    assert {"configuration", "state", "oakfield", "council", f"school {OAKFIELD} (Oakfield School)"} <= {
        line.about for line in lines
    }
    assert receiver.stored() == []
