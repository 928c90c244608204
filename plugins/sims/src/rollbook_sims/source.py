"""The source: SIMS, by its reporter, by reports that lie in a folder, or by its Next Gen service."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from rollbook.contract import (
    Checkpoint,
    Client,
    Done,
    FixSettings,
    Page,
    Remark,
    SchoolRef,
    Settings,
    Source,
    Window,
)
from rollbook.tables.schemas import Table
from rollbook_sims.settings import MOST_MINUTES, SimsSettings

if TYPE_CHECKING:
    from rollbook_sims.nextgen.source import NextGen
    from rollbook_sims.school import School


RUNS = 5  # of the reporter in one call: `check` has each report run


class SimsSource(Source):
    """SIMS, in whichever way `kind` in the settings names. One connection is one school.

    SIMS gives no calendar: the terms of the configuration are used. A table whose report was not built is answered
    without a page, which is not the same as an empty one.
    """

    name: ClassVar[str] = "sims"
    Settings: ClassVar[type[Settings]] = SimsSettings
    tables: ClassVar[frozenset[Table]] = frozenset({Table.PUPILS, Table.ROLL, Table.MARKS, Table.CONTACTS})
    window_days: ClassVar[int | None] = None  # one run of the reporter, whatever it is asked for
    call_seconds: ClassVar[int | None] = RUNS * MOST_MINUTES * 60 + 600
    simulator: ClassVar[str | None] = "rollbook_sims.simulator:SimsSimulator"
    today = staticmethod(date.today)
    now = staticmethod(time.time)

    def __init__(self, settings: Mapping[str, Any], client: Client) -> None:
        super().__init__(settings, client)
        self._school: School | None = None
        self._service: NextGen | None = None
        self._asked: int | None = None  # the school that this connection was first asked for

    def check(self) -> Iterator[Remark]:
        """What each report holds and lacks, the newest session, and the marks that are no code; a report a line."""
        if self.settings["kind"] == "nextgen":
            yield from self._next_gen().check(self.today())
            return
        from rollbook_sims.checking import remarks

        yield from remarks(self._reports(), self.today())

    def schools(self) -> list[SchoolRef]:
        """The one school of this connection. Its URN is known where the settings say it."""
        urn = self.settings["urn"]
        return [SchoolRef(self._key, "", int(urn) if urn else None)]

    def pull(
        self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None
    ) -> Iterator[Page | Done]:
        """As `Source.pull`. The checkpoint of the marks holds the digests of the files that were read."""
        self._check_school(school)
        reader = self._next_gen() if self.settings["kind"] == "nextgen" else self._reports()
        yield from reader.pull(table, window, checkpoint)

    def _reports(self) -> School:
        if self._school is None:
            from rollbook_sims.school import School
            from rollbook_sims.ways.drop import Drop
            from rollbook_sims.ways.reporter import Reporter

            in_folder = self.settings["kind"] == "folder"
            way = Drop(self.settings, self.now) if in_folder else Reporter(self.settings)
            self._school = School(self.settings, way)
        return self._school

    def _next_gen(self) -> NextGen:
        if self._service is None:
            from rollbook_sims.nextgen.source import NextGen

            self._service = NextGen(self.settings, self.client)
        return self._service

    @property
    def _key(self) -> str:
        """What this connection calls its school where the settings do not say its URN."""
        if self.settings["kind"] == "folder":
            return str(self.settings["urn"] or self.settings["folder"].name)
        own = "organisation" if self.settings["kind"] == "nextgen" else "database"
        return str(self.settings["urn"] or self.settings[own] or "SIMS")

    def _check_school(self, school: SchoolRef) -> None:
        """A connection is one school. Where nothing says which, it is the first that it was asked for."""
        urn, advice = self.settings["urn"] or self._asked, "Give each school a connection of its own."
        if urn and school.urn and int(urn) != school.urn:
            raise FixSettings(
                f"This connection reads the SIMS of the school {urn}, and {school.urn} was asked for. {advice}"
            )
        if school.key not in (self._key, str(school.urn)):
            raise FixSettings(
                f'This connection reads the SIMS of one school, and knows none by the key "{school.key}". Take `key` '
                f"out of the school's configuration, or correct its connection. {advice}"
            )
        self._asked = self._asked or school.urn
