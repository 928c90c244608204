"""What a run leaves when Rollbook is killed is found at the next, on any system; what runs gets nothing of ours."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import filelock
import pytest

from rollbook_sims.ways import running
from rollbook_sims.ways.ending import MARK
from rollbook_sims.ways.places import private_folder, shared
from rollbook_sims.ways.reporter import Reporter
from support.sims_run import Machine, text_of

LEFT = "rollbook-sims-run-0123456789abcdef"


class Unlinking(filelock.FileLock):
    """A lock whose file is gone when it is released, as on Windows."""

    def release(self, force: bool = False) -> None:
        super().release(force=force)
        Path(self.lock_file).unlink(missing_ok=True)


def test_a_folder_that_could_not_be_deleted_is_deleted_at_the_next_run(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filelock, "FileLock", Unlinking)
    with monkeypatch.context() as held:
        with private_folder() as folder:
            (folder / "marks.xml").write_text("of pupils")
            held.setattr(shutil, "rmtree", lambda *_, **__: None)
        assert folder.exists()
    with private_folder():
        assert not folder.exists()


def test_a_folder_that_another_process_uses_stays_though_locks_are_unlinked(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filelock, "FileLock", Unlinking)
    with private_folder() as first, private_folder():
        assert first.exists()


def test_what_a_killed_process_had_started_is_ended_before_another_is(temporary: Path) -> None:
    (temporary / LEFT).mkdir()
    runs_on = subprocess.Popen(
        [sys.executable, "-IS", "-c", "print(flush=True); import time; time.sleep(60)"],
        env={MARK: LEFT},
        stdout=subprocess.PIPE,
    )
    assert runs_on.stdout is not None
    runs_on.stdout.readline()
    with runs_on, private_folder():
        runs_on.wait(timeout=10)
        assert not (temporary / LEFT).exists()


def test_a_run_is_marked_by_its_folder(machine: Machine, temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    marked = []

    def end(process: subprocess.Popen[bytes], mark: str) -> None:
        marked.append(mark)
        process.wait()

    monkeypatch.setattr(running, "end", end)
    with Reporter(machine.settings()).fetch("pupils") as fetched:
        assert marked == [fetched[0].path.parent.name]


@pytest.mark.parametrize(
    "name", ["SYNC_TOKEN", "ROLLBOOK_KEY", "PYTHONPATH", "AWS_SECRET_ACCESS_KEY", "PATHS", "USERS"]
)
def test_what_is_rollbooks_own_is_not_passed_on(name: str) -> None:
    assert running.passed_on({name: "x"}) == {}


@pytest.mark.parametrize("name", ["PATH", "Path", "SystemRoot", "ProgramFiles(x86)", "LC_ALL", "Processor_Level", "TZ"])
def test_what_programs_need_is_passed_on(name: str) -> None:
    assert running.passed_on({name: "x"}) == {name: "x"}


def test_the_reporter_has_no_secret_in_its_environment(
    machine: Machine, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, str] = {}
    start = subprocess.Popen

    def spy(*parts: object, **how: object) -> object:
        given.update(how["env"])  # type: ignore[call-overload]
        return start(*parts, **how)  # type: ignore[call-overload]

    monkeypatch.setenv("OTHER_TOKEN", "secret")
    monkeypatch.setattr(subprocess, "Popen", spy)
    text_of(Reporter(machine.settings()))
    assert given["PATH"] == os.environ["PATH"]
    assert "secret" not in given.values()


def test_on_windows_all_accounts_have_the_locks_of_databases_in_common(
    tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROGRAMDATA", str(tmp_path))
    assert shared(windows=True) == tmp_path / "Rollbook"
    assert (tmp_path / "Rollbook").is_dir()
    assert shared(windows=False) == temporary


@pytest.mark.parametrize("where", [None, "nowhere"])
def test_where_there_is_no_such_folder_it_is_the_temporary_one(
    tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch, where: str | None
) -> None:
    monkeypatch.delenv("PROGRAMDATA", raising=False)
    if where:
        monkeypatch.setenv("PROGRAMDATA", str(tmp_path / where))
    assert shared(windows=True) == temporary
