"""What proves that a check can fail: a source or a destination that is broken in exactly the way that it looks for.

BROKEN["S27"] = Broken(Late, says="the correction of")                      # another source
BROKEN["S11"] = Broken(Plain, Swapped, says="marks", pupils=16)             # another simulator; of the stage besides
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from rollbook.contract import Checkpoint, Done, Page, Problem, SchoolRef, Window
from rollbook.tables.schemas import Table
from rollbook.testing.kit.all_checks import OF_DESTINATIONS, OF_SOURCES
from rollbook.testing.kit.destination_stage import DestinationStage
from rollbook.testing.kit.outcome import Outcome, outcome_of
from rollbook.testing.kit.source_stage import SourceStage
from support.kit_source import Plain, PlainSimulator


class TakenForTheEnd(Plain, abstract=True):
    """Takes one kind of fault for the end of a pull."""

    fault: ClassVar[type[Problem]]

    def pull(
        self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None
    ) -> Iterator[Page | Done]:
        try:
            yield from super().pull(table, school, window, checkpoint)
        except self.fault:
            yield Done(covers=window)


class Broken:
    """An adapter that fails one check. cls: its class. simulator: the other end. says: a part of the failure's text.

    Whatever is named besides goes to the stage: `pupils`, `settings`, `small_pages`, `school`.
    """

    def __init__(self, cls: Any = Plain, simulator: Any = PlainSimulator, *, says: str, **stage: Any) -> None:
        self.cls, self.simulator, self.says, self.stage = cls, simulator, says, stage

    def outcome(self, id_: str, folder: Path) -> Outcome:
        """How that check ends with it."""
        if id_ in OF_SOURCES:
            given = {"small_pages": {"page_size": 60}, **self.stage}
            stage: Any = SourceStage(self.cls, self.simulator, folder, **given)
            return outcome_of(OF_SOURCES[id_], stage, None)
        stage = DestinationStage(self.cls, self.simulator, folder, **self.stage)
        return outcome_of(OF_DESTINATIONS[id_], stage, None)
