"""A plugin in a real worker process, and what of all that it started is alive when it was stopped."""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psutil

from rollbook.host.config import ConnectionConfig
from rollbook.host.worker import Worker
from rollbook.testing.kit.stage import Stage

SECONDS = 2.0  # that a call may take, once the plugin is loaded
_TO_LOAD = 60.0
_MARK = "ROLLBOOK_CONFORMANCE"  # in the environment of all that is started
_GONE = 2.0  # seconds in which a killed process must be gone


class Watch:
    """Knows its processes by a mark in their environment, wherever they went. A daemon has it too."""

    def __init__(self, mark: str) -> None:
        self._mark = mark

    def alive(self) -> list[psutil.Process]:
        """Those that run."""
        return [one for one in psutil.process_iter() if one.pid != os.getpid() and self._is_ours(one)]

    def left_over(self) -> list[str]:
        """What still runs a while after all was stopped, as command lines. It is ended here."""
        until = time.monotonic() + _GONE
        while (left := self.alive()) and time.monotonic() < until:
            time.sleep(0.02)
        told = []
        for one in left:
            with contextlib.suppress(psutil.Error):
                told.append(" ".join(one.cmdline())[:80])
                one.kill()
        return told

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            return process.environ().get(_MARK) == self._mark
        except (psutil.Error, OSError):
            return False


@contextmanager
def working(stage: Stage, **more: Any) -> Iterator[tuple[Worker, Watch]]:
    """A worker of the connection that has done its `check`, with `SECONDS` for each call from now on; it is closed at
    the end. more: settings.
    """
    spec, mark = stage.spec(**more), secrets.token_hex(8)
    connection = ConnectionConfig(spec.connection, spec.plugin, spec.settings, role=spec.role)
    os.environ[_MARK] = mark
    try:
        with Worker(connection, stage.folder, seconds=_TO_LOAD, memory_mb=1024) as worker:
            list(worker.check())
            worker.seconds = SECONDS
            yield worker, Watch(mark)
    finally:
        del os.environ[_MARK]
