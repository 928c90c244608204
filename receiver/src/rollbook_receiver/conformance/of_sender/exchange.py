"""A request and its answer as the mode sees them, and how an answer is lost."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rollbook_receiver.problem import Refused

LONGEST = 5 * 1024 * 1024  # bytes that are judged; what is longer is the receiver's own to refuse


@dataclass
class Asked:
    """A request. number: counts them, so that one can be named."""

    number: int
    at: datetime
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    @cached_property
    def said(self) -> Any:
        """Its JSON; None when it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    @property
    def is_message(self) -> bool:
        """Whether it sends one."""
        return (self.method, self.path) == ("POST", "/v1/messages")

    @property
    def called(self) -> str:
        """How a result names it: the receiver's log has a line of that second."""
        return f"request {self.number}, at {self.at.astimezone(UTC):%H:%M:%S} UTC"

    @property
    def token(self) -> str:
        """What it has as one; empty without."""
        scheme, _, given = self.headers.get("authorization", "").partition(" ")
        return given.strip() if scheme.lower() == "bearer" else ""

    @property
    def name(self) -> str:
        """The idempotency key, as the receiver reads it."""
        return self.headers.get("idempotency-key", "").strip().strip('"')

    @property
    def address(self) -> str:
        """Path and query as a person reads them."""
        return unquote(f"{self.path}?{self.query}", errors="replace")


@dataclass
class Given:
    """An answer. `said`: its JSON object, empty when it is none."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    said: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def refusal(cls, refused: Refused) -> Given:
        """A refusal that the mode gives of itself."""
        made = refused.response()
        return cls(made.status_code, list(made.raw_headers), bytes(made.body), json.loads(bytes(made.body)))

    @property
    def problem(self) -> str:
        """The last part of the problem's type; empty when there is none."""
        return str(self.said.get("type", "")).rpartition(":")[2]

    def say(self, **more: Any) -> None:
        """Put more into its JSON."""
        self.said |= more
        self.body = json.dumps(self.said).encode()


async def read(receive: Receive) -> tuple[bytes, bool]:
    """The body as far as `LONGEST`, and whether that is all of it."""
    body, more = bytearray(), True
    while more and len(body) <= LONGEST:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return bytes(body), not more


async def pass_on(app: ASGIApp, scope: Scope, receive: Receive, body: bytes, *, whole: bool) -> Given:
    """What the receiver itself answers; `body` was read already, all of it if `whole`."""
    first = [{"type": "http.request", "body": body, "more_body": not whole}]
    status, headers, answer = 500, [], bytearray()

    async def again() -> Message:
        return first.pop() if first else await receive()

    async def collect(message: Message) -> None:
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status, headers = message["status"], list(message["headers"])
        else:
            answer.extend(message.get("body", b""))

    await app(scope, again, collect)
    try:
        said = json.loads(answer)
    except ValueError:
        said = None
    return Given(status, headers, bytes(answer), said if isinstance(said, dict) else {})


async def give(given: Given, send: Send) -> None:
    """Send an answer."""
    headers = [(name, value) for name, value in given.headers if name.lower() != b"content-length"]
    headers.append((b"content-length", str(len(given.body)).encode()))
    await send({"type": "http.response.start", "status": given.status, "headers": headers})
    await send({"type": "http.response.body", "body": given.body})


async def hang_up(receive: Receive, send: Send) -> None:
    """Close the connection without an answer. ASGI has no word for it: uvicorn's own transport is asked, and where
    there is none, ConnectionResetError is raised.
    """
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise ConnectionResetError("the reply is lost on purpose")
    transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass
