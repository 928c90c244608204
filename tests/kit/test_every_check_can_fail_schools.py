"""A source that takes one school of its connection for another fails, and one that keeps them apart passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from rollbook.testing.kit.outcome import State
from support.kit_broken import Broken
from support.kit_broken_schools import ALSO_MIXED_UP, BROKEN, OneSchool
from support.kit_source import PlainSimulator


@pytest.mark.parametrize("broken", [*BROKEN.values(), *ALSO_MIXED_UP], ids=lambda broken: broken.cls.__name__)
def test_it_fails(broken: Broken, tmp_path: Path) -> None:
    outcome = broken.outcome("S50", tmp_path)
    assert (outcome.state, broken.says in outcome.why) == (State.FAILED, True), outcome.why


@pytest.mark.parametrize("simulator", [PlainSimulator, OneSchool])
def test_a_source_that_keeps_schools_apart(simulator: type[PlainSimulator], tmp_path: Path) -> None:
    assert Broken(simulator=simulator, says="").outcome("S50", tmp_path).state is State.PASSED
