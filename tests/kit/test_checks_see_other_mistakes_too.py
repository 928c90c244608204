"""Checks see more than the one mistake that proves them able to fail: these were once passed over."""

from __future__ import annotations

from pathlib import Path

import pytest

from rollbook.testing.kit.outcome import State
from support.kit_besides import BESIDES
from support.kit_broken import Broken


@pytest.mark.parametrize(
    ("id_", "broken"), [pytest.param(id_, broken, id=f"{id_}-{broken.cls.__name__}") for id_, broken in BESIDES]
)
def test_it_fails(id_: str, broken: Broken, tmp_path: Path) -> None:
    outcome = broken.outcome(id_, tmp_path)
    assert outcome.state is State.FAILED
    assert broken.says in outcome.why
