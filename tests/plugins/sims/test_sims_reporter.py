"""Running the reporter: what came of each run is judged by its file, and nothing that it started is left."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import filelock
import pytest

from rollbook.contract import FixSettings, NeedsCredentials, Problem, RetryLater
from rollbook_sims.ways import ending, running
from rollbook_sims.ways.failures import GRACE, Ran, check, refuse_what_it_said
from rollbook_sims.ways.places import private_folder, turn
from rollbook_sims.ways.reporter import Reporter
from rollbook_sims.ways.running import Deadline, Said
from support.sims_run import PASSWORD, WEEK, Machine, runs_out

GOSSIP = ("Ada", "Lovelace", "A123456789012", "10/12/2015")
FAILING = ["missing", "empty", "error", "error_in_output", "half_written", "old", "unreadable"]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    folder = tmp_path / "SIMS .net \N{LATIN SMALL LETTER U WITH DIAERESIS}ber"
    folder.mkdir()
    return Machine(folder)


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The temporary folder, of this test alone. Whatever happened, no folder of a run is left in it."""
    folder = tmp_path / "for a while"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert [path.name for path in folder.iterdir() if "-run-" in path.name] == []


def text_of(reporter: Reporter, report: str = "pupils", **more: Any) -> str:
    with reporter.fetch(report, **more) as fetched:
        return fetched[0].path.read_text(encoding="cp1252")


def problem_of(machine: Machine, mode: str, *, reporter: Reporter | None = None, **more: Any) -> Problem:
    machine.misbehave(mode, **more)
    with pytest.raises(Problem) as raised, (reporter or Reporter(machine.settings())).fetch("pupils"):
        pass
    return raised.value


def days(text: str) -> list[str]:
    return re.findall("<date>(.{10})", text)


# What comes


def test_a_report_comes_as_the_reporter_wrote_it(machine: Machine) -> None:
    assert text_of(Reporter(machine.settings())) == (machine.folder / "pupils.xml").read_text()


def test_a_report_has_the_name_that_it_has_in_sims(machine: Machine) -> None:
    with Reporter(machine.settings()).fetch("pupils") as fetched:
        assert [(one.name, len(one.digest)) for one in fetched] == [("Rollbook pupils", 16)]


def test_all_days_of_the_window_come_though_prompts_leave_out_their_own(machine: Machine) -> None:
    found = days(text_of(Reporter(machine.settings()), "marks", window=WEEK))
    assert (found[0], found[-1]) == ("2026-11-09", "2026-11-13")


def test_a_report_in_csv_comes_too(machine: Machine) -> None:
    text = text_of(Reporter(machine.settings(form="csv")))
    assert text.splitlines() == ["Adno,DOB", "001003,2015-12-10T00:00:00"]


def test_prompts_are_asked_for_once(machine: Machine) -> None:
    reporter = Reporter(machine.settings())
    for _ in range(2):
        text_of(reporter, "marks", window=WEEK)
    assert ["PARAMDEF" in run for run in machine.runs()] == [True, False, False]


def test_other_reports_are_run_without_a_parameter_file(machine: Machine) -> None:
    text_of(Reporter(machine.settings()))
    assert [sorted(run) for run in machine.runs()] == [["OUTPUT", "QUIET", "REPORT", "TRUSTED", "pid"]]


def test_a_user_signs_in_with_his_password(machine: Machine) -> None:
    machine.says(trusted=False)
    assert "001003" in text_of(Reporter(machine.settings(user="rollbook", password=PASSWORD)))


def test_a_report_may_have_any_name(machine: Machine) -> None:
    name = "Mrs Ó'Neill's \"marks\" & $HOME %PATH% `x`; 2"
    machine.says(reports={name: {"file": "pupils.xml"}})
    assert "001003" in text_of(Reporter(machine.settings(reports={"pupils": name})))


def test_it_runs_from_whatever_folder(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(machine.folder.parent)
    settings = machine.settings() | {"reporter": Path(machine.folder.name) / machine.program.name}
    reporter = Reporter(settings)
    assert "001003" in text_of(reporter)


def test_the_file_lies_where_nobody_else_may_read_it(machine: Machine) -> None:
    with Reporter(machine.settings()).fetch("pupils") as fetched:
        assert fetched[0].path.parent.stat().st_mode & 0o777 == 0o700


def test_the_file_is_gone_when_it_was_read(machine: Machine) -> None:
    with Reporter(machine.settings()).fetch("pupils") as fetched:
        pass
    assert not fetched[0].path.parent.exists()


@pytest.mark.parametrize("kind", [ValueError, KeyboardInterrupt, GeneratorExit])
def test_the_file_is_gone_when_reading_failed(machine: Machine, kind: type[BaseException]) -> None:
    with pytest.raises(kind), Reporter(machine.settings()).fetch("pupils") as fetched:
        raise kind
    assert not fetched[0].path.parent.exists()


def test_a_pull_that_is_abandoned_leaves_no_file(machine: Machine) -> None:
    def pull() -> Iterator[Path]:
        with Reporter(machine.settings()).fetch("pupils") as fetched:
            yield fetched[0].path

    pulled = pull()
    path = next(pulled)
    pulled.close()  # type: ignore[attr-defined]
    assert not path.parent.exists()


def test_what_a_killed_process_left_is_deleted_at_the_next_run(machine: Machine, temporary: Path) -> None:
    left = temporary / "rollbook-sims-run-0123456789abcdef"
    left.mkdir()
    (left / "marks.xml").write_text("of pupils")
    left.with_name(f"{left.name}.lock").touch()
    text_of(Reporter(machine.settings()))
    assert not left.exists()


def test_what_another_process_still_reads_stays(machine: Machine) -> None:
    with private_folder() as another:
        text_of(Reporter(machine.settings()))
        assert another.exists()


@pytest.mark.parametrize("mode", ["bad_exit", "flood", "cp1252", "cross_product", "outer_rows"])
def test_a_whole_file_is_a_success_whatever_else_is_odd(machine: Machine, mode: str) -> None:
    machine.misbehave(mode)
    assert "001003" in text_of(Reporter(machine.settings()))


# What fails


@pytest.mark.parametrize(
    ("mode", "kind", "told"),
    [
        ("missing", FixSettings, "wrote no file"),
        ("empty", FixSettings, "an empty file (0 bytes)"),
        ("error", FixSettings, "could not run the report"),
        ("error_in_output", FixSettings, "could not run the report"),
        ("half_written", RetryLater, "ends in the middle"),
        ("old", RetryLater, "older than the run"),
        ("unreadable", RetryLater, "cannot be opened"),
    ],
)
def test_each_failure_is_told_as_what_it_is(machine: Machine, mode: str, kind: type[Problem], told: str) -> None:
    problem = problem_of(machine, mode)
    assert type(problem) is kind
    assert told in problem.sentence
    assert '"Rollbook pupils"' in problem.sentence


def test_a_report_in_csv_that_is_cut_off_is_told(machine: Machine) -> None:
    problem = problem_of(machine, "half_written", reporter=Reporter(machine.settings(form="csv")))
    assert "ends in the middle" in problem.sentence


def test_a_report_cut_off_at_the_end_of_a_record_is_told(machine: Machine) -> None:
    assert "ends in the middle" in problem_of(machine, "half_written", whole_records=True).sentence


@pytest.mark.parametrize(
    ("text", "kind", "mentions"),
    [
        ("Login failed for user rollbook with password 1234", NeedsCredentials, "login, password"),
        ("Der Report ist kaputt", FixSettings, None),
        ("You do not have permission", FixSettings, "permission"),
        ("Timeout expired. The server is not responding.", RetryLater, "timeout, server"),
        ("A network-related error: login again", NeedsCredentials, "login, network"),
    ],
)
def test_an_error_is_told_by_what_it_mentions(
    machine: Machine, text: str, kind: type[Problem], mentions: str | None
) -> None:
    problem = problem_of(machine, "error", text=text)
    assert type(problem) is kind
    assert re.findall("it mentions: (.*?)\\.", problem.sentence) == ([mentions] if mentions else [])


@pytest.mark.parametrize("mode", ["missing", "empty", "error", "old"])
def test_a_failure_says_how_to_see_more_by_hand(machine: Machine, mode: str) -> None:
    assert f"'{machine.program}' /TRUSTED '/REPORT:Rollbook pupils'" in problem_of(machine, mode).sentence


def test_a_file_may_be_as_much_older_as_file_systems_are_vague(tmp_path: Path) -> None:
    path = tmp_path / "pupils.csv"
    path.write_text("a\n1\n")
    os.utime(path, (1000.0, 1000.0))
    check(Ran("R", path, 1000.0 + GRACE, "x"), Said(b"", b"", 0))
    with pytest.raises(RetryLater):
        check(Ran("R", path, 1000.1 + GRACE, "x"), Said(b"", b"", 0))


@pytest.mark.parametrize("mode", ["missing", "error", "half_written"])
def test_a_report_that_does_not_say_what_it_asks_for_is_told(machine: Machine, mode: str) -> None:
    machine.misbehave(mode, paramdef=True)
    with pytest.raises(FixSettings) as raised, Reporter(machine.settings()).fetch("marks", WEEK):
        pass
    assert '"Rollbook marks"' in raised.value.sentence


def test_what_it_asks_for_is_asked_again_after_a_failure(machine: Machine) -> None:
    reporter = Reporter(machine.settings())
    machine.misbehave("missing", paramdef=True)
    with pytest.raises(FixSettings), reporter.fetch("marks", WEEK):
        pass
    machine.misbehave("ok")
    assert days(text_of(reporter, "marks", window=WEEK))


# The program


def no_program(machine: Machine) -> Path:
    return machine.folder / "nothing.exe"


def a_folder(machine: Machine) -> Path:
    return machine.folder


def not_for_us(machine: Machine) -> Path:
    machine.program.chmod(0o644)
    return machine.program


def no_executable(machine: Machine) -> Path:
    machine.program.write_bytes(b"\x00\x01 no program")
    return machine.program


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (no_program, "is not there"),
        (a_folder, "is a folder"),
        (not_for_us, "may not be run by this account"),
        (no_executable, "cannot be started"),
    ],
)
def test_what_is_no_program_is_told(machine: Machine, make: Any, told: str) -> None:
    settings = machine.settings() | {"reporter": make(machine)}
    with pytest.raises(FixSettings) as raised, Reporter(settings).fetch("pupils"):
        pass
    assert told in raised.value.sentence
    assert str(settings["reporter"]) in raised.value.sentence


@pytest.mark.parametrize("make", [no_program, a_folder, not_for_us])
def test_check_tells_what_is_no_program_before_it_is_run(machine: Machine, make: Any) -> None:
    first = next(Reporter(machine.settings() | {"reporter": make(machine)}).remarks())
    assert not first.ok


def test_check_tells_where_reports_come_from(machine: Machine) -> None:
    told = list(Reporter(machine.settings(server="SRV", database="Larkspur")).remarks())
    assert all(remark.ok for remark in told)
    assert [remark.text for remark in told] == [
        f"Reports are run by {machine.program}, each in up to 40 minutes.",
        "Database: Larkspur on SRV. It signs in as the account that runs Rollbook (/TRUSTED).",
    ]


def test_check_warns_that_a_password_can_be_seen_while_a_report_runs(machine: Machine) -> None:
    told = list(Reporter(machine.settings(user="rollbook", password=PASSWORD)).remarks())
    assert all(remark.ok for remark in told)
    assert "other users of this machine can see it" in told[-1].text


# Its time, and its turn


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


# Secrets, and pupils


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
