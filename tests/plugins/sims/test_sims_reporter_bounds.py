"""A run of the reporter has its time and its turn, and nothing that it started is left."""

from __future__ import annotations

import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import filelock
import pytest

from rollbook.contract import FixSettings, RetryLater
from rollbook_sims.ways import places
from rollbook_sims.ways.places import turn
from rollbook_sims.ways.reporter import Reporter
from rollbook_sims.ways.running import Deadline
from support.sims_run import WEEK, Machine, problem_of, runs_out, text_of

pytestmark = pytest.mark.usefixtures("temporary")


def test_past_its_time_it_is_ended(machine: Machine) -> None:
    reporter = Reporter(machine.settings(minutes=7), clock=runs_out())
    problem = problem_of(machine, "slow", reporter=reporter)
    assert isinstance(problem, RetryLater)
    assert "not there after 7 minutes" in problem.sentence
    assert "`minutes`" in problem.sentence
    assert machine.alive() == []


def test_past_its_time_all_that_it_started_is_ended(machine: Machine) -> None:
    started = machine.folder / "children.txt"
    reporter = Reporter(machine.settings(), clock=runs_out(lambda: started.exists() and bool(started.read_text())))
    assert isinstance(problem_of(machine, "hang_with_child", reporter=reporter), RetryLater)
    assert len(started.read_text().split()) == 2
    assert machine.alive() == []


def test_what_a_report_that_came_well_leaves_running_is_ended(machine: Machine) -> None:
    machine.misbehave("leaves_child")
    text_of(Reporter(machine.settings()))
    assert (machine.folder / "children.txt").exists()
    assert machine.alive() == []


def test_the_asking_for_prompts_is_bounded_too(machine: Machine) -> None:
    machine.misbehave("slow", paramdef=True)
    with pytest.raises(RetryLater), Reporter(machine.settings(), clock=runs_out()).fetch("marks", WEEK):
        pass
    assert machine.alive() == []


def test_an_interrupt_ends_it(machine: Machine) -> None:
    def interrupted() -> bool:
        raise KeyboardInterrupt

    machine.misbehave("slow")
    with pytest.raises(KeyboardInterrupt), Reporter(machine.settings(), clock=runs_out(interrupted)).fetch("pupils"):
        pass
    assert machine.alive() == []


def test_a_second_report_of_a_database_waits_for_its_turn(machine: Machine) -> None:
    mine = machine.settings(server="SIMS-SRV", database="Larkspur", minutes=1e-9)
    with turn("sims-srv", "LARKSPUR", Deadline(1)), pytest.raises(RetryLater) as raised, Reporter(mine).fetch("pupils"):
        pass
    assert "Another report of this database is still running" in raised.value.sentence
    assert machine.runs() == []


def test_reports_of_two_databases_run_side_by_side(machine: Machine) -> None:
    with turn("SIMS-SRV", "Foxglove", Deadline(1)):
        assert "001003" in text_of(Reporter(machine.settings(server="SIMS-SRV", database="Larkspur")))


def test_the_turn_is_over_before_the_file_is_read(machine: Machine) -> None:
    with Reporter(machine.settings()).fetch("pupils"):
        assert "001003" in text_of(Reporter(machine.settings()))


def test_a_failure_gives_the_turn_back(machine: Machine) -> None:
    problem_of(machine, "missing")
    machine.misbehave("ok")
    assert "001003" in text_of(Reporter(machine.settings()))


def test_a_turn_leaves_no_file(machine: Machine, temporary: Path) -> None:
    text_of(Reporter(machine.settings()))
    assert list(temporary.iterdir()) == []


def test_many_who_wait_have_their_turns_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock's file is deleted while others wait for it: nobody may hold what no name leads to."""
    monkeypatch.setattr(places, "_LOOK_SECONDS", 0.0)
    inside, most = 0, 0

    def take_turns() -> None:
        nonlocal inside, most
        for _ in range(100):
            with turn("SIMS-SRV", "Larkspur", Deadline(1)):
                inside += 1
                time.sleep(0)
                most = max(most, inside)
                inside -= 1

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(take_turns) for _ in range(4)]:
            done.result()
    assert most == 1


def test_a_lock_that_cannot_be_used_is_told(machine: Machine, temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(lock: filelock.FileLock, *_: object, **__: object) -> None:
        if "database" in lock.lock_file:
            raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(filelock.FileLock, "acquire", refuse)
    with pytest.raises(FixSettings) as raised, Reporter(machine.settings()).fetch("pupils"):
        pass
    assert str(temporary) in raised.value.sentence


def test_a_temporary_folder_that_is_not_there_is_told(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(machine.folder / "nowhere"))
    monkeypatch.setattr(filelock.FileLock, "acquire", _no_folder)
    with pytest.raises(FixSettings) as raised, Reporter(machine.settings()).fetch("pupils"):
        pass
    assert "temporary folder" in raised.value.sentence


def _no_folder(*_: object, **__: object) -> None:
    raise FileNotFoundError(2, "No such file or directory")
