"""Whoever sends requests by halves, to keep others out, loses his own."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import Mock
from urllib.parse import urlsplit

import pytest
from starlette.applications import Starlette

from rollbook_receiver import connection
from rollbook_receiver.app import Access, make_app
from rollbook_receiver.connection import Connection
from rollbook_receiver.limits import Limits
from rollbook_receiver.serving import Settings
from rollbook_receiver.visitors import Unnamed
from rollbook_receiver.waiting import Waiting
from support.receiver import serving, store_in

FORM = b"grant_type=client_credentials&client_id=x&client_secret=y"
HALF_A_HEAD = b"GET /style.css HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "


def answer(told: list[dict[str, Any]]) -> tuple[int, str]:
    """Status, and what went wrong."""
    body = json.loads(told[1]["body"])
    return told[0]["status"], body.get("type", body.get("error", "")).rpartition(":")[2]


async def asks(app: Starlette, address: str, body: bytes, *, whole: bool) -> tuple[int, str]:
    """Ask for a token, with all of a body or with one that never ends."""
    parts, told = [{"type": "http.request", "body": body, "more_body": not whole}], []

    async def receive() -> Any:
        return parts.pop() if parts else await asyncio.get_running_loop().create_future()

    async def send(part: Any) -> None:
        told.append(part)

    scope = {"type": "http", "method": "POST", "path": "/oauth/token", "headers": [], "query_string": b""}
    await app(scope | {"client": (address, 1), "server": ("127.0.0.1", 80), "scheme": "http"}, receive, send)
    return answer(told)


@contextmanager
def application(folder: Path, limits: Limits) -> Iterator[Starlette]:
    store = store_in(folder)
    try:
        yield make_app(store, Access(loopback=True), limits=limits)
    finally:
        store.close()


BOUNDS = [("of one address", Limits(bodies_of_one=2)), ("in all", Limits(bodies=2))]


@pytest.mark.parametrize("limits", [row[1] for row in BOUNDS], ids=[row[0] for row in BOUNDS])
def test_of_bodies_that_never_end_the_oldest_makes_place(tmp_path: Path, limits: Limits) -> None:
    async def story(app: Starlette) -> list[tuple[int, str]]:
        halves = [asyncio.create_task(asks(app, "192.0.2.1", FORM, whole=False)) for _ in range(4)]
        first = [await one for one in halves[:2]]
        whole = [await asks(app, address, FORM, whole=True) for address in ("192.0.2.1", "192.0.2.2")]
        for one in halves:
            one.cancel()
        return first + whole

    with application(tmp_path, limits) as app:
        said = asyncio.run(story(app))
    assert said == [(408, "too-slow")] * 2 + [(401, "invalid_client")] * 2


def test_one_address_takes_no_place_from_another() -> None:
    given_up: list[str] = []
    waiting = Waiting(most=100, of_one=2)
    waiting.begin("b", lambda: given_up.append("b"))
    for number in range(4):
        waiting.begin("a", lambda number=number: given_up.append(f"a{number}"))
    assert given_up == ["a0", "a1"]


def test_a_proxy_stands_for_many_and_is_bounded_only_with_all() -> None:
    given_up: list[int] = []
    waiting = Waiting(most=4, of_one=2)
    for number in range(6):
        waiting.begin(None, lambda number=number: given_up.append(number))
    assert given_up == [0, 1]


def test_what_came_makes_place_without_anybody_given_up() -> None:
    waiting = Waiting(most=2, of_one=2)
    for _ in range(10):
        waiting.end(waiting.begin("a", pytest.fail))


@contextmanager
def served(folder: Path, limits: Limits) -> Iterator[Any]:
    """Makes connections to a running receiver."""
    lines: list[socket.socket] = []
    with application(folder, limits) as app, serving(app, Settings(loopback=True, limits=limits)) as url:

        def line(said: bytes) -> socket.socket:
            made = socket.create_connection(("127.0.0.1", urlsplit(url).port or 0), timeout=20)
            lines.append(made)
            made.sendall(said)
            return made

        yield line
        for one in lines:
            one.close()


def test_of_heads_that_never_end_the_oldest_makes_place(tmp_path: Path) -> None:
    with served(tmp_path, Limits(heads_of_one=2)) as line:
        halves = [line(HALF_A_HEAD) for _ in range(4)]
        assert [halves[number].recv(100) for number in (0, 1)] == [b"", b""]
        assert line(HALF_A_HEAD + b"no\r\n\r\n").recv(12) == b"HTTP/1.1 200"


def test_a_head_that_does_not_come_is_not_waited_for(tmp_path: Path) -> None:
    with served(tmp_path, Limits(head_seconds=0.1)) as line:
        assert line(b"").recv(100) == b""
        again = line(HALF_A_HEAD + b"no\r\n\r\n" + HALF_A_HEAD)  # nor is the next one's
        said = b""
        while part := again.recv(10_000):
            said += part
        assert said.startswith(b"HTTP/1.1 200")
        assert said.count(b"HTTP/1.1") == 1


def test_a_head_without_end_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "LONGEST_HEAD", 1000)
    with served(tmp_path, Limits()) as line:
        long = line(HALF_A_HEAD + b"x" * 2000)
        try:
            said = long.recv(100)
        except ConnectionResetError:
            said = b""
    assert said == b""


@pytest.mark.parametrize(
    ("peer", "tls", "proxies", "answered"),
    [
        ("192.0.2.1", False, (), False),
        ("192.0.2.1", False, ("192.0.2.1",), True),
        ("192.0.2.1", True, (), True),
        ("127.0.0.1", False, (), True),
    ],
    ids=["plain", "a named proxy", "over TLS", "this machine"],
)
def test_plain_http_is_for_this_machine_and_named_proxies(
    peer: str, tls: bool, proxies: tuple[str, ...], answered: bool
) -> None:
    known = {"peername": (peer, 5), "sockname": ("192.0.2.9", 443), "sslcontext": object() if tls else None}
    transport = Mock(get_extra_info=lambda name, default=None: known.get(name, default))
    config = Mock(loaded=True, timeout_keep_alive=5)
    made = Connection(
        heads=Waiting(5, 5),
        seconds=1,
        proxies=frozenset(proxies),
        unnamed=Unnamed(),
        config=config,
        server_state=Mock(connections=set(), tasks=set()),
        app_state={},
        _loop=Mock(),
    )
    made.connection_made(transport)
    assert transport.abort.called is not answered
