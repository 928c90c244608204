"""A Source of kind nextgen alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from rollbook.contract import Checkpoint, Done, Page, Remark, SchoolRef, Settings, Source, Window
from rollbook.tables.schemas import Table
from rollbook_sims.nextgen.source import NextGen
from rollbook_sims.settings import SimsSettings


class NextGenSource(Source):
    """As the plugin's own source for a connection of that kind."""

    name: ClassVar[str] = "sims"
    Settings: ClassVar[type[Settings]] = SimsSettings
    tables: ClassVar[frozenset[Table]] = frozenset({Table.PUPILS, Table.ROLL, Table.MARKS, Table.CONTACTS})
    window_days: ClassVar[int | None] = None
    simulator: ClassVar[str | None] = "rollbook_sims.simulator.nextgen:NextGenSimulator"

    def _kind(self) -> NextGen:
        made = self.__dict__.get("_made") or NextGen(self.settings, self.client)
        self.__dict__["_made"] = made
        return made

    def check(self) -> Iterator[Remark]:
        return self._kind().check()

    def schools(self) -> list[SchoolRef]:
        return self._kind().schools()

    def pull(
        self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None
    ) -> Iterator[Page | Done]:
        return self._kind().pull(table, school, window, checkpoint)
