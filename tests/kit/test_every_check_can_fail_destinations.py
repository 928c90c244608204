"""Each check of a destination fails the one that is broken in the way that it looks for, and says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from rollbook.testing.kit import line, processes
from rollbook.testing.kit.destinations import of_repeats
from rollbook.testing.kit.outcome import State
from support.kit_broken import Broken
from support.kit_broken_batches import ALSO
from support.kit_broken_destinations import BROKEN
from support.kit_broken_reports import BROKEN as OF_REPORTS
from support.plugins import installer

HOOK = """
from rollbook.contract import hookimpl
from support.kit_broken_destinations import {name}

@hookimpl
def rollbook_destinations():
    return [{name}]
"""


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "MOST_SILENT", 1.5)
    monkeypatch.setattr(of_repeats, "MOST_SECONDS", 1.2)
    monkeypatch.setattr(processes, "_GONE", 0.2)


@pytest.mark.parametrize("id_", BROKEN)
def test_it_fails(id_: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installer(tmp_path, monkeypatch)("letterbox", HOOK.format(name=BROKEN[id_].cls.__name__))
    outcome = BROKEN[id_].outcome(id_, tmp_path)
    assert outcome.state is State.FAILED
    assert BROKEN[id_].says in outcome.why


MORE = [*OF_REPORTS.items(), *ALSO]


@pytest.mark.parametrize(("id_", "broken"), MORE, ids=[f"{id_}-{broken.cls.__name__}" for id_, broken in MORE])
def test_it_fails_of_other_things_too(id_: str, broken: Broken, tmp_path: Path) -> None:
    outcome = broken.outcome(id_, tmp_path)
    assert (outcome.state, broken.says in outcome.why) == (State.FAILED, True), outcome.why
