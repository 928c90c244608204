"""A connection on which TLS is yet to be agreed. The loop's own way shows it to nobody until then, and
waits a minute.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Coroutine, Generator
from types import coroutine
from typing import Any

from uvicorn.protocols.utils import get_remote_addr

from rollbook_receiver.connection import Connection


class Agreeing(asyncio.Protocol):
    """Counted and waited for as a head is; once TLS is agreed, the `connection` has it."""

    def __init__(self, connection: Connection, tls: ssl.SSLContext) -> None:
        self._connection, self._tls = connection, tls
        self._transport: asyncio.Transport | None = None
        self._early, self._lost = b"", False  # what came of the sender between the agreement and our hearing of it
        self._task: asyncio.Task[None] | None = None  # the loop itself would forget it

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin."""
        self._transport = transport
        self._connection.server_state.connections.add(self)  # type: ignore[arg-type]
        agreeing = self._agree(transport)
        try:
            waited_for = agreeing.send(None)  # now: what comes before the task begins would be lost to TLS
        except StopIteration:
            return  # gone already
        self._task = self._connection.loop.create_task(_the_rest(agreeing, waited_for))

    def data_received(self, data: bytes) -> None:
        """As asyncio has it; so is that below."""
        self._early += data

    def connection_lost(self, exc: Exception | None) -> None:
        """There is nobody to answer."""
        self._lost = True

    def shutdown(self) -> None:
        """The server ends."""
        if self._transport is not None:
            self._transport.abort()

    async def _agree(self, raw: asyncio.Transport) -> None:
        made = self._connection
        try:
            with made.waiting.one(made.counted_as(get_remote_addr(raw)), raw.abort):
                secure = await made.loop.start_tls(
                    raw,
                    self,
                    self._tls,
                    server_side=True,
                    ssl_handshake_timeout=made.seconds,
                    ssl_shutdown_timeout=made.seconds,
                )
        except OSError:  # no TLS, none that we speak, no certificate of theirs; too slow, given up, gone
            raw.abort()
            return
        finally:
            made.server_state.connections.discard(self)
        if secure is None or self._lost or raw.is_closing():
            return
        secure.set_protocol(made)
        made.connection_made(secure)
        if self._early:
            made.data_received(self._early)


@coroutine
def _the_rest(begun: Coroutine[Any, Any, None], waited_for: Any) -> Generator[Any, Any, None]:
    """A coroutine whose first step was made, for a task to go on with."""
    step: Any
    while True:
        try:
            told = yield waited_for
        except BaseException as error:  # noqa: BLE001 - whatever it is, the coroutine's own handlers see it
            step, given = begun.throw, error
        else:
            step, given = begun.send, told
        try:
            waited_for = step(given)
        except StopIteration:
            return
