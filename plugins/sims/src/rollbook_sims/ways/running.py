"""Running a program that may hang, flood or start others, within a time; whatever happens, nothing of it is left."""

from __future__ import annotations

import os
import re
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from rollbook_sims.ways.ending import MARK, end

KEPT = 1024 * 1024  # bytes of what it says on each stream; the rest is read and dropped
_PIECE = 65_536
# What programs need of the environment, in Windows and elsewhere. The rest is Rollbook's own: it has its secrets.
_PASSED_ON = re.compile(
    "PATH|SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC|PATHEXT|TEMP|TMP|TMPDIR|APPDATA|LOCALAPPDATA|PROGRAMDATA|ALLUSERSPROFILE"
    "|(COMMON)?PROGRAM(FILES|W6432).*|PUBLIC|USERPROFILE|USERNAME|USERDOMAIN.*|COMPUTERNAME|HOMEDRIVE|HOMEPATH|OS"
    "|PROCESSOR_.*|NUMBER_OF_PROCESSORS|HOME|LANG|LC_.*|TZ|LOGNAME|USER",
    re.IGNORECASE,
)
_SECONDS = 5.0  # for a stream to end, once all that held it was ended


class OutOfTime(Exception):
    """It took longer than it may. It was ended."""


class NotStarted(Exception):
    """The system would not start it, for the reason in the text. The text has nothing of the command line."""


class Deadline:
    """The end of the time in which a report must be there. `clock`: seconds."""

    def __init__(self, minutes: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._at = clock() + 60.0 * minutes

    @property
    def left(self) -> float:
        """Seconds that are left, 0 when none are."""
        return max(0.0, self._at - self._clock())


@dataclass(frozen=True)
class Said:
    """What a program said, as far as it was kept, and its exit status. It may hold anything: it is never shown."""

    out: bytes
    error: bytes
    status: int

    def __repr__(self) -> str:
        return f"Said(status={self.status})"


def run(parts: Sequence[str], folder: Path, deadline: Deadline) -> Said:
    """Run it in `folder` to its end; all that it starts is marked by that folder's name. Raises OutOfTime, NotStarted.

    However this ends, by an interrupt too, all that was started has ended. It stays in our group of processes, so that
    whoever ends us by that ends it.
    """
    mark = folder.name
    process = _start(parts, folder, mark)
    streams: list[_Stream] = []
    try:
        streams += (_Stream(pipe) for pipe in (process.stdout, process.stderr) if pipe is not None)
        late = _late(process, deadline)
    finally:
        end(process, mark)
        kept = [stream.close() for stream in streams]
    if late:
        raise OutOfTime
    return Said(kept[0], kept[1], process.returncode)


def _start(parts: Sequence[str], folder: Path, mark: str) -> subprocess.Popen[bytes]:
    reason = ""
    try:
        process = subprocess.Popen(  # noqa: S603 - the settings name it
            parts,
            cwd=folder,
            env={**passed_on(os.environ), MARK: mark},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        process.args = parts[0]  # it would show the password wherever it is printed
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its command line cannot be passed on"
    if reason:  # raised here, so that it drags along nothing of the above
        raise NotStarted(reason)
    return process


def passed_on(environment: Mapping[str, str]) -> dict[str, str]:
    """What of the environment a program is given."""
    return {name: value for name, value in environment.items() if _PASSED_ON.fullmatch(name)}


def _late(process: subprocess.Popen[bytes], deadline: Deadline) -> bool:
    """Waited for in a thread, which wakes when it ends: a wait with a bound looks again only every 50 ms."""
    ended = threading.Thread(target=process.wait, daemon=True)
    ended.start()
    ended.join(deadline.left)
    return ended.is_alive()


class _Stream:
    """Reads a pipe to its end in a thread: a pipe that nobody reads stops whoever writes into it."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe, self._kept = pipe, bytearray()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def close(self) -> bytes:
        """What was kept of it."""
        self._thread.join(_SECONDS)
        if not self._thread.is_alive():
            self._pipe.close()
        return bytes(self._kept)

    def _read(self) -> None:
        while piece := os.read(self._pipe.fileno(), _PIECE):
            self._kept += piece[: KEPT - len(self._kept)]
