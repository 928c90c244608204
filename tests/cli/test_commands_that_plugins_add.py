"""Commands of the entry point group `rollbook.commands`: read when typed, blamed on their distribution."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import click
import pytest

from rollbook.cli import extra
from support.typed import type_command


@click.command()
def hello() -> int:
    """Say hello."""
    click.echo("hello")
    return 1


not_a_command = "hello"


def add(monkeypatch: pytest.MonkeyPatch, *values: str) -> None:
    """Let a distribution add the command `hello` by each of `values`."""
    entries = [EntryPoint("hello", value, extra.GROUP) for value in values]
    monkeypatch.setattr(extra, "entry_points", lambda group, **_: entries if group == extra.GROUP else [])


def test_an_added_command_runs_and_ends_as_ours_do(monkeypatch: pytest.MonkeyPatch) -> None:
    add(monkeypatch, "a:hello")
    monkeypatch.setattr(EntryPoint, "load", lambda self: hello)
    typed = type_command("hello")
    assert (typed.status, typed.out) == (1, "hello\n")


def test_one_that_cannot_be_loaded_is_named_without_its_text(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: EntryPoint) -> object:
        raise RuntimeError("Ada Lovelace")

    add(monkeypatch, "their.module:hello")
    monkeypatch.setattr(EntryPoint, "load", broken)
    typed = type_command("hello")
    assert typed.status == 2
    assert "The command 'hello' of their.module:hello cannot be loaded (RuntimeError)" in typed.err
    assert "Ada" not in typed.err


def test_one_added_twice_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    add(monkeypatch, "a:hello", "b:hello")
    typed = type_command("hello")
    assert typed.status == 2
    assert "a:hello and b:hello" in typed.err


def test_one_that_is_no_command_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    add(monkeypatch, "a:hello")
    monkeypatch.setattr(EntryPoint, "load", lambda self: not_a_command)
    typed = type_command("hello")
    assert typed.status == 2
    assert "is not a click command" in typed.err


def test_an_added_command_never_hides_one_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extra, "entry_points", lambda **_: pytest.fail("entry points were read"))
    assert type_command("sync", "--help").status == 0
