"""A worker process as its parent sees it: started, spoken to, watched, ended with all that it started."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from typing import BinaryIO

import psutil

from rollbook.host.frames import BadFrame, Frame, read_frame, write_frame
from rollbook.host.worker.child import GREETING

START_SECONDS = 60.0
LOOK_SECONDS = 0.25
STARTUP_NOISE = 1024 * 1024  # what a machine's own start-up files may print before our first line


class OutOfTime(Exception):
    """The call's seconds are spent."""


class OutOfMemory(Exception):
    """The process and all that it started hold more memory than was allowed."""


class Gone(Exception):
    """The process ended by itself, or sent what is no frame. `status` is its exit status, None where not known."""

    def __init__(self, status: int | None) -> None:
        super().__init__(status)
        self.status = status


class Deadline:
    """The end of one call. The time in which its pages are handled counts: else one that never ends would go on."""

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds that are left, 0 when none are."""
        return max(0.0, self._at - time.monotonic())


class Process:
    """One running worker process."""

    def __init__(self, memory_mb: int) -> None:
        self._limit = memory_mb * 1024 * 1024
        self._over = False
        self._frames: queue.Queue[Frame | None] = queue.Queue(maxsize=4)
        self._began, self._greeted = threading.Event(), False
        self._ended = threading.Event()
        # A session of its own, so that all it starts can be ended with it. -P: no module of the current folder.
        self._popen = subprocess.Popen(
            [sys.executable, "-P", "-m", "rollbook.host.worker.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        for work in (self._read, self._watch):
            threading.Thread(target=work, daemon=True).start()

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._popen.pid

    def send(self, frame: Frame) -> None:
        """Give it a frame. Raises Gone when it is not there any more."""
        try:
            write_frame(_pipe(self._popen.stdin), frame)
        except OSError:
            raise self._why_gone() from None

    def alive(self) -> bool:
        """Whether it runs still."""
        return self._popen.poll() is None and not self._over

    def ready(self, seconds: float = START_SECONDS) -> bool:
        """Wait for its greeting; False when it ended or stayed silent instead."""
        return self._began.wait(seconds) and self._greeted

    def receive(self, deadline: Deadline) -> Frame:
        """Its next frame. Raises OutOfTime, OutOfMemory or Gone, after each of which it is to be ended."""
        left = deadline.left
        if left <= 0:
            raise OutOfTime
        try:
            frame = self._frames.get(timeout=left)
        except queue.Empty:
            raise OutOfTime from None
        if frame is None:
            raise self._why_gone()
        return frame

    def end(self) -> None:
        """End it and all that it started, and wait until it is gone. May be called again."""
        self._ended.set()
        started = self._tree()
        if sys.platform != "win32":
            # Its group first: what left the tree is in it still. The number is its own until it is waited for.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._popen.pid, signal.SIGKILL)
        for process in started:
            with contextlib.suppress(psutil.Error):
                process.kill()
        with contextlib.suppress(OSError):
            _pipe(self._popen.stdin).close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._popen.wait(timeout=10.0)
        self._drain()

    def _drain(self) -> None:
        """Let the reading thread put its last frame and leave."""
        while True:
            try:
                if self._frames.get(timeout=1.0) is None:
                    return
            except queue.Empty:
                return

    def _why_gone(self) -> Exception:
        if self._over:
            return OutOfMemory()
        with contextlib.suppress(subprocess.TimeoutExpired):
            return Gone(self._popen.wait(timeout=1.0))
        return Gone(None)

    def _read(self) -> None:
        pipe = _pipe(self._popen.stdout)
        try:
            _skip_to_greeting(pipe)
            self._greeted = True
            self._began.set()
            while (frame := read_frame(pipe)) is not None:
                self._frames.put(frame)
        except (BadFrame, OSError, ValueError):
            pass
        self._began.set()
        self._frames.put(None)
        pipe.close()

    def _watch(self) -> None:
        while not self._ended.wait(LOOK_SECONDS):
            processes = self._tree()
            if not processes:
                return
            if sum(_memory(process) for process in processes) > self._limit:
                self._over = True
                for process in processes:
                    with contextlib.suppress(psutil.Error):
                        process.kill()
                return

    def _tree(self) -> list[psutil.Process]:
        try:
            root = psutil.Process(self._popen.pid)
            return [root, *root.children(recursive=True)]
        except psutil.Error:
            return []


def _memory(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def _pipe(pipe: object) -> BinaryIO:
    assert pipe is not None
    return pipe  # type: ignore[return-value]


def _skip_to_greeting(pipe: BinaryIO) -> None:
    """Pass over what was printed before the worker took its streams. Raises BadFrame when no greeting comes."""
    seen = b""
    for _ in range(STARTUP_NOISE):
        letter = pipe.read(1)
        if not letter:
            raise BadFrame("it ended before it began")
        seen = (seen + letter)[-len(GREETING) :]
        if seen == GREETING:
            return
    raise BadFrame("no greeting came")
