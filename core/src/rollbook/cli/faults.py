"""A fault of ours, written down: where it happened and through which calls, never a value or a message.

The text of an exception and the local variables of its frames may name a pupil; neither is kept.
"""

from __future__ import annotations

import json
import platform
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import platformdirs

FILE = "faults.log"
_folder: ContextVar[Path | None] = ContextVar("folder", default=None)


def place_of(error: BaseException) -> str:
    """The file and line of ours nearest to the fault, as `host/run.py:120`."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "rollbook" in Path(frame.filename).parts] or frames
    return _short(ours[-1]) if ours else "an unknown place"


def note_fault(error: BaseException) -> Path | None:
    """Append one JSON line about `error` to the log of faults; where it was written, or None if it could not be."""
    record = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "rollbook": version("rollbook"),
        "python": platform.python_version(),
        "system": sys.platform,
        "chain": [_link(one) for one in _chain(error)],
    }
    for folder in _folders():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with (folder / FILE).open("a", encoding="utf-8") as log:
                log.write(json.dumps(record) + "\n")
        except OSError:
            continue
        return folder / FILE
    return None


def write_to(folder: Path) -> None:
    """Name the folder in which a fault is to be written down: the installation's, once it is known."""
    _folder.set(folder)


def _folders() -> list[Path]:
    """The installation's folder where it is known, else where the system keeps a user's logs."""
    known = _folder.get()
    return [*([known] if known else []), platformdirs.user_log_path("rollbook", appauthor=False)]


def _chain(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in chain:
        chain.append(link)
        link = link.__cause__ or link.__context__
    return chain


def _link(error: BaseException) -> dict[str, Any]:
    frames = traceback.extract_tb(error.__traceback__)
    return {"kind": type(error).__name__, "calls": [f"{_short(frame)} {frame.name}" for frame in frames]}


def _short(frame: traceback.FrameSummary) -> str:
    parts = Path(frame.filename).parts
    if "rollbook" in parts:
        last = len(parts) - 1 - parts[::-1].index("rollbook")
        parts = parts[last + 1 :] or parts
    return f"{'/'.join(parts[-3:])}:{frame.lineno}"
