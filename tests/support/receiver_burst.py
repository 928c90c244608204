"""Very many messages at once, as 300 schools send them on one evening, written to sockets by hand: a client library's
own time would be measured with them.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rollbook_receiver import clients
from rollbook_receiver.store import Store
from support.receiver_messages import envelope


@dataclass(frozen=True)
class Burst:
    """Messages, and the requests that carry them, in one order."""

    messages: list[dict[str, Any]]
    requests: list[bytes]


def burst(store: Store, messages: int, schools: int, now: datetime, *, seed: int = 1) -> Burst:
    """`messages` of `schools`, a client each, in any order: a third are amended, a tenth withdrawn in the end."""
    told, chance = [], random.Random(seed)
    tokens = [_client(store, 100_001 + number, now) for number in range(schools)]
    for number in range(messages):
        if len(told) >= messages:
            break
        school, pupil = number % schools, number // schools + 1
        told.append((school, _of("send", 1, school, pupil)))
        told += [(school, _of("amend", 2, school, pupil))] if number % 3 == 0 else []
        told += [(school, _of("withdraw", 3, school, pupil))] if number % 10 == 0 else []
    del told[messages:]
    chance.shuffle(told)
    return Burst([message for _, message in told], [request(message, tokens[school]) for school, message in told])


def request(message: dict[str, Any], token: str) -> bytes:
    """The bytes of a POST, under a key that is the message's own."""
    key = message["key"]
    name = f"{key['kind']}/{key['school']}/{key['pupil']}/{key['episode']}/{message['revision']}"
    body = json.dumps(message).encode()
    head = (
        f"POST /v1/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: {name}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def post_all(host: str, port: int, requests: Iterable[bytes], senders: int) -> list[bytes]:
    """Send them by `senders` at once, each over a connection of its own; the status lines that are not 201."""
    waiting, refused = iter(list(requests)), []

    async def send() -> None:
        reader, writer = await asyncio.open_connection(host, port)
        for one in waiting:
            writer.write(one)
            head = await reader.readuntil(b"\r\n\r\n")
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            await reader.readexactly(int(length))
            if b" 201 " not in head[:20]:
                refused.append(head.partition(b"\r\n")[0])
        writer.close()
        await writer.wait_closed()

    await asyncio.gather(*(send() for _ in range(senders)))
    return refused


def _client(store: Store, school: int, now: datetime) -> str:
    """A new client of one school: its token. The slow hash of its secret is left out: nobody signs in by it."""
    with store.writing() as connection:
        client, _ = clients.add(connection, f"School {school}", [school], now)
        token = clients.give_token(connection, client, now)
    assert token is not None
    return token


def _of(action: str, revision: int, school: int, pupil: int) -> dict[str, Any]:
    return envelope(action, revision, school=100_001 + school, pupil=pupil)
