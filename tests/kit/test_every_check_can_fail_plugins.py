"""Each check that sources and destinations share fails the plugin that is broken in the way that it looks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from rollbook.testing.kit.outcome import State
from support.kit_broken_plugins import BROKEN, INSTALLED
from support.plugins import installer


@pytest.mark.parametrize("id_", BROKEN)
def test_it_fails(id_: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    as_it_should = {"module": "support.kit_plain", "needs": "rollbook<2,>=1.0"}
    installer(tmp_path, monkeypatch)("plain", **INSTALLED.get(id_, as_it_should))
    outcome = BROKEN[id_].outcome(id_, tmp_path)
    assert outcome.state is State.FAILED
    assert BROKEN[id_].says in outcome.why
