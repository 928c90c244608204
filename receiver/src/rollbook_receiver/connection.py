"""One connection of a sender: what uvicorn has no bounds for."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from rollbook_receiver.visitors import Unnamed, address_of, is_loopback
from rollbook_receiver.waiting import Waiting

LONGEST_HEAD = 64 * 1024  # bytes
LONGEST = 16 * 1024 * 1024  # bytes of a request, as it comes: the longest body in small chunks


class Connection(HttpToolsProtocol):
    """Waits `seconds` for the head of a request, the next one's too; closes what has one too long, or never ends.

    `proxies`: whose connections are many people's.
    """

    def __init__(
        self, *, heads: Waiting, seconds: float, proxies: frozenset[str], unnamed: Unnamed, **server: Any
    ) -> None:
        super().__init__(**server)
        self.waiting, self.seconds, self._proxies = heads, seconds, proxies
        self._unnamed = unnamed
        self._number: int | None = None  # while a head is waited for
        self._late: asyncio.TimerHandle | None = None
        self._bytes = 0  # of this request

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """As asyncio has it; so are those below."""
        super().connection_made(transport)
        if self.scheme == "http" and not is_loopback(self._host) and self._host not in self._proxies:
            transport.abort()  # clause F-1
            return
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._no_longer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what comes."""
        self._bytes += len(data)
        super().data_received(data)
        if self._bytes > (LONGEST if self._number is None else LONGEST_HEAD):
            self.transport.abort()

    def on_headers_complete(self) -> None:
        """The head is there."""
        self._no_longer()
        if self._host not in self._proxies:
            self._unnamed.look(self._host, self.headers)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """All of it is there."""
        self._bytes = 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """The next may come, unless it has already."""
        super().on_response_complete()
        if self.cycle.response_complete and not self.transport.is_closing():
            self._wait_for_head()

    def counted_as(self, peer: tuple[str, int] | None) -> str | None:
        """The address that a connection counts to; None for a proxy's."""
        host = peer[0] if peer else ""
        return None if host in self._proxies else address_of(host)

    @property
    def _host(self) -> str:
        return self.client[0] if self.client else ""

    def _wait_for_head(self) -> None:
        """To close it would wait for who says nothing: of TLS, for their word that it is closed."""
        self._no_longer()
        self._bytes = 0
        self._number = self.waiting.begin(self.counted_as(self.client), self.transport.abort)
        self._late = self.loop.call_later(self.seconds, self.transport.abort)

    def _no_longer(self) -> None:
        if self._number is not None:
            self.waiting.end(self._number)
        if self._late is not None:
            self._late.cancel()
        self._number = self._late = None
