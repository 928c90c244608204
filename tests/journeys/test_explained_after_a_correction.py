"""Two nights and a correction, through real files and processes: what was known on each evening is told apart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from rollbook.host import report
from support.host_journey import PUPILS, Trust, trust
from support.receiver import Receiver, running_receiver
from support.typed import Typed, type_command

FIRST, TENTH, MONDAY = date(2026, 9, 21), date(2026, 10, 2), date(2026, 10, 5)


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    with running_receiver(tmp_path) as running:
        yield running


@pytest.fixture
def oakfield(tmp_path: Path, receiver: Receiver) -> Trust:
    """A return that was due on Friday evening, and turned out to be illness on Monday."""
    school = trust(tmp_path, receiver)
    school.night(TENTH, {("001", FIRST, TENTH): "O"})
    school.night(MONDAY, {("001", FIRST, TENTH): "I"})
    return school


def asked(school: Trust, *words: object) -> Typed:
    [case] = report.cases(school.config, kind="attendance_return")
    told = type_command("--config", school.folder / "rollbook.toml", "explain", str(case.case), *map(str, words))
    assert told.status == 0, told.err
    return told


def test_friday_says_due_and_monday_says_withdrawn_each_with_both_days(oakfield: Trust) -> None:
    friday = asked(oakfield, "--as-at", TENTH).out
    assert "Judged as at Friday 2 October 2026, on what was known at the end of Friday 2 October 2026" in friday
    assert "open since Friday 2 October 2026" in friday
    assert "\nIt is due.\n" in friday

    monday = asked(oakfield, "--as-at", MONDAY).out
    assert "Judged as at Monday 5 October 2026, on what was known at the end of Monday 5 October 2026" in monday
    assert "withdrawn since Monday 5 October 2026" in monday
    assert "As the register was known, those days no longer bear it." in monday
    assert "the rule's own answer is: it is not due" in monday
    assert "I, authorised absence: illness" in monday

    looked_back = asked(oakfield, "--as-at", TENTH, "--known-on", MONDAY, "--format", "json").json()
    days = (looked_back["explanation"]["as_at"], looked_back["known_on"], looked_back["explanation"]["due"])
    assert days == ("2026-10-02", "2026-10-05", False)

    for told in (friday, monday, str(looked_back)):
        assert not [
            one for one in (*(f"Surname-{p}" for p in PUPILS), "Forename", "2014", "High Street") if one in told
        ]
