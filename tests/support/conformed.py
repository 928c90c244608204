"""One check of the contract on one of our sources: for simulators beside the one that the kit's whole run takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rollbook.testing.kit.all_checks import OF_SOURCES
from rollbook.testing.kit.outcome import State, outcome_of
from rollbook.testing.kit.source_stage import SourceStage


def is_kept(id_: str, source: Any, simulator: Any, folder: Path, **stage: Any) -> None:
    """The check passes; `stage` is said of the stage besides."""
    outcome = outcome_of(OF_SOURCES[id_], SourceStage(source, simulator, folder, **stage), None)
    assert outcome.state is State.PASSED, outcome.why
