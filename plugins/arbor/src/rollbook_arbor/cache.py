"""The details that REST gave, by address and revision, so that what did not change is not fetched again.

A detail is personal: the file is readable by its owner alone. Without a folder it is kept in memory, for one run.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from rollbook.contract import FixSettings

_TABLES = """
CREATE TABLE IF NOT EXISTS detail (href TEXT PRIMARY KEY, entity TEXT NOT NULL, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS cursor (entity TEXT PRIMARY KEY, revision INTEGER NOT NULL);
"""
_AT_ONCE = 500  # addresses in one statement


class Details:
    """Kept details of one host, and for each entity the revision up to which its changes are known."""

    def __init__(self, folder: Path | None, host: str) -> None:
        """Raises FixSettings when the folder cannot be used."""
        try:
            self._db = sqlite3.connect(self._file(folder, host) if folder else ":memory:", isolation_level=None)
            self._db.executescript(_TABLES)
        except (OSError, sqlite3.Error) as error:
            raise FixSettings(
                f"The folder `cache` of the connection to {host} cannot be used: check that it is there and may be "
                f"written to, or delete the file in it.",
                detail=type(error).__name__,
            ) from None

    @staticmethod
    def _file(folder: Path, host: str) -> Path:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = folder / f"arbor-{re.sub(r'[^a-z0-9.-]', '_', host.lower())}.sqlite3"
        file.touch(mode=0o600)
        return file

    def close(self) -> None:
        """End it."""
        self._db.close()

    def cursor(self, entity: str) -> int | None:
        """The revision up to which changes of that entity are known; None where nothing is kept of it."""
        row = self._db.execute("SELECT revision FROM cursor WHERE entity = ?", (entity,)).fetchone()
        return int(row[0]) if row else None

    def advance(self, entity: str, revision: int, gone: Iterable[str]) -> None:
        """Changes up to `revision` are known: the details at these addresses are no longer as they were kept."""
        self._db.execute("BEGIN")
        self._db.executemany("DELETE FROM detail WHERE href = ?", [(href,) for href in gone])
        self._db.execute("INSERT OR REPLACE INTO cursor VALUES (?, ?)", (entity, revision))
        self._db.execute("COMMIT")

    def forget(self, entity: str) -> None:
        """Keep nothing of an entity."""
        self._db.execute("DELETE FROM detail WHERE entity = ?", (entity,))
        self._db.execute("DELETE FROM cursor WHERE entity = ?", (entity,))

    def known(self, hrefs: list[str]) -> dict[str, bytes]:
        """What is kept of these addresses."""
        found: dict[str, bytes] = {}
        for some in _chunks(hrefs):
            marks = ",".join("?" * len(some))
            found.update(self._db.execute(f"SELECT href, body FROM detail WHERE href IN ({marks})", some))  # noqa: S608
        return found

    def oldest(self, hrefs: list[str], share: int) -> list[str]:
        """Of what is kept of these addresses, one in `share`, rounded up: those that were fetched the longest ago."""
        found: list[tuple[int, str]] = []
        for some in _chunks(hrefs):
            marks = ",".join("?" * len(some))
            # A row that is replaced gets a new rowid, above all others: they are in the order of fetching.
            found += self._db.execute(f"SELECT rowid, href FROM detail WHERE href IN ({marks})", some)  # noqa: S608
        return [href for _, href in sorted(found)[: -(-len(found) // share)]]

    def keep(self, entity: str, details: Mapping[str, bytes]) -> None:
        """Keep details by their addresses."""
        self._db.execute("BEGIN")
        rows = [(href, entity, body) for href, body in details.items()]
        self._db.executemany("INSERT OR REPLACE INTO detail VALUES (?, ?, ?)", rows)
        self._db.execute("COMMIT")


def _chunks(hrefs: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(hrefs), _AT_ONCE):
        yield hrefs[start : start + _AT_ONCE]
