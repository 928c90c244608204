"""docs/commands.md has every command and every option, and none that is not there."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from rollbook.cli.exits import Exit
from rollbook.cli.start import OURS, cli

PAGE = (Path(__file__).parents[2] / "docs" / "commands.md").read_text(encoding="utf-8")


def sections() -> dict[str, str]:
    """What the page says of each command."""
    parts = re.split(r"^### `rollbook ([a-z]+)[^`]*`$", PAGE, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def command(name: str) -> click.Command:
    found = cli.get_command(click.Context(cli), name)
    assert found is not None
    return found


def options(of: click.Command) -> set[str]:
    inner = of.commands.values() if isinstance(of, click.Group) else [of]
    found = [param for one in inner for param in one.params if isinstance(param, click.Option)]
    return {name for param in found for name in param.opts if name.startswith("--")}


def test_the_page_has_our_commands_in_their_order() -> None:
    assert list(sections()) == list(OURS)


@pytest.mark.parametrize("name", list(OURS))
def test_every_option_and_verb_is_on_the_page_and_no_other(name: str) -> None:
    of, text = command(name), sections()[name]
    named = set(re.findall(r"--[a-z][a-z-]+", text)) - {"--help", "--config"}
    assert named == options(of)
    if isinstance(of, click.Group):
        verbs = set(re.findall(rf"^    rollbook {name} ([a-z-]+)", text, flags=re.MULTILINE))
        assert verbs == set(of.commands)


@pytest.mark.parametrize("name", list(OURS))
def test_every_command_has_an_example(name: str) -> None:
    assert f"\n    rollbook {name}" in sections()[name]


def test_options_before_the_command_are_on_the_page() -> None:
    assert all(f"`{name}" in PAGE for name in options(click.Command("bare", params=cli.params)))


def test_the_page_has_every_exit_status() -> None:
    rows = re.findall(r"^\| ([0-9]) \|", PAGE, flags=re.MULTILINE)
    assert [int(row) for row in rows] == [int(status) for status in Exit]
