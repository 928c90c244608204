"""`rollbook codes`, `init` and `plugins`: what needs no configuration."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from rollbook.host.plugins import PluginRecord
from support.typed import type_command


def test_the_list_of_codes_is_dated() -> None:
    now = {row["code"] for row in type_command("codes", "--on", "2026-11-20", "--format", "json").json()}
    then = {row["code"] for row in type_command("codes", "--on", "2024-06-20", "--format", "json").json()}
    assert now - then == {"K", "C1", "C2", "J1", "Q", "Y1", "Y2", "Y3", "Y4", "Y5", "Y6", "Y7"}
    assert then - now == {"H", "J", "Y"}


@pytest.mark.parametrize(
    ("mark", "day", "status", "said"),
    [
        ("H", "2023-05-10", 0, "H on 2023-05-10 is H (exact): an agreed family holiday"),
        ("H", "2026-05-12", 1, "H on 2026-05-12 is invalid."),
        ("o", "2026-05-12", 0, "o on 2026-05-12 is O (alias)"),
        ("-", "2026-05-12", 1, "- on 2026-05-12 is not recorded."),
    ],
)
def test_what_a_mark_means_on_a_day(mark: str, day: str, status: int, said: str) -> None:
    typed = type_command("codes", "show", "--on", day, "--", mark)
    assert typed.status == status
    assert typed.out.startswith(said)


def test_a_letter_shows_all_its_dates() -> None:
    typed = type_command("codes", "show", "x")
    assert typed.status == 0
    assert "covid" in typed.out
    assert "not_required" in typed.out


def test_a_letter_that_is_no_code_is_a_no() -> None:
    assert type_command("codes", "show", "QQ").status == 1


def test_a_configuration_is_written_and_says_what_next(tmp_path: Path) -> None:
    typed = type_command("init", tmp_path / "new")
    path = tmp_path / "new" / "rollbook.toml"
    assert typed.status == 0
    assert f"Wrote {path}." in typed.out
    assert f"rollbook --config {path} check" in typed.out
    assert "installation" in tomllib.loads(path.read_text(encoding="utf-8"))


def test_a_configuration_that_is_there_is_never_touched(tmp_path: Path) -> None:
    path = tmp_path / "rollbook.toml"
    path.write_text("# mine", encoding="utf-8")
    typed = type_command("init", tmp_path)
    assert typed.status == 2
    assert "is there already and was left as it is" in typed.err
    assert path.read_text(encoding="utf-8") == "# mine"


def test_what_init_writes_is_not_ready_and_check_says_each_blank(tmp_path: Path) -> None:
    type_command("init", tmp_path)
    typed = type_command("--config", tmp_path / "rollbook.toml", "check")
    assert typed.status == 2
    assert "installation.name" in typed.err


@pytest.fixture
def two_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that works and one that fails to import."""
    records = {
        "good": PluginRecord(
            "good", "rollbook-good", "1.2", "1.0", "ok", sources=("good",), remarks=("Page.of goes away.",)
        ),
        "bad": PluginRecord("bad", "rollbook-bad", "0.1", status="failed", reason="It could not be imported."),
    }
    missing = PluginRecord("other", status="missing", reason="It is not installed here.")
    found = tuple(PluginRecord(one.name, one.distribution, one.version) for one in records.values())
    monkeypatch.setattr("rollbook.host.plugins.installed", lambda: found)
    monkeypatch.setattr("rollbook.host.worker.examine", lambda name: records.get(name, missing))


@pytest.mark.usefixtures("two_plugins")
def test_a_broken_plugin_is_listed_with_its_reason_beside_one_that_works() -> None:
    typed = type_command("plugins")
    assert typed.status == 1
    assert "source good" in typed.out
    assert "It could not be imported." in typed.out


@pytest.mark.usefixtures("two_plugins")
def test_what_a_plugin_uses_that_goes_away_is_said() -> None:
    assert "good: Page.of goes away." in type_command("plugins").out
    assert "remarks: Page.of goes away." in type_command("plugins", "show", "good").out


@pytest.mark.usefixtures("two_plugins")
@pytest.mark.parametrize(("name", "status"), [("good", 0), ("bad", 1), ("other", 2)])
def test_one_plugin_is_shown_with_its_state(name: str, status: int) -> None:
    typed = type_command("plugins", "show", name)
    assert typed.status == status
    assert name in typed.out + typed.err


@pytest.mark.usefixtures("two_plugins")
def test_a_program_gets_the_plugins_and_the_commands_they_add() -> None:
    told = type_command("plugins", "--format", "json").json()
    assert [row["name"] for row in told["plugins"]] == ["good", "bad"]
    assert "commands" in told
