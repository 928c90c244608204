"""How long work is shown: bars on a terminal, a quiet line for each school otherwise."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

import click

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

Progress: TypeAlias = Callable[[str, str, int, "int | None"], None]
"""Called with the name of a school or destination, the stage it is at, how much is done, and of how much."""

WORDS = {
    "waiting": "waits",
    "pupils": "reads pupils",
    "roll": "reads the roll",
    "sessions": "reads the calendar",
    "contacts": "reads contacts",
    "leave": "reads leave",
    "notices": "reads notices",
    "marks": "reads marks",
    "register": "brings the register in",
    "judge": "judges",
    "deliver": "delivers",
    "report": "reports days and weeks",
    "news": "asks for news",
    "done": "done",
    "failed": "failed",
}
ENDS = frozenset({"done", "failed"})


@contextmanager
def shown(*, lines: bool = True) -> Iterator[Progress]:
    """Gives what a long function calls with its progress. Bars go to the error stream, so that output stays clean.

    lines: whether to print a line at the end of each school where there is no terminal.
    """
    if sys.stderr.isatty():
        with _bars() as bars:
            yield _Shown(bars)
    else:
        yield _line if lines else _nothing


def _bars() -> Bars:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    return Progress(
        TextColumn("{task.fields[name]}", markup=False),
        BarColumn(bar_width=24),
        TextColumn("{task.description}", markup=False),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    )


class _Shown:
    """One bar for each name."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, name: str, stage: str, done: int, total: int | None) -> None:
        words = WORDS.get(stage, stage)
        if total and total > 1:
            words = f"{words} ({done} of {total})"
        if name not in self._tasks:
            self._tasks[name] = self._bars.add_task(words, total=total, name=name)
        if stage in ENDS:
            self._bars.update(self._tasks[name], description=words, total=1, completed=1)
        else:
            self._bars.update(self._tasks[name], description=words, completed=done, total=total)


def _line(name: str, stage: str, *_: int | None) -> None:
    if stage in ENDS:
        click.echo(f"{name}: {WORDS[stage]}")


def _nothing(*_: str | int | None) -> None:
    """A program reads the output: nothing is printed before it."""
