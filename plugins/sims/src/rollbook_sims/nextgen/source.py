"""A connection of kind `nextgen`: one organisation's SIMS Next Gen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

from rollbook.contract import Checkpoint, Client, Done, Page, Remark, Window
from rollbook.tables.schemas import Table
from rollbook_sims.nextgen import marks, people
from rollbook_sims.nextgen.api import Api, opened
from rollbook_sims.nextgen.checking import remarks
from rollbook_sims.nextgen.signing_in import Token

READERS = {Table.PUPILS: people.pupils, Table.ROLL: people.roll, Table.MARKS: marks.pages}


class NextGen:
    """Pupils, roll and marks. Of what is read nothing is kept from one pull to the next, but the token is."""

    def __init__(self, settings: Mapping[str, Any], client: Client) -> None:
        self.settings, self.client = settings, client
        self._token = Token(settings, client)
        self._plain: set[str] = set()

    def check(self, today: date) -> Iterator[Remark]:
        """As `Source.check`: a record of each entity, and the attendance codes."""
        with self._opened() as api:
            yield from remarks(api, today)

    def pull(self, table: Table, window: Window, _: Checkpoint | None) -> Iterator[Page | Done]:
        """As `Source.pull`. Marks are whole for their window unless one of them could not be read."""
        if table not in READERS:
            yield Done()  # not known, which is not the same as none
            return
        lost = False
        with self._opened() as api:
            for page in READERS[table](api, window):
                lost = lost or bool(page.rejects)
                yield page
        yield Done(covers=window if table is Table.MARKS and not lost else None)

    def _opened(self) -> AbstractContextManager[Api]:
        return opened(self.settings, self.client, self._token, self._plain)
