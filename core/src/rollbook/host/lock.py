"""One sync, and one decision, at a time on a state's folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rollbook.contract.errors import FixSettings, Problem

FILE = "sync.lock"


class Busy(Problem):
    """Another program of Rollbook is at work on this state. Nothing was done."""


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold the state's lock. Raises Busy when another program holds it; the system frees it when that one ends,
    however it ends.
    """
    import filelock

    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = filelock.FileLock(folder / FILE)
        lock.acquire(timeout=0)
    except filelock.Timeout:
        raise Busy(
            f"Another sync is at work on {folder}: nothing was done. Wait for it to end (`rollbook runs` shows it), "
            f"then try again."
        ) from None
    except OSError as error:
        raise FixSettings(f"The state's folder {folder} cannot be used: {error.strerror}.") from error
    try:
        yield
    finally:
        lock.release()
