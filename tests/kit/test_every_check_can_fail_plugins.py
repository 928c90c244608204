"""Each check that sources and destinations share fails the plugin that is broken in the way that it looks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from rollbook.testing.kit.outcome import State
from support.kit_broken_plugins import BROKEN, HOOK, INSTALLED
from support.plugins import installer


@pytest.mark.parametrize("id_", BROKEN)
def test_it_fails(id_: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    as_it_should = {"module": "support.kit_plain", "needs": "rollbook<2,>=1.0"}
    installer(tmp_path, monkeypatch)("plain", **INSTALLED.get(id_, as_it_should))
    outcome = BROKEN[id_].outcome(id_, tmp_path)
    assert outcome.state is State.FAILED
    assert BROKEN[id_].says in outcome.why


@pytest.mark.parametrize(
    ("needs", "said"),
    [
        ("rollbook>=1.0,<2", ""),
        ("Rollbook[testing] <2, >=1.0", ""),
        ("rollbook~=1.0", ""),
        ("rollbook==1.*", ""),
        ("rollbook!=1.3,>=1.0,<2", ""),
        ("rollbook-csv>=1.0,<2", "does not depend on rollbook"),
        ("rollbook>=1.0", "takes Rollbook 2.0, 999.0 too"),
        ("rollbook<2", "takes Rollbook 0.99 too"),
        ("rollbook>=0.1,<99", "takes Rollbook 0.99, 2.0 too"),
        ("rollbook>=2,<3", "which this Rollbook is not"),
    ],
)
def test_a_range_of_rollbook_is_one_major_version(
    needs: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installer(tmp_path, monkeypatch)("plain", module="support.kit_plain", needs=needs)
    outcome = BROKEN["P04"].outcome("P04", tmp_path)
    assert (outcome.state is State.FAILED) == bool(said)
    assert said in outcome.why


@pytest.mark.parametrize(
    ("more", "failed"),
    [
        ('CONTRACT_VERSION = "1.0"', False),
        ('CONTRACT_VERSION: str = "1.0"', False),
        ("from rollbook.contract import CONTRACT_VERSION", True),
        ("import rollbook.contract as c; CONTRACT_VERSION = c.CONTRACT_VERSION", True),
    ],
)
def test_a_version_that_is_had_from_rollbook_says_nothing(
    more: str, failed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installer(tmp_path, monkeypatch)("plain", code=HOOK.format(more=more), needs="rollbook<2,>=1.0")
    outcome = BROKEN["P03"].outcome("P03", tmp_path)
    assert (outcome.state is State.FAILED) == failed
    assert failed == ("has its CONTRACT_VERSION from elsewhere" in outcome.why)
