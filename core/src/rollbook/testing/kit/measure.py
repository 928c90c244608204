"""Pull marks in a process of its own, and tell how many came and how much memory it held at most.

python -m rollbook.testing.kit.measure SPEC    # JSON of `Asked`; prints JSON of `Measured`
"""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import psutil

from rollbook.contract import Client, Page, SchoolRef, Window
from rollbook.host.worker.calls import Spec, resolved
from rollbook.tables.schemas import Table
from rollbook.testing.kit.source_stage import SourceStage

_LOOK = 0.005  # seconds
_LONGEST = 600.0


class Asked(msgspec.Struct):
    """module, cls: of the source. settings: of its connection. key, urn: of the school. first, last: of the window."""

    module: str
    cls: str
    settings: dict[str, Any]
    folder: str
    key: str
    urn: int | None
    first: date
    last: date


class Measured(msgspec.Struct):
    """rows: how many came. peak: bytes that the process held at most while they did."""

    rows: int
    peak: int


def measured(stage: SourceStage, window: Window) -> Measured:
    """A pull of that window, by another process."""
    ref = stage.ref(stage.made())
    of = (stage.cls.__module__, stage.cls.__qualname__, dict(stage.settings), str(stage.folder), ref.key, ref.urn)
    asked = msgspec.json.encode(Asked(*of, window.first, window.last)).decode()
    done = subprocess.run(  # noqa: S603 - this interpreter, this module
        [sys.executable, "-m", __name__, asked],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        check=True,
        timeout=_LONGEST,
    )
    return msgspec.json.decode(done.stdout, type=Measured)


def pull(asked: Asked) -> Measured:
    """Read it here, a page at a time, and drop each."""
    cls = getattr(importlib.import_module(asked.module), asked.cls)
    spec = Spec("oaks", cls.name, "source", asked.settings, Path(asked.folder))
    source, rows = cls(resolved(cls, spec), Client()), 0
    with _peak() as peak:
        ref = SchoolRef(asked.key, "", asked.urn)
        for item in source.pull(Table.MARKS, ref, Window(asked.first, asked.last), None):
            rows += item.rows.height if isinstance(item, Page) else 0
    return Measured(rows, max(peak))


@contextmanager
def _peak() -> Iterator[list[int]]:
    """What the process holds, seen again and again until the end."""
    process, ended, seen = psutil.Process(), threading.Event(), [0]

    def look() -> None:
        while not ended.wait(_LOOK):
            seen[0] = max(seen[0], process.memory_info().rss)

    watching = threading.Thread(target=look, daemon=True)
    watching.start()
    try:
        yield seen
    finally:
        ended.set()
        watching.join()
        seen[0] = max(seen[0], process.memory_info().rss)


if __name__ == "__main__":
    print(msgspec.json.encode(pull(msgspec.json.decode(sys.argv[1], type=Asked))).decode())
