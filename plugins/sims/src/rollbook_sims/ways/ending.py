"""Ending a program with all that it started, wherever that went."""

from __future__ import annotations

import contextlib
import subprocess
import time

import psutil

MARK = "ROLLBOOK_SIMS_RUN"  # in the environment of all that a run starts, by which it is found again
_SECONDS = 5.0
_LOOK_SECONDS = 0.05


def end(process: subprocess.Popen[bytes] | None, mark: str) -> None:
    """End the process, its children and theirs, and whoever has `mark` in the environment; wait until they are gone.
    None: a process of somebody who was killed, so that the mark alone tells of it.

    The mark finds those whose parent has ended, which on Windows nothing else tells. It is looked again until nobody is
    left, for what is ended may have started another meanwhile.
    """
    until = time.monotonic() + _SECONDS
    while (left := _left(process, mark)) and time.monotonic() < until:
        for one in left:
            with contextlib.suppress(psutil.Error):
                one.kill()
        psutil.wait_procs(left, timeout=_LOOK_SECONDS)
    if process is not None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=_SECONDS)


def _left(process: subprocess.Popen[bytes] | None, mark: str) -> set[psutil.Process]:
    """Those that run: one that has ended, and only waits for its parent to hear of it, does not."""
    found = {*_tree(process), *(one for one in psutil.process_iter() if _has(one, mark))}
    return {one for one in found if _runs(one)}


def _tree(process: subprocess.Popen[bytes] | None) -> list[psutil.Process]:
    if process is None or process.poll() is not None:  # its number may be another's by now
        return []
    try:
        root = psutil.Process(process.pid)
        return [root, *root.children(recursive=True)]
    except psutil.Error:
        return []


def _has(process: psutil.Process, mark: str) -> bool:
    try:
        return process.environ().get(MARK) == mark
    except (psutil.Error, OSError):
        return False


def _runs(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
