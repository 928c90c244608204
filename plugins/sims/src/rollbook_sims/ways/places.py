"""Where the reporter writes, and whose turn it is: a private folder for each run, and one run a database at a time.

Both rest on locks of files, which the system frees when a process ends, however it ends.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from rollbook.contract import FixSettings, RetryLater
from rollbook_sims.ways.ending import end
from rollbook_sims.ways.running import Deadline

_RUN, _DATABASE = "rollbook-sims-run-", "rollbook-sims-database-"
_LOOK_SECONDS = 0.1


@contextmanager
def private_folder() -> Iterator[Path]:
    """A fresh folder that this account alone may read; at the end it is gone with all that is in it.

    One that was left behind by a process that was killed is deleted first: it is full of pupils. What that process had
    started, and still runs, is ended before.
    """
    _sweep()
    folder = _temporary() / f"{_RUN}{secrets.token_hex(8)}"
    lock = _lock_of(folder)
    try:
        lock.acquire(timeout=0)
        folder.mkdir(mode=0o700)
    except (OSError, filelock.Timeout) as error:
        lock.release(force=True)
        reason = getattr(error, "strerror", None) or "it is in use"
        raise FixSettings(f"Reports cannot be written to the temporary folder {folder.parent}: {reason}.") from None
    try:
        yield folder
    finally:
        _remove(folder, lock)


@contextmanager
def turn(server: str | None, database: str | None, deadline: Deadline) -> Iterator[None]:
    """Hold that database, whoever on this machine asks for it: two reports at once slow SIMS down for the school.
    Two spellings of one server are two databases. The lock's file is gone afterwards.

    Raises RetryLater when it was not free by the deadline, FixSettings when the lock cannot be used.
    """
    named = "\0".join((server or "", database or "")).casefold()
    path = shared() / f"{_DATABASE}{hashlib.sha256(named.encode()).hexdigest()[:16]}.lock"
    lock = filelock.FileLock(path, mode=0o666)
    try:
        lock.acquire(timeout=deadline.left, poll_interval=_LOOK_SECONDS)
    except filelock.Timeout:
        raise RetryLater(
            "Another report of this database is still running, and did not end in the minutes that one may take. "
            "Let schools that share a database be read one after the other, or raise `minutes` in the settings."
        ) from None
    except OSError as error:
        raise FixSettings(
            f"The lock {path}, which keeps reports of one database apart, cannot be used: {error.strerror}. If another "
            f"account made it, delete it, and run Rollbook as one account."
        ) from None
    try:
        yield
    finally:
        _give_back(lock, path)


def _give_back(lock: filelock.BaseFileLock, path: Path) -> None:
    """The file is deleted before the lock is free: who waits opens the name anew, and a lock that was got of a deleted
    file does not count. Deleted later, it might be one that the next holds, and a third would make another.
    """
    with contextlib.suppress(OSError):  # another account's, or Windows: there the release deletes it
        path.unlink()
    lock.release()


def shared(*, windows: bool = os.name == "nt") -> Path:
    """A folder that all accounts of this machine have in common: Windows gives each a temporary one of its own."""
    common = os.environ.get("PROGRAMDATA") if windows else None
    if common:
        folder = Path(common) / "Rollbook"
        with contextlib.suppress(OSError):
            folder.mkdir(exist_ok=True)
            return folder
    return _temporary()


def _temporary() -> Path:
    return Path(tempfile.gettempdir()).absolute()


def _lock_of(folder: Path) -> filelock.BaseFileLock:
    """Of that folder: held while somebody uses it. Not bound to a thread, for what is read may be closed by another."""
    return filelock.FileLock(folder.with_name(f"{folder.name}.lock"), thread_local=False)


def _sweep() -> None:
    """By folders and by locks: Windows deletes a lock's file when it is released, whatever became of the folder."""
    found = {path.with_suffix("") for path in _temporary().glob(f"{_RUN}*")}
    for folder in found:
        lock = _lock_of(folder)
        with contextlib.suppress(OSError, filelock.Timeout):  # in use, or another account's
            lock.acquire(timeout=0)
            end(None, folder.name)
            _remove(folder, lock)


def _remove(folder: Path, lock: filelock.BaseFileLock) -> None:
    """Delete both. A folder that cannot be deleted is tried again at the next run."""
    shutil.rmtree(folder, ignore_errors=True)
    lock.release(force=True)
    with contextlib.suppress(OSError):
        folder.with_name(f"{folder.name}.lock").unlink(missing_ok=True)
