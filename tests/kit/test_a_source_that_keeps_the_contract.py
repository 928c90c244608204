"""The kit passes a source that keeps the contract: what the other tests here break, each in one way."""

from __future__ import annotations

from pathlib import Path

import pytest

from rollbook.testing.kit.all_checks import OF_SOURCES
from rollbook.testing.kit.check import Check
from rollbook.testing.kit.outcome import State, outcome_of
from rollbook.testing.kit.source_stage import SourceStage
from support.kit_source import Plain, PlainSimulator
from support.plugins import installer

PASSES = (State.PASSED, State.DOES_NOT_APPLY)


@pytest.mark.parametrize("check", [pytest.param(one, id=one.id) for one in OF_SOURCES.values() if not one.slow])
def test_it_passes(check: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install = installer(tmp_path, monkeypatch)
    install("plain", module="support.kit_plain", needs="rollbook<2,>=1.0")
    stage = SourceStage(Plain, PlainSimulator, tmp_path, small_pages={"page_size": 60})
    outcome = outcome_of(check, stage, None)
    assert outcome.state in PASSES, outcome.why
