"""Programs that some tests need: skipped where they are missing, but never in CI, which has them all.

Tests run side by side and their tables are small: a thread each is enough, and takes a tenth less of the processors.
A run has a temporary folder of its own, which is gone with it; `tmp_path` stays where it always is, to be looked at.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

_OF_THIS_RUN = "ROLLBOOK_TESTS_FOLDER"  # set by the first process: those that it starts use the same
_FIRST = _OF_THIS_RUN not in os.environ
if _FIRST:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", tempfile.gettempdir())
    os.environ["TMPDIR"] = os.environ[_OF_THIS_RUN] = tempfile.mkdtemp(prefix="rollbook-tests-")
    tempfile.tempdir = None  # it is looked up anew
os.environ.setdefault("POLARS_MAX_THREADS", "1")  # read when polars is imported, here and in workers
PROGRAMS = {
    "postgres": ("usr/lib/postgresql/*/bin/initdb", "PostgreSQL's server programs are not installed"),
}


def pytest_unconfigure() -> None:
    if _FIRST:
        shutil.rmtree(os.environ[_OF_THIS_RUN], ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = {name: why for name, (pattern, why) in PROGRAMS.items() if not any(Path("/").glob(pattern))}
    for item in items:
        for name in missing.keys() & {mark.name for mark in item.iter_markers()}:
            if os.environ.get("CI"):
                raise pytest.UsageError(f"{missing[name]}: in CI no test is skipped")
            item.add_marker(pytest.mark.skip(reason=missing[name]))
