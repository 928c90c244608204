"""A connection of kind `nextgen`: one organisation's SIMS Next Gen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from rollbook.contract import Checkpoint, Client, Done, FixSettings, Page, Remark, SchoolRef, Window
from rollbook.tables.schemas import Table
from rollbook_sims.nextgen import marks, people
from rollbook_sims.nextgen.api import opened
from rollbook_sims.nextgen.checking import remarks
from rollbook_sims.nextgen.days import LONDON
from rollbook_sims.nextgen.signing_in import Token

READERS = {Table.PUPILS: people.pupils, Table.ROLL: people.roll, Table.MARKS: marks.pages}


class NextGen:
    """Pupils, roll and marks, in the form of a `Source`. Nothing is kept from one sync to the next."""

    def __init__(self, settings: Mapping[str, Any], client: Client) -> None:
        self.settings, self.client = settings, client
        self._token = Token(settings, client)
        self._plain: set[str] = set()
        self._asked: int | None = None  # the school to which this organisation was first given

    @staticmethod
    def today() -> date:
        """The day in England."""
        return datetime.now(LONDON).date()

    def check(self) -> Iterator[Remark]:
        """As `Source.check`: a record of each entity, and the attendance codes."""
        with opened(self.settings, self.client, self._token, self._plain) as api:
            yield from remarks(api, self.today())

    def schools(self) -> list[SchoolRef]:
        """The one school of this organisation, after a read that shows that it may be read. Its URN is known where the
        settings say it.
        """
        with opened(self.settings, self.client, self._token, self._plain) as api:
            api.some("learners", {})
        urn = self.settings["urn"]
        return [SchoolRef(self.settings["organisation"], "", int(urn) if urn else None)]

    def pull(
        self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None
    ) -> Iterator[Page | Done]:
        """As `Source.pull`. Marks are whole for their window unless one of them could not be read."""
        self._check_school(school)
        if table not in READERS:
            yield Done()  # not known, which is not the same as none
            return
        lost = False
        with opened(self.settings, self.client, self._token, self._plain) as api:
            for page in READERS[table](api, window):
                lost = lost or bool(page.rejects)
                yield page
        yield Done(covers=window if table is Table.MARKS and not lost else None)

    def _check_school(self, school: SchoolRef) -> None:
        """An organisation is one school. Where nothing says which, it is the first that was asked for."""
        own, urn = self.settings["organisation"], self.settings["urn"] or self._asked
        if urn and school.urn and int(urn) != school.urn:
            raise FixSettings(
                f"The organisation {own} at SIMS is the school {urn}, and {school.urn} was asked for. Give each school "
                f"a connection of its own."
            )
        if school.key not in (own, str(school.urn)):
            raise FixSettings(
                f'The organisation {own} at SIMS is one school, and knows none by the key "{school.key}". Take `key` '
                f"out of the school's configuration, or correct its connection."
            )
        self._asked = self._asked or school.urn
