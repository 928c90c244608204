from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import psutil
import pytest

from rollbook.contract.errors import NeedsCredentials, Problem, RetryLater, VendorMustAct
from rollbook.contract.source import Done, Page, SchoolRef, Window
from rollbook.host.config import ConnectionConfig
from rollbook.host.worker import Worker, parent
from rollbook.host.worker.process import Deadline
from rollbook.tables.schemas import Table
from support.plugins import Install, installer
from support.plugins_odd import CANARY, DAY

SCHOOL = SchoolRef("one", "Oakfield", 100001)
WINDOW = Window(date(2026, 9, 1), date(2026, 9, 30))


def pull(worker: Worker) -> list[Page | Done]:
    return list(worker.pull(Table.MARKS, SCHOOL, WINDOW, None))


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    install = installer(tmp_path, monkeypatch)
    install("odd", module="support.plugins_odd")
    return install


@pytest.fixture
def worker(tmp_path: Path, install: Install) -> Iterator[Callable[..., Worker]]:
    """A worker for the source `odd`, told what to do."""
    made: list[Worker] = []

    def make(does: str, *, seconds: float | None = 30, memory_mb: int = 1024, **settings: Any) -> Worker:
        connection = ConnectionConfig("oakfield", "odd", {"does": does, **settings})
        made.append(Worker(connection, tmp_path, seconds=seconds, memory_mb=memory_mb))
        return made[-1]

    yield make
    for one in made:
        one.close()


def problem_of(worker: Worker) -> Problem:
    with pytest.raises(Problem) as caught:
        pull(worker)
    return caught.value


def test_pages_come_back_and_then_the_done(worker: Callable[..., Worker]) -> None:
    page, done = pull(worker("well"))
    assert isinstance(page, Page)
    assert isinstance(done, Done)
    assert page.rows.rows() == [("p1", DAY, "AM", "/")]
    assert (page.rejects[0].place, page.origin) == ("line 4", "marks.csv")
    assert done.checkpoint == {"until": "2026-09-03"}


def test_one_process_serves_many_calls(worker: Callable[..., Worker]) -> None:
    odd = worker("well")
    assert odd.describe().version == "1.2"
    first = odd._process.pid if odd._process else 0
    pull(odd)
    assert odd.schools() == [SCHOOL]
    assert odd._process is not None
    assert odd._process.pid == first


def test_a_plugin_that_hangs_is_ended_and_the_next_call_has_a_new_process(worker: Callable[..., Worker]) -> None:
    odd = worker("hang", seconds=2)
    problem = problem_of(odd)
    assert type(problem) is RetryLater
    assert problem.sentence.startswith(
        "Connection oakfield (plugin odd 1.2), school 100001, marks: It did not finish within 2 seconds"
    )
    assert odd.schools() == [SCHOOL]


@pytest.mark.parametrize(
    ("plugin", "seconds", "bounds"),
    [
        ("odd", None, [900, 1]),  # to be described, which nobody has bounded yet; then its `call_seconds`
        ("odd", 30, [30]),
        ("fakemis", None, [900, 900]),  # it says nothing of its calls
    ],
)
def test_the_configuration_bounds_a_call_and_else_the_plugin_does(
    install: Install,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    plugin: str,
    seconds: int | None,
    bounds: list[int],
) -> None:
    install("fakemis", module="support.host_plugins")
    given: list[float] = []
    monkeypatch.setattr(parent, "Deadline", lambda seconds: given.append(seconds) or Deadline(seconds))
    with Worker(ConnectionConfig("oakfield", plugin), tmp_path, seconds=seconds, memory_mb=1024) as one:
        one.schools()
    assert given == bounds


def test_a_plugin_that_never_stops_giving_pages_is_ended_when_it_said_that_it_would_be_done(
    worker: Callable[..., Worker],
) -> None:
    said = (
        "Connection oakfield (plugin odd 1.2), school 100001, marks: It did not finish within 1 seconds (limits.seconds"
    )
    assert problem_of(worker("endless", seconds=None)).sentence.startswith(said)


def test_what_a_plugin_started_is_ended_with_it(worker: Callable[..., Worker], tmp_path: Path) -> None:
    odd = worker("hang with a child", file=str(tmp_path / "pid"))
    items = odd.pull(Table.MARKS, SCHOOL, WINDOW, None)
    next(items)
    odd.close()
    number = int((tmp_path / "pid").read_text())
    assert not psutil.pid_exists(number) or psutil.Process(number).status() == psutil.STATUS_ZOMBIE


def test_what_a_plugin_prints_is_dropped_and_spoils_nothing(
    worker: Callable[..., Worker], capfd: pytest.CaptureFixture[str]
) -> None:
    assert len(pull(worker("flood"))) == 2
    assert capfd.readouterr() == ("", "")


def test_a_plugin_that_ends_its_process_harms_one_call(worker: Callable[..., Worker]) -> None:
    odd = worker("leave")
    problem = problem_of(odd)
    assert type(problem) is VendorMustAct
    assert "ended by itself (exit status 3)" in problem.sentence
    assert odd.schools() == [SCHOOL]


def test_a_plugin_that_takes_too_much_memory_is_ended(worker: Callable[..., Worker]) -> None:
    problem = problem_of(worker("leak", memory_mb=400))
    assert type(problem) is VendorMustAct
    assert "more than 400 MB of memory (limits.memory_mb)" in problem.sentence


def test_an_error_of_the_plugin_is_attributed_and_its_text_is_not_shown(worker: Callable[..., Worker]) -> None:
    problem = problem_of(worker("crash"))
    assert type(problem) is VendorMustAct
    assert "(plugin odd 1.2), school 100001, marks: The plugin failed (ValueError)" in problem.sentence
    assert problem.detail.startswith("ValueError at support.plugins_odd, line ")
    assert CANARY not in problem.sentence + problem.detail


def test_a_problem_that_the_plugin_names_keeps_its_kind_and_both_texts(worker: Callable[..., Worker]) -> None:
    problem = problem_of(worker("needs credentials"))
    assert type(problem) is NeedsCredentials
    assert problem.sentence.endswith("marks: The token was revoked.")
    assert problem.detail == "HTTP 401"


def test_leaving_a_pull_half_way_ends_it(worker: Callable[..., Worker]) -> None:
    odd = worker("endless")
    items = odd.pull(Table.MARKS, SCHOOL, WINDOW, None)
    next(items)
    items.close()  # type: ignore[attr-defined]
    assert odd._process is None
    assert odd.schools() == [SCHOOL]


def test_closing_a_worker_ends_its_process(worker: Callable[..., Worker]) -> None:
    odd = worker("well")
    odd.schools()
    assert odd._process is not None
    number = odd._process.pid
    odd.close()
    assert not psutil.pid_exists(number)


def test_a_worker_answers_one_call_at_a_time(worker: Callable[..., Worker]) -> None:
    odd = worker("endless")
    items = odd.pull(Table.MARKS, SCHOOL, WINDOW, None)
    next(items)
    with pytest.raises(RuntimeError, match="one call at a time"):
        odd.schools()
    items.close()  # type: ignore[attr-defined]


def test_what_a_plugin_is_told_is_not_in_the_process_list(worker: Callable[..., Worker]) -> None:
    odd = worker("well", secret={"env": "ODD_SECRET"})
    odd.describe()
    assert odd._process is not None
    shown = " ".join(psutil.Process(odd._process.pid).cmdline())
    assert "rollbook.host.worker.child" in shown
    assert "ODD_SECRET" not in shown


HOST = """
import os, signal, sys
from datetime import date
from pathlib import Path
from rollbook.contract import SchoolRef, Window
from rollbook.host.config import ConnectionConfig
from rollbook.host.worker import Worker, parent
from rollbook.host.worker.process import Deadline
from rollbook.tables.schemas import Table
worker = Worker(ConnectionConfig("oakfield", "odd", {"does": "hang"}), Path(), seconds=600, memory_mb=1024)
items = worker.pull(Table.MARKS, SchoolRef("one"), Window(date(2026, 9, 1), date(2026, 9, 30)), None)
next(items)
print(worker._process.pid, flush=True)
sys.stdin.read()
"""


def test_a_host_that_is_killed_leaves_no_plugin_behind(worker: Callable[..., Worker]) -> None:
    host = subprocess.Popen([sys.executable, "-c", HOST], stdout=subprocess.PIPE, stdin=subprocess.PIPE)
    assert host.stdout is not None
    plugin = psutil.Process(int(host.stdout.readline()))
    host.kill()
    host.communicate()
    gone, _ = psutil.wait_procs([plugin], timeout=10)
    assert gone == [plugin] or plugin.status() == psutil.STATUS_ZOMBIE
