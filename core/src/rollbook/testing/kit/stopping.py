"""A plugin in the process that the host gives it, stopped there; and what is left of it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from rollbook.contract.errors import Problem
from rollbook.host.config import ConnectionConfig
from rollbook.host.worker import Worker
from rollbook.testing.kit.check import must

SECONDS = 2.0  # of the call that is stopped
_TO_LOAD = 60.0
_LOOK = 0.02
GRACE = 3.0


@dataclass
class Seen:
    """Processes that this one started, and they in their turn, while they were watched."""

    processes: set[psutil.Process] = field(default_factory=set)

    def left(self) -> list[psutil.Process]:
        """Those that run still, after a moment in which they may end."""
        _, alive = psutil.wait_procs(list(self.processes), timeout=GRACE)
        return [one for one in alive if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


def must_leave_nothing(stage: Any, ask: Callable[[Worker], Any], *, ends: bool = True) -> None:
    """Raises Failed unless a worker in which `ask` runs is stopped with all that it started.

    The plugin is loaded and has done its `check` before. ends: the call itself is to end in a Problem when its seconds
    are spent.
    """
    connection = ConnectionConfig("oaks", stage.cls.name, stage.settings, role=stage.role)
    problem: Problem | None = None
    with watched() as seen, Worker(connection, Path(stage.folder), seconds=_TO_LOAD, memory_mb=1024) as worker:
        list(worker.check())
        worker.seconds = SECONDS
        try:
            ask(worker)
        except Problem as raised:
            problem = raised
            stage.hear(raised.sentence, raised.detail)
    left = seen.left()
    names = [_name(one) for one in left]
    for one in left:
        with contextlib.suppress(psutil.Error):
            one.kill()
    must(not left, f"its process was stopped, and what it had started runs on: {', '.join(names)}")
    must(problem or not ends, "the other end is silent, and the call ended in no Problem")


@contextlib.contextmanager
def watched() -> Iterator[Seen]:
    """All that is started meanwhile, however deep."""
    here, seen, ended = psutil.Process(), Seen(), threading.Event()
    before = set(here.children(recursive=True))

    def look() -> None:
        while not ended.wait(_LOOK):
            with contextlib.suppress(psutil.Error):
                seen.processes.update(set(here.children(recursive=True)) - before)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        ended.set()
        thread.join()


def _name(process: psutil.Process) -> str:
    try:
        return str(process.name())
    except psutil.Error:
        return "a process"
