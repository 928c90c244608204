"""A reporter that hangs in a worker process: the host ends that process, and all is well at the next call."""

from __future__ import annotations

from pathlib import Path

import pytest

from rollbook.contract import RetryLater, SchoolRef
from rollbook.host.config import ConnectionConfig
from rollbook.host.worker import Worker
from rollbook.tables.schemas import Table
from support.sims_run import WEEK, Machine

SCHOOL = SchoolRef("SIMS")


@pytest.mark.slow
def test_a_reporter_that_hangs_ends_with_the_worker_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine, temporary = Machine(tmp_path), tmp_path / "for a while"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    connection = ConnectionConfig("larkspur", "sims", {"reporter": str(machine.program)}, role="source")
    with Worker(connection, tmp_path, seconds=60, memory_mb=1024) as worker:
        assert worker.schools() == [SCHOOL]
        machine.misbehave("hang_with_child")
        worker.seconds = 1.5
        with pytest.raises(RetryLater):
            list(worker.pull(Table.PUPILS, SCHOOL, WEEK, None))
        assert machine.alive() == []
        machine.misbehave("ok")
        worker.seconds = 60
        list(worker.pull(Table.PUPILS, SCHOOL, WEEK, None))
    assert [path.name for path in temporary.iterdir() if "-run-" in path.name] == []
