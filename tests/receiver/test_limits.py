"""How much the receiver takes, at once and from one client, and what it says when it is too much."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from rollbook_receiver import clients
from rollbook_receiver.app import Access, make_app
from rollbook_receiver.guard import Guard
from rollbook_receiver.limits import Buckets, Limits
from support.receiver import serving
from support.receiver_app import Door, door
from support.receiver_messages import envelope


@contextmanager
def limited(folder: Path, limits: Limits) -> Iterator[Door]:
    with door(folder) as opened:
        opened.app = make_app(opened.store, Access(loopback=True), opened.clock, limits)
        opened.line.app = opened.app
        yield opened


class Seconds:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    clock = Seconds()
    bucket = Buckets(0.5, 3, clock)
    assert [bucket.wait("a") for _ in range(4)] == [0, 0, 0, 2]
    assert bucket.wait("b") == 0
    clock.now = 2.0
    assert [bucket.wait("a"), bucket.wait("a")] == [0, 2]
    clock.now = 1000.0
    assert [bucket.wait("a") for _ in range(4)] == [0, 0, 0, 2]


def test_full_buckets_are_forgotten_when_there_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Seconds()
    monkeypatch.setattr(Buckets, "MOST", 10)
    bucket = Buckets(1, 2, clock)
    for number in range(100):
        clock.now += 1.5
        bucket.wait(str(number))
    assert len(bucket._held) <= 10


def test_a_client_that_asks_too_much_is_told_how_long_to_wait(tmp_path: Path) -> None:
    with limited(tmp_path, Limits(a_second=0.1, burst=2)) as opened:
        answers = [opened.send(envelope(pupil=pupil), key=f"k{pupil}") for pupil in (1, 2, 3)]
        assert [answer.status_code for answer in answers] == [201, 201, 429]
        assert answers[2].json()["type"] == "urn:rollbook:feed:too-many"
        assert 1 <= int(answers[2].headers["Retry-After"]) <= 10
        assert opened.http.get("/v1/whoami", headers=opened.headers).status_code == 429
        assert opened.http.get("/v1/whoami", headers=opened.another([])).status_code == 200


def test_a_body_that_does_not_come_is_not_waited_for(tmp_path: Path) -> None:
    with limited(tmp_path, Limits(body_seconds=0.2)) as opened, serving(opened.app) as url:
        token = opened.headers["Authorization"]
        head = f"POST /v1/messages HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\nIdempotency-Key: k\r\n"
        with socket.create_connection(("127.0.0.1", urlsplit(url).port or 0), timeout=20) as line:
            line.sendall(f"{head}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{".encode())
            said = line.recv(4096)
    assert said.startswith(b"HTTP/1.1 408 ")
    assert b"urn:rollbook:feed:too-slow" in said


def test_more_at_once_than_can_be_answered_are_told_to_come_back() -> None:
    async def waits(_scope: object, _receive: object, send: object) -> None:
        await asyncio.sleep(0)

    async def both() -> list[dict[str, object]]:
        told: list[dict[str, object]] = []

        async def send(part: dict[str, object]) -> None:
            told.append(part)

        guard = Guard(waits, at_once=1)
        scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
        await asyncio.gather(*(guard(dict(scope), None, send) for _ in range(2)))
        return told

    start = asyncio.run(both())[0]
    assert start["status"] == 503
    assert (b"retry-after", b"2") in start["headers"]


def test_a_client_that_was_shut_out_meanwhile_leaves_nothing(tmp_path: Path) -> None:
    """Its token was looked up a moment ago, and is still remembered."""
    with door(tmp_path) as opened:
        assert opened.send().status_code == 201
        with opened.store.writing() as connection:
            clients.revoke(connection, opened.client_id, opened.clock())
        answer = opened.send(envelope("amend", 2), key="k2")
        assert (answer.status_code, answer.json()["type"]) == (401, "urn:rollbook:feed:unauthorised")
