"""The status with which a command ends, and the sentence that a person is left with."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from rollbook.cli import ending, faults
from rollbook.cli.exits import Exit, Stop, status_of
from rollbook.contract.errors import (
    DeliveryRefused,
    FixSettings,
    NeedsCredentials,
    Problem,
    RetryLater,
    VendorMustAct,
)


def ended(run: Callable[[], object]) -> int:
    """The status with which the process would end."""
    with pytest.raises(SystemExit) as left:
        ending.end(run)
    return int(str(left.value.code))


def raising(error: BaseException) -> Callable[[], object]:
    def run() -> object:
        raise error

    return run


@pytest.fixture(autouse=True)
def faults_here(tmp_path: Path) -> None:
    faults.write_to(tmp_path / "state")


@pytest.mark.parametrize(
    ("problem", "status"),
    [
        (Stop("no"), Exit.NOT_UNDERSTOOD),
        (Stop("no", Exit.NO), Exit.NO),
        (FixSettings("mend it"), Exit.NOT_UNDERSTOOD),
        (NeedsCredentials("who are you"), Exit.NOTHING_DONE),
        (RetryLater("busy"), Exit.NOTHING_DONE),
        (VendorMustAct("odd"), Exit.NOTHING_DONE),
        (DeliveryRefused("no"), Exit.NOTHING_DONE),
        (Problem("else"), Exit.NOTHING_DONE),
    ],
)
def test_each_problem_has_its_status(problem: Problem, status: Exit) -> None:
    assert status_of(problem) is status


@pytest.mark.parametrize(("outcome", "status"), [(None, 0), (Exit.WELL, 0), (Exit.NO, 1), (3, 3)])
def test_what_a_command_returns_is_its_status(outcome: object, status: int) -> None:
    assert ended(lambda: outcome) == status


def test_a_problem_is_its_sentence_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(raising(FixSettings("Mend the address.", detail="for the log"))) == 2
    assert capsys.readouterr().err == "Mend the address.\n"


def test_a_fault_of_ours_is_one_sentence_without_values(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert ended(raising(KeyError("Ada Lovelace"))) == 5
    said = capsys.readouterr().err
    assert "Ada" not in said
    assert "Traceback" not in said
    assert "a fault of its own (KeyError at" in said
    assert str(tmp_path / "state" / "faults.log") in said


def test_the_log_of_faults_has_places_and_no_values(tmp_path: Path) -> None:
    def with_a_name() -> None:
        name = "Ada Lovelace"
        try:
            raise ValueError(name)
        except ValueError as error:
            raise RuntimeError(name) from error

    assert ended(with_a_name) == 5
    text = (tmp_path / "state" / "faults.log").read_text(encoding="utf-8")
    assert "Ada" not in text
    assert [link["kind"] for link in json.loads(text)["chain"]] == ["RuntimeError", "ValueError"]
    assert "with_a_name" in text


def test_a_fault_that_cannot_be_written_down_is_still_said(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_the_way = tmp_path / "a file"
    in_the_way.write_text("", encoding="utf-8")
    monkeypatch.setattr(faults, "_folders", lambda: [in_the_way])
    assert ended(raising(KeyError("x"))) == 5
    assert "a fault of its own" in capsys.readouterr().err


def test_a_stopped_command_says_what_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    def work() -> None:
        ending.if_stopped("Two schools are kept.")
        raise click.Abort from KeyboardInterrupt()

    assert ended(work) == 4
    assert capsys.readouterr().err == "Stopped. Two schools are kept.\n"


def test_a_question_that_nobody_answers_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    @click.command()
    def ask() -> None:
        raise EOFError

    assert ended(lambda: ask.main([], standalone_mode=False)) == 4
    assert "No answer came to the question. Nothing was changed." in capsys.readouterr().err


def test_a_full_disk_is_no_fault_of_ours(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(raising(OSError(errno.ENOSPC, "No space left on device", "/data/x.parquet"))) == 4
    said = capsys.readouterr().err
    assert "/data/x.parquet" in said
    assert "No space left on device" in said


def test_a_file_that_cannot_be_opened_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert ended(lambda: (tmp_path / "none.csv").open()) == 4
    assert "none.csv" in capsys.readouterr().err


def test_a_connection_error_that_reached_the_end_is_a_fault_of_ours() -> None:
    assert ended(raising(ConnectionRefusedError(errno.ECONNREFUSED, "refused"))) == 5


def test_a_reader_that_went_away_is_no_fault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with (tmp_path / "out").open("w", encoding="utf-8") as out:
        monkeypatch.setattr(sys, "stdout", out)
        assert ended(raising(BrokenPipeError(errno.EPIPE, "gone"))) == 1


def test_a_question_left_with_ctrl_c_begins_a_new_line(capsys: pytest.CaptureFixture[str]) -> None:
    def ask() -> None:
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt:
            raise click.Abort from None

    assert ended(ask) == 4
    assert capsys.readouterr().err == "\nStopped. Nothing was changed.\n"


@pytest.mark.skipif(sys.platform == "win32", reason="pipes end otherwise there")
def test_output_that_nobody_reads_to_its_end_is_no_fault() -> None:
    program = "import os; os.close(1); os.dup2(int(os.environ['PIPE']), 1)"
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-c", f"{program}; from rollbook.cli.start import main; main()", "codes"]
    done = subprocess.run(
        command, env=os.environ | {"PIPE": str(write)}, pass_fds=[write], stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (1, "")
