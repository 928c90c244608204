"""Running the application on a socket that is already bound."""

from __future__ import annotations

import logging
import os
import socket
import ssl
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import sqlalchemy
import uvicorn
from starlette.applications import Starlette

from rollbook_receiver import matching, moments
from rollbook_receiver.agreeing import Agreeing
from rollbook_receiver.app import Access, make_app
from rollbook_receiver.connection import Connection
from rollbook_receiver.limits import Limits
from rollbook_receiver.store import Store
from rollbook_receiver.visitors import Unnamed
from rollbook_receiver.waiting import Waiting


@dataclass(frozen=True)
class Settings:
    """How it is served: see `Access`, `Limits`, `tls.context`. Of `proxies` (addresses) X-Forwarded-For is believed."""

    loopback: bool
    password: str | None = None
    limits: Limits = field(default_factory=Limits)
    proxies: tuple[str, ...] = ()
    tls: ssl.SSLContext | None = None
    within: Callable[[Starlette], Any] = lambda app: app  # what the application is put in


def server(store: Store, settings: Settings) -> uvicorn.Server:
    """A server, not yet running."""
    here = settings.loopback and not settings.proxies  # a proxy that adds no header looks like this machine
    app = make_app(store, Access(here, settings.password), limits=settings.limits)
    return uvicorn.Server(configured(settings.within(app), settings))


def configured(app: Any, settings: Settings) -> uvicorn.Config:
    """How uvicorn serves it. Its own log of addresses is off: an address has a pupil's number in it."""
    limits = settings.limits
    heads = Waiting(limits.heads, limits.heads_of_one)
    known: dict[str, Any] = {"proxies": frozenset(settings.proxies), "unnamed": Unnamed()}
    protocol: Any = partial(Connection, heads=heads, seconds=limits.head_seconds, **known)
    if settings.tls is not None:
        protocol = partial(_secured, settings.tls, protocol)  # of uvicorn's own, silence before TLS would not count
    config = uvicorn.Config(
        app,
        http=protocol,
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=list(settings.proxies),
        lifespan="off",
        timeout_graceful_shutdown=5,
    )
    config.load()
    return config


def _secured(tls: ssl.SSLContext, plain: Callable[..., Connection], **server: Any) -> Agreeing:
    return Agreeing(plain(**server), tls)


def run(store: Store, listener: socket.socket, settings: Settings, *, until_input_ends: bool = False) -> None:
    """Serve until stopped, with a log on standard error. `until_input_ends`: also until standard input is closed."""
    logging._srcfile = None  # nobody is told the line that logged: to find it takes longer than to log
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    serving = server(store, settings)
    store.when_idle(_look_at_who_it_is)
    if until_input_ends:
        threading.Thread(target=_end_with_input, args=(serving,), daemon=True).start()
    # The writer asks for the interpreter back after each statement: Python's own five milliseconds would be too long.
    sys.setswitchinterval(0.0002)
    with suppress(KeyboardInterrupt):  # uvicorn raises it again once it has ended: that is how a person stops it
        serving.run(sockets=[listener])


def _look_at_who_it_is(connection: sqlalchemy.Connection) -> bool:
    """Of some messages: whoever opens a page does not wait for all of them."""
    return matching.catch_up(connection, moments.now(), most=50) > 0


def _end_with_input(serving: uvicorn.Server) -> None:
    """Whoever started us holds the other end: it closes when they end, even when they are killed."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    serving.should_exit = True
