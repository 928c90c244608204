"""Opens the state: SQLite in the state's folder, or PostgreSQL by URL. Only the host's main process does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DatabaseError, OperationalError

from rollbook.contract.errors import FixSettings, Problem, RetryLater
from rollbook.host.store import authority, followup, people, policy, runs
from rollbook.host.store.columns import metadata

__all__ = ["FILE", "HEAD", "Database", "authority", "followup", "metadata", "people", "policy", "runs"]

FILE = "rollbook.sqlite3"
HEAD = "0007"  # the newest revision of rollbook.host.migrations
_BUSY_MS = 10_000


class Database:
    """One engine. `write()` is a transaction that takes the write lock at once; `read()` is one that never waits."""

    def __init__(self, url: str, place: str) -> None:
        self.place = place
        self.engine = sa.create_engine(url)
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", _on_connect)
            event.listen(self.engine, "begin", _on_begin)
        self._reader = self.engine.execution_options(readonly=True)

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A transaction: kept whole at the end, or not at all. Raises RetryLater or FixSettings."""
        with self._explained(), self.engine.begin() as conn:
            yield conn

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """One view of the state, as it was when it began. Raises RetryLater or FixSettings."""
        with self._explained(), self._reader.begin() as conn:
            yield conn

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except DatabaseError as error:
            raise explain(error, self.place) from error


def explain(error: DatabaseError, place: str) -> Problem:
    """What a failure of the database means to IT staff. The statement and its values are left out: they name pupils."""
    said = str(error.orig)
    if isinstance(error, OperationalError) and "locked" in said:
        return RetryLater(f"The state in {place} is locked by another program: close it and sync again.")
    if "disk is full" in said or "full" in said.lower():
        return FixSettings(f"The disk that holds {place} is full: free some space and sync again. Nothing was lost.")
    if "readonly" in said or "read-only" in said:
        return FixSettings(f"The state in {place} may not be written: give this account the right to write there.")
    if "malformed" in said or "not a database" in said:
        return FixSettings(f"The state in {place} is damaged: restore it from a backup. Nothing was sent.")
    return FixSettings(f"The state in {place} could not be used: see the log.", detail=type(error.orig).__name__)


def open_database(folder: Path, url: str | None = None) -> Database:
    """The state of this installation, made or brought to this program's form where needed.

    Raises FixSettings when the folder cannot be written, or when a newer Rollbook made the state.
    """
    place = "the database of the configuration" if url else str(folder / FILE)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise FixSettings(f"The state's folder {folder} cannot be made: {error.strerror}.") from error
    database = Database(url or f"sqlite:///{folder / FILE}", place)
    try:
        _bring_to_head(database)
    except BaseException:
        database.close()
        raise
    return database


def _bring_to_head(database: Database) -> None:
    """Migrate if need be. Alembic takes a second to import: it is, only when there is something to do."""
    with database.read() as conn:
        found = _revision(conn)
    if found == HEAD:
        return
    if found is not None and found > HEAD:
        raise FixSettings(
            f"The state in {database.place} was made by a newer Rollbook (its form is {found}, this program's is "
            f"{HEAD}): install that version again, or give another folder."
        )
    from rollbook.host.migrations import upgrade

    with database.write() as conn:
        if _revision(conn) != HEAD:  # another program may have been quicker
            upgrade(conn)
            _name_installation(conn)


def _revision(conn: sa.Connection) -> str | None:
    if not sa.inspect(conn).has_table("alembic_version"):
        return None
    return conn.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def _name_installation(conn: sa.Connection) -> None:
    import secrets

    if conn.execute(sa.select(runs.installation.c.id)).first() is None:
        row = {"id": 1, "key": secrets.token_bytes(32), "created": datetime.now(UTC)}
        conn.execute(runs.installation.insert(), row)


def _on_connect(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we begin transactions, not the driver
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={_BUSY_MS}"):
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(conn: sa.Connection) -> None:
    readonly = conn.get_execution_options().get("readonly")
    conn.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")
