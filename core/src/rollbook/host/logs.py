"""The log: JSON lines in the state folder, rotated. An event has a stable name and fields of an allow-list.

What is not on the list is dropped, so that neither a pupil nor a secret comes into it by an oversight: a record that
is no event of ours gives its level, its logger and the kind of its exception, and none of its text.
"""

from __future__ import annotations

import json
import logging
import os
import re
import traceback
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

log = logging.getLogger("rollbook")
NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
LONGEST = 1000

# Numbers and short names; `sentence` and `detail` are a Problem's two texts, which hold no pupil and no secret.
WORDS = """run school connection plugin version distribution table kind status label seconds attempts rows pages
rejects count added changed removed first last as_at state revision destination outcome rule case key limit reason
sentence detail command exit freed megabytes"""
FIELDS = frozenset(WORDS.split())
MEGABYTE = 1024 * 1024


def event(name: str, *, level: int = logging.INFO, **fields: Any) -> None:
    """Write one event. `fields` that are not in FIELDS are dropped."""
    log.log(level, name, extra={key: value for key, value in fields.items() if key in FIELDS})


def install(state: Path, *, megabytes: int = 10, files: int = 10) -> Path:
    """Send what `rollbook` logs to `state`/log/rollbook.jsonl, and nothing to the screen; the file is returned.

    Installing it again, for another folder or the same, replaces what was installed. Raises OSError when the folder
    cannot be made.
    """
    folder = state / "log"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / "rollbook.jsonl"
    uninstall()
    handler = Rotating(path, maxBytes=megabytes * MEGABYTE, backupCount=files, encoding="utf-8", delay=True)
    handler.setFormatter(JsonLines())
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
    return path


def uninstall() -> None:
    """Close the log that `install` opened, if any."""
    for handler in [handler for handler in log.handlers if isinstance(handler, Rotating)]:
        log.removeHandler(handler)
        handler.close()
    log.propagate = True


class Rotating(RotatingFileHandler):
    """A log file that only its owner may read, and whose failure (a full disk, a held file) stops no run."""

    def _open(self) -> Any:
        def closed(path: str, flags: int) -> int:
            return os.open(path, flags, 0o600)

        return open(self.baseFilename, self.mode, encoding=self.encoding, opener=closed)

    def doRollover(self) -> None:  # noqa: N802 - logging's own name
        """Begin a new file; where Windows says that another process holds it, go on in the old one."""
        try:
            super().doRollover()
        except OSError:
            self.stream = self._open()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Nothing: logging would print the record to the screen, and a run must not end for want of a log."""


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record's moment, level, logger and event, and its fields that are on the list."""
        name = record.msg if isinstance(record.msg, str) and not record.args and NAME.fullmatch(record.msg) else "other"
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": name,
            "logger": record.name,
        }
        line |= {key: plain(value) for key, value in vars(record).items() if key in FIELDS and value is not None}
        if record.exc_info and record.exc_info[0]:
            line |= {"exception": record.exc_info[0].__name__, "frames": _frames(record.exc_info[2])}
        return json.dumps(line, ensure_ascii=False)


def plain(value: Any) -> Any:
    """`value` as a number, or as text on one line and cut."""
    if isinstance(value, bool | int | float):
        return value
    line = " ".join(str(value).split())
    return line[:LONGEST]


def _frames(trace: Any) -> list[str]:
    """Where it happened: module and line alone. Never the text of the error, the source line or a local variable."""
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)][-20:]
