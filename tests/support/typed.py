"""Typing a command in a test, and what it says when it ends."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from rollbook.cli.start import cli


@dataclass(frozen=True)
class Typed:
    """What came of a command: the status it ended with, what it printed, and what it said on the error stream."""

    status: int
    out: str
    err: str

    def json(self) -> Any:
        """What it printed, as a program reads it."""
        return json.loads(self.out)


def type_command(*words: str | Path, answers: str | None = None) -> Typed:
    """Type `rollbook WORDS`; `answers` is what is typed at prompts."""
    result = CliRunner().invoke(cli, [str(word) for word in words], input=answers)
    return Typed(result.exit_code, result.stdout, result.stderr)


def as_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let commands believe that a person looks, without the frames that a terminal would get."""
    from rollbook.cli import options

    monkeypatch.setattr(options.show, "on_terminal", lambda: True)
    monkeypatch.setattr("rollbook.cli.show._framed", lambda *parts: options.show._plain(*parts))
