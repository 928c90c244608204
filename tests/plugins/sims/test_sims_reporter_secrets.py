"""Neither a password nor a pupil is said, logged, shown or left in a file by a run of the reporter."""

from __future__ import annotations

import logging
import subprocess
import traceback
from pathlib import Path

import pytest

from rollbook.contract import FixSettings, NeedsCredentials, Problem
from rollbook_sims.ways import ending, running
from rollbook_sims.ways.failures import refuse_what_it_said
from rollbook_sims.ways.reporter import Reporter
from rollbook_sims.ways.running import Said
from support.sims_run import PASSWORD, Machine, runs_out, text_of

pytestmark = pytest.mark.usefixtures("temporary")
GOSSIP = ("Ada", "Lovelace", "A123456789012", "10/12/2015")
FAILING = ["missing", "empty", "error", "error_in_output", "error_aside", "half_written", "old", "unreadable"]


@pytest.mark.parametrize(
    ("mode", "right"), [("ok", False), *((mode, True) for mode in ("ok", *FAILING, "slow", "flood", "bad_exit"))]
)
def test_no_password_and_no_pupil_is_said_or_kept(
    machine: Machine, tmp_path: Path, caplog: pytest.LogCaptureFixture, mode: str, right: bool
) -> None:
    caplog.set_level(logging.DEBUG)
    machine.misbehave(mode)
    machine.says(trusted=False, users={"rollbook": PASSWORD if right else "another"})
    clock = runs_out() if mode == "slow" else _never
    reporter = Reporter(machine.settings(user="rollbook", password=PASSWORD), clock=clock)
    said = [repr(reporter), *(remark.text for remark in reporter.remarks())]
    try:
        text_of(reporter)
    except Problem as problem:
        whole = traceback.TracebackException.from_exception(problem, capture_locals=True)
        said += [*whole.format(), problem.sentence, problem.detail, repr(problem), repr(problem.__context__)]
    (machine.folder / "office.json").unlink()  # which has it, as SIMS has
    said += [caplog.text, *(_text(path) for path in tmp_path.rglob("*") if path.is_file())]
    for hidden in (PASSWORD, *GOSSIP):
        assert [line for line in said if hidden in line or repr(hidden)[1:-1] in line] == []


def _never() -> float:
    return 0.0


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace")


def test_a_wrong_password_asks_for_another(machine: Machine) -> None:
    machine.says(trusted=False, users={"rollbook": "another"})
    with (
        pytest.raises(NeedsCredentials),
        Reporter(machine.settings(user="rollbook", password=PASSWORD)).fetch("pupils"),
    ):
        pass


def test_a_password_that_no_command_line_can_hold_is_not_shown_either(machine: Machine) -> None:
    reporter = Reporter(machine.settings(user="rollbook", password=f"{PASSWORD}\0"))
    with pytest.raises(FixSettings) as raised, reporter.fetch("pupils"):
        pass
    assert PASSWORD not in "".join(
        traceback.TracebackException.from_exception(raised.value, capture_locals=True).format()
    )


def test_the_running_program_does_not_show_its_command_line(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = []

    def end(process: subprocess.Popen[bytes], mark: str) -> None:
        shown.append(f"{process!r} {process.args!r}")
        ending.end(process, mark)

    monkeypatch.setattr(running, "end", end)
    text_of(Reporter(machine.settings(user="rollbook", password=PASSWORD)))
    assert shown == [line for line in shown if repr(PASSWORD)[1:-1] not in line] != []


def test_an_error_in_the_letters_of_a_windows_console_is_one() -> None:
    said = Said("<CommandReporterError>Login failed</CommandReporterError>".encode("utf-16"), b"", 0)
    with pytest.raises(NeedsCredentials):
        refuse_what_it_said("R", said, "x")


def test_what_a_program_said_is_not_shown_by_accident() -> None:
    assert repr(Said(b"Ada", b"Lovelace", 3)) == "Said(status=3)"
