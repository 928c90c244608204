"""Sources that say too much, start what they do not end, hold all that they read, or ask too often."""

from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from marshmallow import fields

from rollbook.contract import (
    Checkpoint,
    Done,
    NeedsCredentials,
    Page,
    Reject,
    RetryLater,
    SchoolRef,
    Settings,
    Source,
    Window,
    hookimpl,
)
from rollbook.tables.schemas import Table
from rollbook.testing.web import Answer, Incoming
from rollbook_csv.simulator import CsvSimulator
from rollbook_csv.source import CsvSource
from support.kit_broken import Broken
from support.kit_source import Plain, PlainSettings, PlainSimulator

_DAEMON = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])"


class KeepsACopy(Plain):
    """Keeps the pupils in a file that no setting names."""

    def made(self, table: Table, rows: list[dict[str, Any]]) -> Page:
        page = super().made(table, rows)
        if table is Table.PUPILS:
            page.rows.write_csv(Path(tempfile.gettempdir()) / "pupils.csv")
        return page


class CountsByName(Plain):
    """The kind of its rejects is the pupil's name."""

    def made(self, table: Table, rows: list[dict[str, Any]]) -> Page:
        page = super().made(table, rows)
        kinds = [str(row.get("surname")) for row in rows]
        return replace(page, rejects=[replace(one, kind=kinds[0]) for one in page.rejects])


class RepeatsTheVendor(Plain):
    """Says what the vendor said."""

    def answer(self, response: Any) -> dict[str, Any]:
        if response.status_code == 500:
            raise RetryLater(f"The vendor says: {response.text}")
        return super().answer(response)


class LogsNames(Plain):
    """Logs whom it read."""

    def made(self, table: Table, rows: list[dict[str, Any]]) -> Page:
        import logging

        logging.getLogger(__name__).debug("read %s", [row.get("surname") for row in rows])
        return super().made(table, rows)


class NamesTheRow(Plain):
    """Says by a reject whose row it was."""

    def made(self, table: Table, rows: list[dict[str, Any]]) -> Page:
        page = super().made(table, rows)
        told = [Reject(f"row of {row.get('surname')}", "date", "no day") for row in rows if "date" not in row][:1]
        return Page(page.rows, None, [*page.rejects, *told])


class ShowsTheLine(CsvSource):
    """Shows the line of the file that it set aside."""

    def pull(
        self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None
    ) -> Iterator[Page | Done]:
        for item in super().pull(table, school, window, checkpoint):
            yield replace(item, rejects=[self.shown(one) for one in item.rejects]) if isinstance(item, Page) else item

    def shown(self, reject: Reject) -> Reject:
        name, _, number = reject.place.partition(", line ")
        lines = (self.settings["folder"] / name).read_text(encoding="utf-8").splitlines()
        return replace(reject, reason=f"{reject.reason}: {lines[int(number) - 1]}")


class ShowsItsToken(Plain):
    """Says which token was refused."""

    def answer(self, response: Any) -> dict[str, Any]:
        if response.status_code == 401:
            raise NeedsCredentials(f"The token {self.settings['token'].reveal()} is refused.")
        return super().answer(response)


class Prints(Plain):
    """Shows how far it is."""

    def made(self, table: Table, rows: list[dict[str, Any]]) -> Page:
        print(f"{len(rows)} rows of {table.value}")
        return super().made(table, rows)


class LeavesADaemon(Plain):
    """Starts what leaves its process, its session and its parent."""

    name: ClassVar[str] = "daemonic"

    def pull(
        self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None
    ) -> Iterator[Page | Done]:
        subprocess.run([sys.executable, "-c", _DAEMON], start_new_session=True, check=True)
        yield from super().pull(table, school, window, checkpoint)


class Gathers(Plain):
    """Keeps every row that it ever read, and its text."""

    def made(self, table: Table, rows: list[dict[str, Any]]) -> Page:
        kept = self.__dict__.setdefault("kept", [])
        kept += [(dict(row), f"{row}", f"{row} again") for row in rows]
        return super().made(table, rows)


class GathersFirst(Plain):
    """Gives no page before it has them all."""

    def pull(
        self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None
    ) -> Iterator[Page | Done]:
        yield from list(super().pull(table, school, window, checkpoint))


class InBase64(Plain):
    """Says what it sent, as it sent it."""

    def answer(self, response: Any) -> dict[str, Any]:
        if response.status_code == 500:
            sent = base64.b64encode(f"user:{self.settings['token'].reveal()}".encode()).decode()
            raise RetryLater("A fault of the vendor's.", detail=f"Authorization: Basic {sent}")
        return super().answer(response)


class SignsIn(PlainSimulator):
    """Wants what a sign-in made of the token."""

    def answer(self, asked: Incoming) -> Answer:
        given = asked.headers.get("authorization", "")
        right = given == f"Bearer {access_of(self._token)}"
        told = {**asked.headers, "authorization": f"Bearer {self._token}" if right else ""}
        return super().answer(replace(asked, headers=told))


class ShowsItsAccess(Plain):
    """Says what the sign-in gave."""

    def open(self) -> Any:
        return self.client.at(self.settings["url"], headers={"Authorization": f"Bearer {self.access}"})

    @property
    def access(self) -> str:
        """What a sign-in would give."""
        return access_of(self.settings["token"].reveal())

    def answer(self, response: Any) -> dict[str, Any]:
        if response.status_code == 500:
            raise RetryLater("A fault of the vendor's.", detail=f"It was asked with {self.access}")
        return super().answer(response)


def access_of(token: str) -> str:
    """What stands for the token."""
    return hashlib.sha256(token.encode()).hexdigest()


class SmallPages(PlainSettings):
    """A few rows at once."""

    page_size = fields.Integer(load_default=25)


class AsksForEachFew(Plain):
    """Asks far too often."""

    Settings: ClassVar[type[Settings]] = SmallPages


@hookimpl
def rollbook_sources() -> list[type[Source]]:
    """The one that is broken in a process of its own."""
    return [LeavesADaemon]


BROKEN = {
    "S44": Broken(RepeatsTheVendor, says="somebody is named"),
    "S45": Broken(ShowsItsToken, says="a secret is shown: The token"),
    "S46": Broken(Prints, says="rows of marks"),
    "S47": Broken(LeavesADaemon, says="time.sleep"),
    "S48": Broken(Gathers, says="Yield each page as it comes"),
    "S49": Broken(AsksForEachFew, says="ask for larger pages"),
    "S56": Broken(GathersFirst, says="requests are made before the first page comes"),
}
"""An adapter for each check."""

ALSO_SHOW = [
    Broken(InBase64, says="Authorization: Basic"),
    Broken(ShowsItsAccess, SignsIn, says="It was asked with"),
]
"""Other ways to show a secret."""

ALSO_NAME = [
    Broken(LogsNames, says="Quastel"),
    Broken(NamesTheRow, says="row of Quastel"),
    Broken(KeepsACopy, says="the file pupils.csv that it left"),
    Broken(CountsByName, says="somebody is named"),
    Broken(ShowsTheLine, CsvSimulator, small_pages={}, says="somebody is named"),
]
"""Other ways to name a pupil."""
