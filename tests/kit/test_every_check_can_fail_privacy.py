"""Each check of privacy, of stopping and of size fails of a source that is broken in that way."""

from __future__ import annotations

from pathlib import Path

import pytest

from rollbook.testing.kit.outcome import State
from support.kit_broken import Broken
from support.kit_broken_privacy import ALSO_NAME, ALSO_SHOW, BROKEN
from support.plugins import installer


@pytest.mark.parametrize("id_", [pytest.param(id_, marks=[pytest.mark.slow] if id_ == "S48" else []) for id_ in BROKEN])
def test_a_source_that_is_broken(id_: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = BROKEN[id_]
    installer(tmp_path, monkeypatch)(broken.cls.name, module=broken.cls.__module__)
    outcome = broken.outcome(id_, tmp_path)
    assert (outcome.state, broken.says in outcome.why) == (State.FAILED, True), outcome.why


@pytest.mark.parametrize("broken", ALSO_SHOW, ids=lambda broken: broken.cls.__name__)
def test_a_secret_may_be_shown_in_many_ways(broken: Broken, tmp_path: Path) -> None:
    outcome = broken.outcome("S45", tmp_path)
    assert (outcome.state, broken.says in outcome.why) == (State.FAILED, True), outcome.why


@pytest.mark.parametrize("broken", ALSO_NAME, ids=lambda broken: broken.cls.__name__)
def test_a_pupil_may_be_named_in_many_ways(broken: Broken, tmp_path: Path) -> None:
    outcome = broken.outcome("S44", tmp_path)
    assert (outcome.state, broken.says.casefold() in outcome.why.casefold()) == (State.FAILED, True), outcome.why
