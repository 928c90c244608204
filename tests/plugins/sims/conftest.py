"""A machine with the stand-in for CommandReporter, and a temporary folder that is seen to be left empty."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.sims_run import Machine


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    folder = tmp_path / "SIMS .net \N{LATIN SMALL LETTER U WITH DIAERESIS}ber"
    folder.mkdir()
    return Machine(folder)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The temporary folder, of this test alone. Whatever happened, no folder of a run is left in it."""
    folder = tmp_path / "for a while"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert [path.name for path in folder.iterdir() if "-run-" in path.name] == []
