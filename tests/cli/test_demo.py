"""`rollbook demo`: the story it tells, what it leaves behind, and what it says when a part is not installed."""

from __future__ import annotations

import os
import re
import signal
import stat
import subprocess
import sys
import threading
import tomllib
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import psutil
import pytest

from rollbook.cli import demo, demo_receiver, demo_schools, demo_story
from rollbook.cli.demo_schools import toml
from rollbook.cli.exits import Stop
from rollbook.host import plugins
from rollbook.host.config import Config
from rollbook.host.plugins import PluginRecord
from rollbook.register.terms import sessions_from_terms
from rollbook.tables.schemas import Table
from rollbook.testing.people import FORENAMES
from support.typed import Typed, type_command

ROLLBOOK = [sys.executable, "-c", "from rollbook.cli.start import main; main()"]


def small_schools(seed: int, first: date, last: date) -> list[Any]:
    """The demonstration's schools with a few dozen pupils each."""
    from rollbook.testing.schools import make_school

    return [
        make_school("primary", 900001, 40, seed, first, last),
        make_school("secondary", 900002, 40, seed + 1, first, last, calendar_offset=3),
        make_school("special", 900003, 20, seed + 2, first, last, la="802", home_la={"amended": "801"}),
    ]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """As `made_small`."""
    made_small(monkeypatch)


def made_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer pupils, and plugins in this process: what a process of their own adds is tested with the host."""
    from rollbook.host import run

    monkeypatch.setattr(demo_schools, "_generator", lambda: small_schools)
    monkeypatch.setattr(run, "sync", partial(run.sync, in_process=True))


def without(*names: str) -> Callable[[str], PluginRecord]:
    """`plugins.load` where the plugins of those names are not installed."""
    load = plugins.load
    return lambda name: PluginRecord(name, status="missing") if name in names else load(name)


BEFORE: set[threading.Thread] = set()


@pytest.fixture(autouse=True)
def _those_of_other_tests() -> None:
    """Simulators that tests in this process share are not the demonstration's."""
    BEFORE.clear()
    BEFORE.update(threading.enumerate())


def servers() -> list[str]:
    """The threads of simulators that this test started and that run."""
    return [thread.name for thread in threading.enumerate() if "simulator" in thread.name and thread not in BEFORE]


def receivers() -> list[int]:
    """The processes of receivers that were started by this process."""
    children = psutil.Process().children(recursive=True)
    return [one.pid for one in children if any("rollbook-receiver" in word for word in one.cmdline())]


def written(place: Path) -> tuple[list[demo_schools.Drop], Config]:
    """The schools of a demonstration and its configuration, with nothing running any more."""
    receiver = demo_receiver.Receiver("rollbook-receiver", place / "receiver.db", 1, "c", place / "receiver.secret")
    with demo_schools.running(place, demo.FIRST, demo.EVENINGS, lambda *_: None) as drops:
        return drops, demo_schools.write_config(place, drops, receiver)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Typed, Path]:
    """What one whole demonstration says, and its folder."""
    place = tmp_path_factory.mktemp("whole") / "demo"
    with pytest.MonkeyPatch.context() as patch:
        made_small(patch)
        typed = type_command("demo", "--folder", place)
    return typed, place


def test_two_nights_end_well_with_returns_delivered_amended_and_withdrawn(shown: tuple[Typed, Path]) -> None:
    typed, place = shown
    assert (typed.status, typed.err) == (0, "")
    for action in ("send", "amend", "withdraw"):
        assert re.search(rf"authority_802 +attendance return +{action} +delivered +[1-9]", typed.out), action
    assert re.search(r"attendance return +pupil.address", typed.out)
    assert re.search(r"new pupil return +approval", typed.out)
    assert re.search(r"Larkspur Primary School +ok +2026-11-20 [0-9:]+ +2026-11-20", typed.out)
    assert re.search(r"Beacon Hill Academy +ok +2026-11-20 [0-9:]+ +2026-11-20", typed.out)
    assert "SI 2024/208, reg 13" in typed.out
    assert f" --config {place / 'rollbook.toml'} cases" in typed.out
    assert (receivers(), servers()) == ([], [])
    secret = place / "receiver.secret"
    assert secret.read_text(encoding="utf-8") not in (place / "rollbook.toml").read_text(encoding="utf-8")
    if os.name == "posix":
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600


def test_what_waits_for_a_closed_server_goes_the_next_night_and_the_list_of_the_authority_ends_it(
    shown: tuple[Typed, Path],
) -> None:
    first, second = shown[0].out.split("Sync of the evening")[1:]
    assert re.search(r"Messages: .*\b[1-9]\d* waiting", first)
    assert "authority_801: " in first
    assert "503" in first
    assert "waiting" not in second.partition("Schools")[0]
    assert re.search(r"authority_801 +attendance return +send +delivered +[1-9]", second)
    for authority in ("authority_801", "authority_802"):
        assert re.search(rf"{authority} +missing pupil report +send +delivered +1\n", second), authority
    forms, seen = second.split("What authority ")[1:]
    assert "-missing-pupil-report-900003.html" in forms
    waits = r"Waits for an officer +school 900003 +Missing pupil report from .* 2026: sent, revision 1"
    assert re.search(waits, seen)
    assert not re.search("|".join(FORENAMES), seen.partition("Where to look")[0])


def test_it_ends_with_commands_of_either_side_that_can_be_typed_as_they_stand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = tmp_path / "receiver.db"
    receiver = demo_receiver.Receiver("no-such-receiver", at, 1, "c", tmp_path / "receiver.secret")
    config: Any = SimpleNamespace(path=tmp_path / "rollbook.toml", folder=tmp_path)
    demo_story.say_where_next(config, receiver, None)
    said = capsys.readouterr().out
    for words in ("messages", "messages refuse REFERENCE --by NAME --reason TEXT", "news list"):
        assert f"  no-such-receiver {words} --database {at}\n" in said
    assert "an earlier one was overtaken before it was sent" in said


@pytest.mark.usefixtures("small")
def test_one_school_has_a_sims_one_an_arbor_and_one_exports_files(tmp_path: Path) -> None:
    drops, config = written(tmp_path)
    ways = {drop.school.kind: drop.way.plugin for drop in drops}
    assert ways == {"primary": "sims", "secondary": "arbor", "special": "csv"}
    assert [one.plugin for one in config.connections.values()] == ["sims", "arbor", "csv"]
    assert "flags" in (tmp_path / "rollbook.toml").read_text(encoding="utf-8")


@pytest.mark.usefixtures("small")
def test_the_terms_of_a_school_whose_system_gives_no_calendar_are_configured(tmp_path: Path) -> None:
    drops, config = written(tmp_path)
    assert [bool(school.terms) for school in config.schools] == [True, False, False]
    said, held = config.schools[0], drops[0].school.known_on(demo.EVENINGS[-1])[Table.SESSIONS]
    key = pl.concat_str(
        pl.col("date").cast(pl.String), pl.col("session").cast(pl.String).replace({"0": "AM", "1": "PM"})
    )
    made = sessions_from_terms(900001, said.terms, said.closed, said.half_days)
    assert said.half_days
    assert set(made.filter("open").select(key).to_series()) == set(held.filter("open").select(key).to_series())


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("missing", ["the plugin", "what its simulator needs"])
@pytest.mark.parametrize(("plugin", "other"), [("arbor", "sims"), ("sims", "arbor")])
def test_where_a_plugin_is_not_installed_its_school_exports_files_and_one_line_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, missing: str, plugin: str, other: str
) -> None:
    if missing == "the plugin":
        monkeypatch.setattr(plugins, "load", without(plugin))
    else:
        monkeypatch.setitem(sys.modules, f"rollbook_{plugin}.simulator", None)
    drops, config = written(tmp_path)
    assert sorted(one.plugin for one in config.connections.values()) == sorted([other, "csv", "csv"])
    [note] = [drop.note for drop in drops if drop.note]
    assert f"pip install 'rollbook-{plugin}[simulator]'" in note
    assert "its registers come by csv" in note


@pytest.mark.usefixtures("small")
def test_what_was_started_ends_when_a_later_school_cannot_be(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(demo_schools.OTHER, "special", demo_schools.Way("none"))
    monkeypatch.setattr(demo_schools, "USUAL", demo_schools.Way("nor this"))
    monkeypatch.setitem(demo_schools.OTHER, "primary", demo_schools.Way("arbor"))
    with pytest.raises(Stop, match="nor this"):
        written(tmp_path)
    assert servers() == []


def stop_half_way(place: Path, stopped: type[BaseException]) -> None:
    with demo_schools.running(place, demo.FIRST, demo.EVENINGS, lambda *_: None):
        assert servers()
        raise stopped


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("stopped", [KeyboardInterrupt, RuntimeError])
def test_what_was_started_ends_when_the_demonstration_is_stopped(tmp_path: Path, stopped: type[BaseException]) -> None:
    with pytest.raises(stopped):
        stop_half_way(tmp_path, stopped)
    assert servers() == []


def test_a_receiver_that_is_kept_goes_on_until_it_is_ended(tmp_path: Path) -> None:
    with demo_receiver.closed(tmp_path, [900001]) as receiver:
        pass
    with demo_receiver.running(receiver, keep=True) as process_id:
        pass
    process = psutil.Process(process_id)
    try:
        assert process.is_running()
        assert receiver.url.startswith("http://127.0.0.1:")
    finally:
        process.terminate()
        process.wait(10)


def test_a_receiver_ends_with_what_goes_wrong_even_if_it_was_to_be_kept(tmp_path: Path) -> None:
    with demo_receiver.closed(tmp_path, [900001]) as receiver:
        pass
    with (
        pytest.raises(RuntimeError, match="half way"),
        demo_receiver.running(receiver, keep=True) as process_id,
    ):
        raise RuntimeError("half way")
    assert not psutil.pid_exists(process_id)


def test_a_folder_that_holds_something_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    typed = type_command("demo", "--folder", tmp_path)
    assert typed.status == 2
    assert "is not an empty folder" in typed.err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("rollbook.testing.schools", "pip install 'rollbook[testing]'"),
        ("rollbook_csv.simulator", "pip install 'rollbook-csv[simulator]'"),
    ],
)
def test_a_part_that_is_not_installed_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, missing: str, said: str
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    typed = type_command("demo", "--folder", tmp_path / "demo")
    assert typed.status == 2
    assert said in typed.err


def test_a_plugin_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(plugins, "load", without("arbor", "csv"))
    typed = type_command("demo", "--folder", tmp_path / "demo")
    assert typed.status == 2
    assert "pip install 'rollbook-csv[simulator]'" in typed.err


def test_a_receiver_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(demo_receiver.shutil, "which", lambda *_, **__: None)
    with (
        pytest.raises(demo_receiver.Stop, match="pip install rollbook-receiver"),
        demo_receiver.closed(tmp_path, [900001]),
    ):
        pass


@pytest.mark.parametrize(
    "value",
    [
        'a "quoted" C:\\folder\ttab\u2028 and Zoë',
        12,
        1.5,
        True,
        date(2026, 9, 1),
        ["a", 1, [True]],
        {"file": "C:\\secret", "two words": {"deep": 1}},
    ],
)
def test_what_is_written_as_toml_is_read_back_the_same(value: Any) -> None:
    assert tomllib.loads(f"it = {toml(value)}") == {"it": value}


@pytest.mark.slow
def test_the_whole_demonstration_ends_well(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-c",
        "from rollbook.cli.start import main; main()",
        "demo",
        "--folder",
        str(tmp_path / "d"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_demonstration_that_is_stopped_leaves_nothing_running(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-c",
        "from rollbook.cli.start import main; main()",
        "demo",
        "--folder",
        str(tmp_path / "d"),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        while "Sync of the evening" not in process.stdout.readline():
            pass
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=120)
    assert process.returncode == 4
    assert "Stopped." in said
    assert not [one for one in children if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
