"""The receiver's database: a SQLite file, or PostgreSQL by URL. Every answer is given after its commit is on disk."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DatabaseError

from rollbook_receiver.options import is_url
from rollbook_receiver.problem import Refused
from rollbook_receiver.tables import HEAD
from rollbook_receiver.writer import Writer

T = TypeVar("T")
_NONE = "There is no receiver's database at {}: is it the right place? `rollbook-receiver init` makes a new one."
_WRITERS = 0x726F6C6C  # PostgreSQL's lock that one writer of this receiver's tables holds at a time


class CannotOpen(Exception):
    """The database cannot be used. Its text is a sentence for the person who started the receiver."""


class Store:
    """An open database. `writing` and `reading` give a connection inside one transaction; `write` is for many
    small writes at once.

    `brought_from` is the form that it had when it was opened, where it was brought to a newer one; else None. `made`:
    there was nothing in it.
    """

    def __init__(self, place: Path | str, *, make: bool = True) -> None:
        """Open a SQLite file, or a PostgreSQL URL, in the newest form; `make`: where there is none, make one.

        Raises CannotOpen.
        """
        self.brought_from: str | None = None
        self.made = False
        url = _url(place, make)
        self.place = str(place) if isinstance(place, Path) else url.render_as_string(hide_password=True)
        # hide_parameters: an error of the database must not carry a pupil into the log.
        self.engine = _engine(url)
        _set_up(self.engine)
        self._writer = Writer(self.writing)
        self._reader = self.engine.execution_options(readonly=True)
        if not self.on_sqlite:
            self._reader = self._reader.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        try:
            self._prepare(make)
        except DatabaseError as error:
            self.close()
            raise CannotOpen(self._why(error)) from None
        except CannotOpen:
            self.close()
            raise

    @property
    def on_sqlite(self) -> bool:
        """Whether it is a file of SQLite's."""
        return self.engine.dialect.name == "sqlite"

    def close(self) -> None:
        """Finish what is to be written, and give up every connection."""
        self._writer.close()
        self.engine.dispose()

    def write(self, work: Callable[[Connection], T]) -> Future[T]:
        """Have `work` done by the thread that writes for all: what it returns or raises, after the commit."""
        return self._writer.submit(work)

    def when_idle(self, work: Callable[[Connection], bool]) -> None:
        """Have `work` done while nobody writes, round by round, as long as it says that something is left."""
        self._writer.when_idle(work)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that may write, one at a time; committed at the end, rolled back by an exception."""
        with self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads, and does not wait for a writer."""
        with self._reader.begin() as connection:
            yield connection

    def _prepare(self, make: bool) -> None:
        with self.reading() as connection:
            if _form(connection) == HEAD:
                return
        from rollbook_receiver.migrations import upgrade  # takes a second to import: only when there is something to do

        with self._making_tables() as connection:
            found = _form(connection)
            if found == HEAD:
                return  # another program was quicker
            if found is not None and found > HEAD:
                raise CannotOpen(f"The database has form {found}; this receiver knows form {HEAD}: update it.")
            if found is None and not make:
                raise CannotOpen(_NONE.format(self.place))
            upgrade(connection)
            self.brought_from, self.made = found, found is None

    @contextmanager
    def _making_tables(self) -> Iterator[Connection]:
        """As `writing`. SQLite changes a table by making it anew: what refers to the old one must not be deleted with
        it, and what refers to nothing at the end is a fault.
        """
        with self.engine.connect() as connection:
            if self.on_sqlite:
                _direct(connection, "PRAGMA foreign_keys=OFF")  # it has no effect within a transaction
            try:
                with connection.begin():
                    yield connection
                    if self.on_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                        raise CannotOpen(f"{self.place} is damaged: a row in it refers to nothing. Restore a backup.")
            finally:
                if self.on_sqlite:
                    _direct(connection, "PRAGMA foreign_keys=ON")

    def _why(self, error: DatabaseError) -> str:
        if self.on_sqlite:
            return f"{self.place} cannot be used as the receiver's database: it is not one, or may not be written to."
        said = str(error.orig).strip().partition("\n")[0]
        return f"The database {self.place} cannot be used: {said}"


def _direct(connection: Connection, statement: str) -> None:
    """Outside any transaction."""
    driver: Any = connection.connection.dbapi_connection
    driver.execute(statement).close()


def _form(connection: Connection) -> str | None:
    """The last step that was made; "0000" before there were steps, None for an empty database."""
    tables = set(inspect(connection).get_table_names())
    if "form" in tables:
        held = connection.execute(text("SELECT form FROM form")).scalar()
        return "0000" if held == 1 else str(held).zfill(4)
    if "alembic_version" not in tables:
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _url(place: Path | str, make: bool) -> URL:
    """Raises CannotOpen."""
    if isinstance(place, str) and is_url(place):
        try:
            return make_url(place).set(drivername="postgresql+psycopg")
        except ArgumentError:
            raise CannotOpen("The database's URL cannot be read: postgresql://USER@HOST/NAME is its form.") from None
    path = Path(place)
    if not path.parent.is_dir():
        raise CannotOpen(f"There is no folder {path.parent} to keep the database in: make it first.")
    if not make and not path.exists():
        raise CannotOpen(_NONE.format(path))
    _only_for_its_owner(path)
    return URL.create("sqlite", database=str(path))


def _engine(url: URL) -> Engine:
    """Raises CannotOpen."""
    try:
        return create_engine(url, hide_parameters=True, pool_pre_ping=url.get_backend_name() != "sqlite")
    except ModuleNotFoundError:
        raise CannotOpen("PostgreSQL needs its driver: pip install 'rollbook-receiver[postgres]'") from None


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
    on_sqlite = engine.dialect.name == "sqlite"

    @event.listens_for(engine, "connect")
    def connected(dbapi: Any, _record: Any) -> None:
        if on_sqlite:
            dbapi.isolation_level = None  # the driver must not begin transactions of its own
            for setting in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
                dbapi.execute(f"PRAGMA {setting}").close()
            return
        for setting in ("synchronous_commit = on", "lock_timeout = '10s'"):  # whatever the server's own are
            dbapi.execute(f"SET {setting}").close()
        dbapi.commit()

    @event.listens_for(engine, "before_cursor_execute")
    def asked(*about: Any) -> None:
        many = about[3] if about[5] else [about[3]]  # parameters, and whether there are several sets
        values = (value for one in many for value in (one.values() if isinstance(one, dict) else one))
        if any(isinstance(value, str) and "\0" in value for value in values):  # PostgreSQL takes none
            raise Refused(400, "malformed", "A value has the character NUL.")

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        # A transaction that reads and then writes must hold the write lock from its start, or it is refused as stale.
        readonly = connection.get_execution_options().get("readonly")
        if on_sqlite:
            connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")
        elif not readonly:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS})")
