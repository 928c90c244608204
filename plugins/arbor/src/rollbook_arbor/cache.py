"""The details that REST gave, by address and revision, so that what did not change is not fetched again.

A detail is personal: the file is readable by its owner alone. Without a folder it is kept in memory, for one run.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rollbook.contract import FixSettings

_TABLES = """
CREATE TABLE IF NOT EXISTS detail (href TEXT PRIMARY KEY, entity TEXT NOT NULL, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS cursor (entity TEXT PRIMARY KEY, revision INTEGER NOT NULL);
"""
_AT_ONCE = 500  # addresses in one statement


class Details:
    """Kept details of one host, and for each entity the revision up to which its changes are known.

    Every method raises FixSettings when the file cannot be used: it is damaged, the disk is full, another holds it.
    """

    def __init__(self, folder: Path | None, host: str) -> None:
        """Raises FixSettings when the folder cannot be used."""
        self._host = host
        with self._usable():
            self._db = sqlite3.connect(self._file(folder, host) if folder else ":memory:", isolation_level=None)
            self._db.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten: it is of pupils
            self._db.executescript(_TABLES)

    @contextmanager
    def _usable(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            raise FixSettings(
                f"The folder `cache` of the connection to {self._host} cannot be used: check that it is there, may be "
                f"written to and has room, or delete the file in it.",
                detail=type(error).__name__,
            ) from None

    @contextmanager
    def _whole(self) -> Iterator[sqlite3.Connection]:
        """All of what is done, or nothing."""
        with self._usable():
            self._db.execute("BEGIN")
            try:
                yield self._db
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

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
        with self._usable():
            row = self._db.execute("SELECT revision FROM cursor WHERE entity = ?", (entity,)).fetchone()
        return int(row[0]) if row else None

    def advance(self, entity: str, revision: int, gone: Iterable[str]) -> None:
        """Changes up to `revision` are known: the details at these addresses are no longer as they were kept."""
        with self._whole() as db:
            db.executemany("DELETE FROM detail WHERE href = ?", [(href,) for href in gone])
            db.execute("INSERT OR REPLACE INTO cursor VALUES (?, ?)", (entity, revision))

    def forget(self, entity: str) -> None:
        """Keep nothing of an entity."""
        with self._whole() as db:
            db.execute("DELETE FROM detail WHERE entity = ?", (entity,))
            db.execute("DELETE FROM cursor WHERE entity = ?", (entity,))

    def prune(self, entity: str, listed: Iterable[str]) -> None:
        """Keep nothing of an entity but what is listed."""
        with self._whole() as db:
            kept = {str(href) for (href,) in db.execute("SELECT href FROM detail WHERE entity = ?", (entity,))}
            gone = kept.difference(listed)
            db.executemany("DELETE FROM detail WHERE href = ?", [(href,) for href in gone])

    def known(self, hrefs: list[str]) -> dict[str, bytes]:
        """What is kept of these addresses."""
        return dict(self._rows("href, body", hrefs))

    def oldest(self, hrefs: list[str], share: int) -> list[str]:
        """Of what is kept of these addresses, one in `share`, rounded up: those that were fetched the longest ago."""
        # A row that is replaced gets a new rowid, above all others: they are in the order of fetching.
        found = [href for _, href in sorted(self._rows("rowid, href", hrefs))]
        return found[: -(-len(found) // share)]

    def keep(self, entity: str, details: Mapping[str, bytes]) -> None:
        """Keep details by their addresses."""
        rows = [(href, entity, body) for href, body in details.items()]
        with self._whole() as db:
            db.executemany("INSERT OR REPLACE INTO detail VALUES (?, ?, ?)", rows)

    def _rows(self, columns: str, hrefs: Sequence[str]) -> list[Any]:
        found: list[Any] = []
        with self._usable():
            for some in _chunks(hrefs):
                marks = ",".join("?" * len(some))
                found += self._db.execute(f"SELECT {columns} FROM detail WHERE href IN ({marks})", some)  # noqa: S608
        return found


def _chunks(hrefs: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(hrefs), _AT_ONCE):
        yield hrefs[start : start + _AT_ONCE]
