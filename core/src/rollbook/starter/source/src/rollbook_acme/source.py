"""The source: Acme's schools, and their registers. docs/writing-a-source.md goes with you."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from rollbook.contract import Checkpoint, Done, Page, Remark, SchoolRef, Settings, Source, Window
from rollbook.tables.schemas import Table

from rollbook_acme.codes import CODES
from rollbook_acme.settings import AcmeSettings


class Acme(Source):
    """Acme's interface. `self.settings` are the connection's; `self.client` is the HTTP client to use: see api.py."""

    name: ClassVar[str] = "acme"
    Settings: ClassVar[type[Settings]] = AcmeSettings
    tables: ClassVar[frozenset[Table]] = frozenset({Table.PUPILS, Table.ROLL, Table.MARKS})
    code_map: ClassVar[dict[str, str]] = CODES
    simulator: ClassVar[str | None] = "rollbook_acme.simulator:AcmeSimulator"

    def check(self) -> Iterator[Remark]:
        """Can we sign in, may we read, what is the newest register? A few requests, and nothing is changed."""
        raise NotImplementedError("write check(): docs/contract.md, clause 3.1; docs/writing-a-source.md, step 5")

    def schools(self) -> list[SchoolRef]:
        """The schools that this token can see."""
        raise NotImplementedError("write schools(): docs/contract.md, clause 3.3; docs/writing-a-source.md, step 4")

    def pull(
        self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None
    ) -> Iterator[Page | Done]:
        """Pages of one table of one school, then one Done."""
        raise NotImplementedError("write pull(): docs/contract.md, clauses 4 and 5; docs/writing-a-source.md, step 6")
