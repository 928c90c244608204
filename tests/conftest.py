"""Programs that some tests need: skipped where they are missing, but never in CI, which has them all.

Tests run side by side and their tables are small: a thread each is enough, and takes a tenth less of the processors.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("POLARS_MAX_THREADS", "1")  # read when polars is imported, here and in workers
PROGRAMS = {
    "postgres": ("usr/lib/postgresql/*/bin/initdb", "PostgreSQL's server programs are not installed"),
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = {name: why for name, (pattern, why) in PROGRAMS.items() if not any(Path("/").glob(pattern))}
    for item in items:
        for name in missing.keys() & {mark.name for mark in item.iter_markers()}:
            if os.environ.get("CI"):
                raise pytest.UsageError(f"{missing[name]}: in CI no test is skipped")
            item.add_marker(pytest.mark.skip(reason=missing[name]))
