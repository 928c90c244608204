"""Opens the state that a configuration names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rollbook.contract.settings import SecretReference
from rollbook.host.config import Config
from rollbook.host.credentials import resolve
from rollbook.host.registers import RegisterFiles
from rollbook.host.store.database import Database, open_database


@contextmanager
def opened(config: Config) -> Iterator[Database]:
    """The state's database, closed at the end. Raises FixSettings or NeedsCredentials when it cannot be opened."""
    database = open_database(config.installation.state, _url(config))
    try:
        yield database
    finally:
        database.close()


def register_files(config: Config) -> RegisterFiles:
    """The folder of registers."""
    return RegisterFiles(config.installation.state)


def _url(config: Config) -> str | None:
    given = config.installation.database
    if given is None or isinstance(given, str):
        return given
    kind, place = next(iter(given.items()))
    return resolve(SecretReference(kind, place), folder=config.folder).reveal()
