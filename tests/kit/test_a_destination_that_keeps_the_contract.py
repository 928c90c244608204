"""The kit passes a destination that keeps the contract: what the other tests here break, each in one way."""

from __future__ import annotations

from pathlib import Path

import pytest

from rollbook.testing.kit.all_checks import OF_DESTINATIONS
from rollbook.testing.kit.check import Check
from rollbook.testing.kit.destination_stage import DestinationStage
from rollbook.testing.kit.outcome import State, outcome_of
from support.kit_destination import Letterbox, LetterboxSimulator
from support.plugins import installer


@pytest.mark.parametrize("check", [pytest.param(one, id=one.id) for one in OF_DESTINATIONS.values() if not one.slow])
def test_it_passes(check: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install = installer(tmp_path, monkeypatch)
    install("letterbox", module="support.kit_letterbox", needs="rollbook<2,>=1.0")
    outcome = outcome_of(check, DestinationStage(Letterbox, LetterboxSimulator, tmp_path), None)
    assert outcome.state is State.PASSED, outcome.why
