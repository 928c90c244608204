"""What a run of the reporter gives: a file that is judged by itself, and lies where nobody else sees it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rollbook.contract import FixSettings, NeedsCredentials, Problem, RetryLater
from rollbook_sims.ways.failures import GRACE, Ran, check
from rollbook_sims.ways.places import private_folder
from rollbook_sims.ways.reporter import Reporter
from rollbook_sims.ways.running import Said
from support.sims_run import PASSWORD, WEEK, Machine, days, problem_of, text_of

pytestmark = pytest.mark.usefixtures("temporary")


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


def test_of_csv_whose_end_nobody_sees_the_exit_status_counts(machine: Machine) -> None:
    problem = problem_of(machine, "bad_exit", reporter=Reporter(machine.settings(form="csv")))
    assert type(problem) is RetryLater
    assert "ended with exit status 3" in problem.sentence


@pytest.mark.parametrize("form", ["xml", "csv"])
def test_an_error_on_the_other_stream_is_one_though_a_file_came(machine: Machine, form: str) -> None:
    problem = problem_of(machine, "error_aside", reporter=Reporter(machine.settings(form=form)), text="Timeout expired")
    assert type(problem) is RetryLater
    assert "it mentions: timeout" in problem.sentence


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
