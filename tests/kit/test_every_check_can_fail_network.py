"""Each check of an other end that misbehaves fails of a source that is broken in that way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rollbook.testing.kit.outcome import State
from rollbook.testing.kit.sources import of_misbehaviour
from support import kit_broken_ends
from support.kit_broken import Broken
from support.kit_broken_ends import (
    ALSO,
    AnyWhere,
    Apart,
    ById,
    CountsPages,
    NoTotals,
    OneText,
    Prefixed,
    ReadsById,
    ReadsPrefixed,
    TwoServers,
)
from support.kit_broken_network import BEHIND_PUPILS, BROKEN, OF_FILES


@pytest.mark.parametrize("id_", BROKEN)
def test_of_a_source_over_http(id_: str, tmp_path: Path) -> None:
    outcome = BROKEN[id_].outcome(id_, tmp_path)
    assert (outcome.state, BROKEN[id_].says in outcome.why) == (State.FAILED, True), outcome.why


@pytest.mark.parametrize(("id_", "broken"), [*kit_broken_ends.BROKEN.items(), *ALSO])
def test_of_other_mistakes(id_: str, broken: Broken, tmp_path: Path) -> None:
    outcome = broken.outcome(id_, tmp_path)
    assert (outcome.state, broken.says in outcome.why) == (State.FAILED, True), outcome.why


@pytest.mark.parametrize("id_", ["S20", "S32", "S35", "S38", "S52"])
@pytest.mark.parametrize("simulator", [OneText, Apart, TwoServers])
def test_an_address_may_be_said_in_many_ways(id_: str, simulator: Any, tmp_path: Path) -> None:
    outcome = Broken(AnyWhere, simulator, says="").outcome(id_, tmp_path)
    assert outcome.state is State.PASSED, outcome.why


@pytest.mark.parametrize("id_", ["S41", "S42"])
@pytest.mark.parametrize(("source", "simulator"), [(ReadsById, ById), (CountsPages, NoTotals)])
def test_other_honest_vendors_pass(id_: str, source: Any, simulator: Any, tmp_path: Path) -> None:
    outcome = Broken(source, simulator, says="").outcome(id_, tmp_path)
    assert outcome.state is State.PASSED, outcome.why


@pytest.mark.parametrize("id_", ["S41", "S42", "S43"])
def test_what_changed_no_answer_proves_nothing(id_: str, tmp_path: Path) -> None:
    outcome = Broken(ReadsPrefixed, Prefixed, says="").outcome(id_, tmp_path)
    assert outcome.state is State.DOES_NOT_APPLY, outcome.why


@pytest.mark.parametrize(("id_", "broken"), [*OF_FILES.items(), *BEHIND_PUPILS.items()])
def test_of_a_source_that_reads_files(id_: str, broken: Broken, tmp_path: Path) -> None:
    outcome = broken.outcome(id_, tmp_path)
    assert (outcome.state, broken.says in outcome.why) == (State.FAILED, True), outcome.why


def test_a_source_that_waits_for_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_misbehaviour, "LONGEST", 0.1)
    outcome = Broken(says="").outcome("S36", tmp_path)  # half a second is more than a tenth
    assert "use `self.client.at`" in outcome.why
