"""The results that are kept beside our own plugins: whole, of this version, and without a failure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rollbook.host import conformance
from rollbook.host.plugins import installed
from rollbook.testing.kit.all_checks import OF_DESTINATIONS, OF_SOURCES

ROOT = Path(__file__).parents[2]
OURS = [record for record in installed() if (ROOT / "plugins").is_dir() and record.distribution.startswith("rollbook-")]


@pytest.mark.parametrize("record", OURS, ids=lambda record: record.name)
def test_a_result_is_kept_of_every_plugin_and_is_sound_but_for_later_changes_of_its_code(record: Any) -> None:
    """A release makes them again (CONTRIBUTING.md): between two, code is changed and its result is not yet."""
    kept = conformance.kept(record)
    assert kept.sound or kept.stale, f"{kept.text}: make conformance"


@pytest.mark.parametrize("path", sorted(ROOT.glob("plugins/*/src/*/conformance-*.json")), ids=lambda path: path.stem)
def test_it_names_every_check_there_is_and_no_required_one_fails(path: Path) -> None:
    told = json.loads(path.read_text(encoding="utf-8"))
    known = OF_SOURCES if told["plugin"]["kind"] == "source" else OF_DESTINATIONS
    assert [one["id"] for one in told["checks"]] == sorted(known), "make conformance"
    assert [one["id"] for one in told["checks"] if one["state"] in ("failed", "closed")] == []
