"""Whom a request comes from: its token, looked up once in a while, and how much it may ask."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from rollbook_receiver import clients
from rollbook_receiver.clients import Client
from rollbook_receiver.guesses import Guesses
from rollbook_receiver.limits import Buckets, Limits
from rollbook_receiver.problem import Refused, unauthorised
from rollbook_receiver.store import Store
from rollbook_receiver.visitors import address

KNOWN_FOR = 300.0  # seconds; a revoked client is shut out at once all the same: `messages.take` looks
MOST = 5000


class Senders:
    """Tokens that were seen just now, and the bucket of each client."""

    def __init__(self, limits: Limits) -> None:
        self.requests = Buckets(limits.a_second, limits.burst)
        self.sign_ins = Buckets(0.5, limits.sign_ins)
        self.hashing = ThreadPoolExecutor(2, "rollbook-hash")  # each takes 16 MiB: not forty at once
        self._seen: dict[str, tuple[Client, datetime, float]] = {}

    def known(self, token: str, now: datetime) -> Client | None:
        """The client of a token that was looked up just now."""
        client, ends, seen = self._seen.get(token, (None, now, 0.0))
        return client if ends > now and time.monotonic() - seen < KNOWN_FOR else None

    def remember(self, token: str, client: Client, ends: datetime) -> None:
        """Keep it for a moment."""
        if len(self._seen) >= MOST:
            self._seen.clear()
        self._seen[token] = (client, ends, time.monotonic())


async def client(request: Request) -> Client:
    """The client whose token the request has. Raises Refused 401, 429."""
    return _bounded(request, await run_in_threadpool(_look_up, request, _token(request)))


async def sender(request: Request) -> Client:
    """As `client`, of a token that may have been looked up some minutes ago: `messages.take` looks whether it holds."""
    token, state = _token(request), request.app.state
    known = state.senders.known(token, state.now())
    return _bounded(request, known or await run_in_threadpool(_look_up, request, token))


async def new_token(request: Request, name: str, secret: str) -> str | None:
    """A token for a client's id and secret; None when they are not right. Raises Refused 429 when an address asked for
    too many under an id, or guessed too often; ids that are unknown count as one.
    """
    state, here = request.app.state, address(request)
    held = await run_in_threadpool(_held_secret, state.store, name)
    whose = name if held else ""
    wait = state.senders.sign_ins.wait(f"{here} {whose}")
    if wait:
        raise too_many(wait)
    trying = partial(tried, state.guesses, here, whose, secret, held)
    if not await asyncio.get_running_loop().run_in_executor(state.senders.hashing, trying):
        return None
    given = partial(clients.give_token, client=name, now=state.now())
    made: str | None = await asyncio.wrap_future(state.store.write(given))
    return made


def too_many(wait: int) -> Refused:
    """The refusal of a client that asks too much."""
    title = "Too many requests: wait as long as Retry-After says."
    return Refused(429, "too-many", title, headers={"Retry-After": str(wait)})


def _bounded(request: Request, client: Client) -> Client:
    wait = request.app.state.senders.requests.wait(client.client)
    if wait:
        raise too_many(wait)
    return client


def tried(guesses: Guesses, address: str, whose: str, secret: str, held: str | None) -> bool:
    """Whether the secret is right. Looked at where the hash is made: of many at once, no more are tried than may be.
    Raises Refused 429."""
    wait = guesses.wait(address, whose)
    if wait:
        raise too_many(wait)
    right = clients.same_secret(secret, held)
    (guesses.right if right else guesses.wrong)(address, whose)
    return right


def _held_secret(store: Store, client: str) -> str | None:
    with store.reading() as connection:
        return clients.held_secret(connection, client)


def _token(request: Request) -> str:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not given.strip():
        raise unauthorised("A token is needed: ask /oauth/token for one.")
    return given.strip()


def _look_up(request: Request, token: str) -> Client:
    state = request.app.state
    with state.store.reading() as connection:
        found = clients.of_token(connection, token, state.now())
    if found is None:
        raise unauthorised("The token is not known here, or has ended: ask /oauth/token for another.")
    client, ends = found
    state.senders.remember(token, client, ends)
    return client
