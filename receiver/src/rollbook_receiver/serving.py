"""Running the application on a socket that is already bound."""

from __future__ import annotations

import logging
import os
import socket
import sys
import threading
from dataclasses import dataclass, field

import uvicorn

from rollbook_receiver.app import Access, make_app
from rollbook_receiver.limits import Limits
from rollbook_receiver.store import Store


@dataclass(frozen=True)
class Settings:
    """How it is served: see `Access` and `Limits`."""

    loopback: bool
    password: str | None = None
    limits: Limits = field(default_factory=Limits)


def server(store: Store, settings: Settings) -> uvicorn.Server:
    """A server, not yet running. Its own log of addresses is off: an address has a pupil's number in it."""
    config = uvicorn.Config(
        make_app(store, Access(settings.loopback, settings.password), limits=settings.limits),
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        lifespan="off",
        timeout_graceful_shutdown=5,
    )
    return uvicorn.Server(config)


def run(store: Store, listener: socket.socket, settings: Settings, *, until_input_ends: bool = False) -> None:
    """Serve until stopped, with a log on standard error. `until_input_ends`: also until standard input is closed."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    serving = server(store, settings)
    if until_input_ends:
        threading.Thread(target=_end_with_input, args=(serving,), daemon=True).start()
    sys.setswitchinterval(0.005)  # the writer waits for the interpreter after each statement: not five milliseconds
    serving.run(sockets=[listener])


def _end_with_input(serving: uvicorn.Server) -> None:
    """Whoever started us holds the other end: it closes when they end, even when they are killed."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    serving.should_exit = True
