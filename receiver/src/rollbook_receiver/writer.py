"""One thread that writes for all: what waits is committed together, for to flush a disk costs more than a message."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection

MOST = 200  # of one transaction: the first of them waits for the last

Waiting = tuple[Callable[[Connection], Any], "Future[Any]"]


class Writer:
    """Does each work within a savepoint, so that one that fails takes none of the others with it, and answers them
    after the commit."""

    def __init__(self, writing: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._writing = writing
        self._waiting: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def submit(self, work: Callable[[Connection], Any]) -> Future[Any]:
        """What `work` returns or raises, once it is committed; what the commit raises, when nothing was kept."""
        future: Future[Any] = Future()
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="rollbook-writer", daemon=True)
                self._thread.start()
            self._waiting.put((work, future))
        return future

    def close(self) -> None:
        """Finish what waits, and end."""
        with self._lock:
            thread, self._thread = self._thread, None
            if thread is not None:
                self._waiting.put(None)
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        ended = False
        while not ended:
            first = self._waiting.get()
            batch = [] if first is None else [first]
            ended = first is None
            while not ended and len(batch) < MOST and not self._waiting.empty():
                one = self._waiting.get()
                ended = one is None
                batch += [] if one is None else [one]
            self._commit([(work, future) for work, future in batch if future.set_running_or_notify_cancel()])

    def _commit(self, batch: list[Waiting]) -> None:
        if not batch:
            return
        try:
            with self._writing() as connection:
                done = [_within_savepoint(connection, work) for work, _ in batch]
        except Exception as error:  # noqa: BLE001 - nothing was kept: whoever waits is told, and the next batch is tried
            done = [(None, error)] * len(batch)
        for (_, future), (result, failed) in zip(batch, done, strict=True):
            if failed is None:
                future.set_result(result)
            else:
                future.set_exception(failed)


def _within_savepoint(connection: Connection, work: Callable[[Connection], Any]) -> tuple[Any, Exception | None]:
    try:
        with connection.begin_nested():
            return work(connection), None
    except Exception as error:  # noqa: BLE001 - it is raised where the work was asked for
        return None, error
