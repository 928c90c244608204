"""`rollbook` itself: its help, its version, words that are no command, and what it costs to start."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
from pathlib import Path

import click
import pytest

from rollbook.cli.nouns import Noun
from rollbook.cli.start import OURS, cli
from support.typed import type_command

HEAVY = {"polars", "sqlalchemy", "httpx", "marshmallow", "rich", "msgspec", "numpy", "yaml", "alembic", "pluggy"}


def every_command() -> list[tuple[str, click.Command]]:
    """Each command and each verb, with how it is typed."""
    context = click.Context(cli)
    found: list[tuple[str, click.Command]] = []
    for name in OURS:
        command = cli.get_command(context, name)
        assert command is not None
        found.append((name, command))
        if isinstance(command, click.Group):
            found += [(f"{name} {verb}", inner) for verb, inner in command.commands.items()]
    return found


def test_help_names_every_command_with_its_line() -> None:
    typed = type_command("--help")
    assert typed.status == 0
    for name, (_, line) in OURS.items():
        assert name in typed.out
        assert line.split()[0] in typed.out


@pytest.mark.parametrize("name", list(OURS))
def test_the_line_in_the_list_is_the_first_of_the_commands_own_help(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert (command.help or "").splitlines()[0] == OURS[name][1]


@pytest.mark.parametrize(("typed_as", "command"), every_command(), ids=lambda one: one if isinstance(one, str) else "")
def test_every_help_has_an_example_that_is_that_command(typed_as: str, command: click.Command) -> None:
    text = command.help or ""
    assert "Example:" in text
    example = text.split("Example:")[1]
    bare = typed_as.removesuffix(" list")
    assert f"rollbook {bare}" in example


def test_help_loads_nothing_heavy_and_reads_no_entry_points() -> None:
    program = (
        "import sys\n"
        "from rollbook.cli.start import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(*sys.modules, sep='\\n', file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program, "--help"], capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    assert "click" in loaded
    assert not loaded & (HEAVY | {"importlib.metadata"})
    assert not {name for name in loaded if name.startswith("rollbook.host")}


def test_the_version_is_that_of_the_distribution() -> None:
    assert type_command("--version").out == f"rollbook {importlib.metadata.version('rollbook')}\n"


def test_nothing_typed_shows_the_help_and_is_not_understood() -> None:
    typed = type_command()
    assert typed.status == 2
    assert "To begin with:" in typed.err


def test_a_word_that_is_nearly_a_command_is_answered_with_it() -> None:
    typed = type_command("synch")
    assert typed.status == 2
    assert "There is no command 'synch'. Did you mean 'sync'?" in typed.err


def test_a_verb_that_a_noun_has_not_is_answered_with_those_it_has() -> None:
    typed = type_command("cases", "12")
    assert typed.status == 2
    assert "there is list, show, approve, fill, settle" in typed.err
    assert "`rollbook cases show 12`" in typed.err


def test_every_noun_has_a_list() -> None:
    nouns = [command for _, command in every_command() if isinstance(command, Noun)]
    assert len(nouns) == 9
    assert all("list" in noun.commands for noun in nouns)


def test_without_a_configuration_a_command_says_where_it_looked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ROLLBOOK_CONFIG", raising=False)
    typed = type_command("status")
    assert typed.status == 2
    assert "rollbook init" in typed.err
    assert "rollbook.toml" in typed.err


@pytest.mark.parametrize("day", ["20/11/2026", "20261120", "2026-W01-1", "2026-02-30", "yesterday"])
def test_a_day_is_written_in_one_way(day: str) -> None:
    typed = type_command("sync", "--as-at", day)
    assert typed.status == 2
    assert "write it as year-month-day" in typed.err


@pytest.mark.parametrize(
    "words",
    [
        ["cases", "approve", "1"],
        ["cases", "approve", "1", "--by", " "],
        ["outbox", "give-up", "1", "--by", "A"],
        ["quarantine", "waive", "1", "--reason", "x"],
        ["sync", "--accept-smaller-roll", "100001"],
        ["sync", "--by", "A"],
        ["sync", "--accept-smaller-roll", "100001", "--by", "A", "--school", "100002"],
        ["sync", "--school", "12"],
        ["cases", "fill", "1", "address", "12 High Street", "--by", "A"],
    ],
)
def test_what_decides_needs_its_name_and_schools_their_urn(words: list[str]) -> None:
    assert type_command(*words).status == 2
