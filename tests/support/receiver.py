"""A real receiver on loopback, in a thread, for tests of whatever delivers to it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import uvicorn
from starlette.applications import Starlette

from rollbook_receiver import clients, messages
from rollbook_receiver.app import Access, make_app
from rollbook_receiver.messages import Held, Key
from rollbook_receiver.serving import Settings, configured
from rollbook_receiver.store import Store

NOW = datetime(2026, 11, 2, 7, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Receiver:
    """A running receiver, and one client of it that may speak for every school."""

    url: str
    client_id: str
    client_secret: str
    store: Store

    def stored(self) -> list[Held]:
        """The newest revision of each key, the last to come first."""
        with self.store.reading() as connection:
            return messages.states(connection, most=100_000)

    def history(self, key: Key) -> list[Held]:
        """Every revision under a key, the highest first."""
        with self.store.reading() as connection:
            return messages.history(connection, key)

    def add_client(self, name: str, schools: Sequence[int] = ()) -> tuple[str, str]:
        """Another client: its id and secret. No schools is every school."""
        return add_client(self.store, name, schools)


def store_in(folder: Path, name: str = "received.db") -> Store:
    """The database there; where there is none, a copy of an empty one: each step to the newest form takes its time."""
    path = folder / name
    if not path.exists():
        path.touch(mode=0o600)
        path.write_bytes(_empty())
    return Store(path)


@cache
def _empty() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        Store(path).close()
        return path.read_bytes()


def add_client(store: Store, name: str, schools: Sequence[int] = ()) -> tuple[str, str]:
    """A client of a store: its id and secret."""
    with store.writing() as connection:
        return clients.add(connection, name, schools, NOW)


@contextmanager
def running_receiver(
    folder: Path,
    *,
    now: Callable[[], datetime] = lambda: NOW,
    password: str | None = None,
    within: Callable[[Starlette], Any] = lambda app: app,
) -> Iterator[Receiver]:
    """A receiver over `folder / "received.db"`; `now` is its clock, `within` what it is put in. It is stopped at the
    end.
    """
    store = store_in(folder)
    client, secret = add_client(store, "Northwick Trust")
    try:
        with serving(within(make_app(store, Access(loopback=True, password=password), now))) as url:
            yield Receiver(url, client, secret, store)
    finally:
        store.close()


@contextmanager
def serving(app: Starlette | Any, settings: Settings | None = None) -> Iterator[str]:
    """An application on a free port of loopback, in a thread, as the command serves it: its address."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    settings = settings or Settings(loopback=True)
    config = configured(app, settings)
    config.timeout_graceful_shutdown = 2
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()  # a caller's first request waits in the listener's queue until the server is up
    try:
        yield f"{'https' if settings.tls else 'http'}://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()
