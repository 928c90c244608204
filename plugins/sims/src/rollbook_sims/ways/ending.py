"""Ending a program with all that it started, wherever that went."""

from __future__ import annotations

import contextlib
import subprocess

import psutil

MARK = "ROLLBOOK_SIMS_RUN"  # in the environment of all that a run starts, by which it is found again
_ROUNDS = 5
_SECONDS = 5.0


def end(process: subprocess.Popen[bytes], mark: str) -> None:
    """End the process, its children and theirs, and whoever has `mark` in the environment; wait until they are gone.

    The mark finds those whose parent has ended, which on Windows nothing else tells. More rounds than one, for what is
    ended may have started another meanwhile.
    """
    for _ in range(_ROUNDS):
        left = _left(process, mark)
        if not left:
            break
        for one in left:
            with contextlib.suppress(psutil.Error):
                one.kill()
        process.poll()
        psutil.wait_procs(left, timeout=_SECONDS)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=_SECONDS)


def _left(process: subprocess.Popen[bytes], mark: str) -> list[psutil.Process]:
    return list({*_tree(process), *(one for one in psutil.process_iter() if _has(one, mark))})


def _tree(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    if process.poll() is not None:  # its number may be another's by now
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
