"""The receiver's application without a socket, for tests of what it answers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette

from rollbook_receiver.app import Access, make_app
from rollbook_receiver.store import Store
from support.receiver import NOW, add_client, store_in
from support.receiver_messages import envelope


@dataclass
class Clock:
    """A clock that a test moves."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at

    def forward(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)


class InProcess(httpx.BaseTransport):
    """Hands requests to an application, without a socket, as if they came from `address`."""

    def __init__(self, app: Starlette) -> None:
        self.app, self.address = app, "127.0.0.1"

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return asyncio.run(self._answer(request))

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        answer = await httpx.ASGITransport(self.app, client=(self.address, 1)).handle_async_request(request)
        return httpx.Response(answer.status_code, headers=answer.headers, content=await answer.aread())


@dataclass
class Door:
    """The application, as one signed-in client meets it."""

    http: httpx.Client
    line: InProcess
    app: Starlette
    store: Store
    clock: Clock
    client_id: str
    client_secret: str
    headers: dict[str, str] = field(default_factory=dict)

    def sign_in(self, client_id: str, secret: str) -> dict[str, str]:
        """Headers with a new token of this client."""
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
        answer = self.http.post("/oauth/token", data=form)
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    def another(self, schools: list[int]) -> dict[str, str]:
        """Headers of another client, for these schools."""
        return self.sign_in(*add_client(self.store, "Another", schools))

    def send(self, message: Any = None, *, key: str = "k1", **headers: str) -> httpx.Response:
        """Send a message (a good one unless told) under an idempotency key."""
        sent = self.headers | {"Idempotency-Key": key} | {k.replace("_", "-"): v for k, v in headers.items()}
        if isinstance(message, bytes):
            return self.http.post("/v1/messages", content=message, headers={"Content-Type": "application/json"} | sent)
        return self.http.post("/v1/messages", json=message or envelope(), headers=sent)


@contextmanager
def door(folder: Path, access: Access | None = None) -> Iterator[Door]:
    """An application over a new database, with a client that may speak for every school."""
    store, clock = store_in(folder), Clock()
    client, secret = add_client(store, "Northwick Trust")
    app = make_app(store, access or Access(loopback=True), clock)
    line = InProcess(app)
    with httpx.Client(transport=line, base_url="http://127.0.0.1") as http:
        made = Door(http, line, app, store, clock, client, secret)
        made.headers = made.sign_in(client, secret)
        yield made
    store.close()
