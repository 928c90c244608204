"""Pull marks of an Arbor in a process of its own, and tell how many came and how much memory it held at most.

python tests/support/arbor_memory.py SETTINGS FIRST LAST    # prints JSON: marks, bytes
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from rollbook.contract import Client, Page, SchoolRef, Window
from rollbook.host.worker.calls import Spec, resolved
from rollbook.tables.schemas import Table
from rollbook_arbor.source import ArborSource


class Pulled(NamedTuple):
    """marks: how many came. peak: bytes that the process held at most."""

    marks: int
    peak: int


def measured(settings: dict[str, Any], window: Window) -> Pulled:
    """A pull of that window, by another process."""
    days = [window.first.isoformat(), window.last.isoformat()]
    done = subprocess.run(
        [sys.executable, __file__, json.dumps(settings), *days], capture_output=True, check=True, text=True, timeout=300
    )
    return Pulled(*json.loads(done.stdout))


def pull(settings: dict[str, Any], window: Window) -> Pulled:
    """Read it here, a page at a time, and drop each."""
    reading = ArborSource(resolved(ArborSource, Spec("oaks", "arbor", "source", settings, Path.cwd())), Client())
    process, marks, peak = psutil.Process(), 0, 0
    for item in reading.pull(Table.MARKS, SchoolRef("oaks", "Oaks", 900001), window, None):
        marks += len(item.rows) if isinstance(item, Page) else 0
        peak = max(peak, process.memory_info().rss)
    return Pulled(marks, peak)


if __name__ == "__main__":
    print(json.dumps(pull(json.loads(sys.argv[1]), Window(*map(date.fromisoformat, sys.argv[2:])))))
