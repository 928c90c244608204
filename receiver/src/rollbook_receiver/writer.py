"""One thread that writes for all: what waits is committed together, for to flush a disk costs more than a message."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection

from rollbook_receiver.problem import Refused

MOST = 200  # of one transaction: the first of them waits for the last
GATHER = 0.004  # seconds, when the last transaction had several

REST = 0.5  # seconds for which nobody writes, before and between rounds of what can wait

log = logging.getLogger("rollbook_receiver")

Work = Callable[[Connection], Any]
Waiting = tuple[Work, "Future[Any]"]
Done = tuple[Any, Exception | None]


class Writer:
    """Answers each work after the commit. What is refused is refused before anything is written; where a work fails
    otherwise, all are done again, each within a savepoint, so that it takes none of the others with it: a savepoint
    for each would cost as much as the work.
    """

    def __init__(self, writing: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._writing = writing
        self._waiting: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._busy = False
        self._thread: threading.Thread | None = None
        self._can_wait: Callable[[Connection], bool] | None = None
        self._left = True  # whether something may be left that can wait

    def when_idle(self, work: Callable[[Connection], bool]) -> None:
        """Have `work` done, once at first and after each batch, when nobody writes: a transaction for each round, until
        it says that nothing is left. A round is to be short: whoever writes waits for it."""
        self._can_wait = work
        self.submit(lambda _connection: None)

    def submit(self, work: Work) -> Future[Any]:
        """What `work` returns or raises, once it is committed; what the commit raises, when nothing was kept. It may be
        done twice, the first time undone, and raises Refused only before it writes."""
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
            first = self._next()
            ended = first is None
            if self._busy:
                time.sleep(GATHER)  # those who were answered just now send their next
            batch = [] if first is None else [first]
            while not ended and len(batch) < MOST and not self._waiting.empty():
                one = self._waiting.get()
                ended = one is None
                batch += [] if one is None else [one]
            self._busy = len(batch) > 1
            self._commit([(work, future) for work, future in batch if future.set_running_or_notify_cancel()])

    def _next(self) -> Waiting | None:
        while self._can_wait is not None and self._left:
            try:
                return self._waiting.get(timeout=REST)
            except queue.Empty:
                self._left = self._round(self._can_wait)
        return self._waiting.get()

    def _round(self, work: Callable[[Connection], bool]) -> bool:
        try:
            with self._writing() as connection:
                return work(connection)
        except Exception as error:  # noqa: BLE001 - it is tried again after the next batch; its text could name a pupil
            log.warning("what was to be done at leisure failed: %s", type(error).__name__)
            return False

    def _commit(self, batch: list[Waiting]) -> None:
        if not batch:
            return
        self._left = True
        done = self._together(batch, _done)
        if any(failed is not None and not isinstance(failed, Refused) for _, failed in done):
            done = self._together(batch, _within_savepoint)
        for (_, future), (result, failed) in zip(batch, done, strict=True):
            if failed is None:
                future.set_result(result)
            else:
                future.set_exception(failed)

    def _together(self, batch: list[Waiting], do: Callable[[Connection, Work], Done]) -> list[Done]:
        try:
            with self._writing() as connection:
                done = [do(connection, work) for work, _ in batch]
        except Exception as error:  # noqa: BLE001 - nothing was kept: whoever waits is told, and the next batch is tried
            return [(None, error)] * len(batch)
        return done


def _done(connection: Connection, work: Work) -> Done:
    """Raises whatever is no refusal."""
    try:
        return work(connection), None
    except Refused as refused:
        return None, refused


def _within_savepoint(connection: Connection, work: Work) -> Done:
    try:
        with connection.begin_nested():
            return work(connection), None
    except Exception as error:  # noqa: BLE001 - it is raised where the work was asked for
        return None, error
