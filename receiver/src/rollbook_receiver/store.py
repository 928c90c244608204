"""The receiver's database: one SQLite file, every answer given after its commit has reached the disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, insert, select
from sqlalchemy.exc import DatabaseError

from rollbook_receiver import tables


class CannotOpen(Exception):
    """The database cannot be used. Its text is a sentence for the person who started the receiver."""


class Store:
    """An open database. `writing` and `reading` give a connection inside one transaction."""

    def __init__(self, path: Path) -> None:
        """Open `path`, or make it. Raises CannotOpen."""
        if not path.parent.is_dir():
            raise CannotOpen(f"There is no folder {path.parent} to keep the database in: make it first.")
        _only_for_its_owner(path)
        # hide_parameters: an error of the database must not carry a pupil into the log.
        self.engine = create_engine(URL.create("sqlite", database=str(path)), hide_parameters=True)
        _set_up(self.engine)
        self._reader = self.engine.execution_options(readonly=True)
        try:
            self._prepare()
        except DatabaseError:
            raise CannotOpen(
                f"{path} cannot be used as the receiver's database: it is not one, or may not be written to."
            ) from None

    def close(self) -> None:
        """Give up every connection."""
        self.engine.dispose()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that may write; committed at the end, rolled back by an exception."""
        with self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads, and does not wait for a writer."""
        with self._reader.begin() as connection:
            yield connection

    def _prepare(self) -> None:
        with self.writing() as connection:
            tables.metadata.create_all(connection)
            held = connection.execute(select(tables.form.c.form)).scalars().first()
            if held is None:
                connection.execute(insert(tables.form).values(form=tables.FORM))
            elif held != tables.FORM:
                raise CannotOpen(f"The database has form {held}; this receiver knows form {tables.FORM}: update it.")


def _only_for_its_owner(path: Path) -> None:
    """A new database can be read by nobody else on the machine: it names children. SQLite's own side files follow it.

    One that is there keeps what its owner set. On Windows the folder's own rights decide.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return
    except OSError:
        return  # the database itself says what is wrong


def _set_up(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def connected(dbapi: Any, _record: Any) -> None:
        dbapi.isolation_level = None  # the driver must not begin transactions of its own
        for setting in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
            dbapi.execute(f"PRAGMA {setting}").close()

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        # A transaction that reads and then writes must hold the write lock from its start, or it is refused as stale.
        readonly = connection.get_execution_options().get("readonly")
        connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")
