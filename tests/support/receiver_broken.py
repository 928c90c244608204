"""Receivers that are each broken in one way: ours, with what it is asked or what it answers changed on the way."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass
class Asked:
    """A request, as it is passed on."""

    method: str
    path: str
    body: bytes

    @property
    def said(self) -> dict[str, Any]:
        return json.loads(self.body)


@dataclass
class Given:
    """An answer, as it is passed back."""

    status: int
    headers: dict[str, str]
    body: bytes
    said: dict[str, Any] = field(default_factory=dict)

    @property
    def problem(self) -> str:
        return str(self.said.get("type", "")).rpartition(":")[2]

    def refuse(self, status: int, kind: str, title: str = "No.") -> None:
        self.status, self.headers["content-type"] = status, "application/problem+json"
        self.said = {"type": f"urn:rollbook:feed:{kind}", "title": title, "status": status}

    def take(self, said: dict[str, Any], status: int = 200) -> None:
        self.status, self.headers["content-type"], self.said = status, "application/json", said


After = Callable[[Asked, Given], None]
Before = Callable[[Asked], None]


def broken(
    after: After = lambda asked, given: None, before: Before = lambda asked: None
) -> Callable[[ASGIApp], ASGIApp]:
    """What an application is put in: `before` changes what it is asked, `after` what it answers."""

    def within(app: ASGIApp) -> ASGIApp:
        async def changed(scope: Scope, receive: Receive, send: Send) -> None:
            asked = Asked(scope["method"], scope["path"], await _body(receive))
            before(asked)
            given = await _answer(app, scope, asked)
            after(asked, given)
            body = json.dumps(given.said).encode() if given.said else given.body
            headers = given.headers | {"content-length": str(len(body))}
            raw = [(name.encode(), value.encode()) for name, value in headers.items()]
            await send({"type": "http.response.start", "status": given.status, "headers": raw})
            await send({"type": "http.response.body", "body": body})

        return changed

    return within


async def _answer(app: ASGIApp, scope: Scope, asked: Asked) -> Given:
    started: dict[str, Any] = {}
    body = bytearray()

    async def receive() -> Message:
        return {"type": "http.request", "body": asked.body}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            started.update(message)
        else:
            body.extend(message.get("body", b""))

    sized = [(name, value) for name, value in scope["headers"] if name != b"content-length"]
    await app(scope | {"headers": sized}, receive, send)
    headers = {name.decode(): value.decode() for name, value in started["headers"]}
    try:
        said = json.loads(body)
    except ValueError:
        said = {}
    return Given(started["status"], headers, bytes(body), said)


async def _body(receive: Receive) -> bytes:
    body, more = bytearray(), True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return bytes(body)
