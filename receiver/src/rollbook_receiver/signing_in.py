"""Whether an asker may see the pages, and who it is. Officers sign in by name; before there was any, whoever has the
one password of a trial, and without that whoever sits at this machine.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from rollbook_receiver import officers
from rollbook_receiver.basic import credentials
from rollbook_receiver.problem import Refused
from rollbook_receiver.senders import too_many, tried
from rollbook_receiver.store import Store
from rollbook_receiver.visitors import address, asked_here

TRIAL, HERE = "officer", "officer at this machine"
MOST = 1000


@dataclass(frozen=True)
class Shut:
    """Why not, as a page says it."""

    status: int
    title: str
    words: str
    headers: dict[str, str] = field(default_factory=dict)


class SignedIn:
    """Passwords that were right just now, by a digest under a key that nobody else has: each page is asked for with
    the password, and its slow hash is for the first alone. A new password, or an officer's end, is another `held`.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._right: set[bytes] = set()

    def knows(self, held: str, password: str) -> bool:
        """Whether it was right."""
        return self._digest(held, password) in self._right

    def remember(self, held: str, password: str) -> None:
        """It was."""
        if len(self._right) >= MOST:
            self._right.clear()
        self._right.add(self._digest(held, password))

    def _digest(self, held: str, password: str) -> bytes:
        return hmac.digest(self._key, f"{held} {password}".encode("utf-8", "surrogatepass"), hashlib.sha256)


async def officer(request: Request) -> str | Shut:
    """Who asks, as the audit log has it; or why they may not see the pages."""
    state = request.app.state
    name, password = credentials(request.headers.get("authorization", "")) or ("", "")
    named, held = await run_in_threadpool(_held, state.store, name)
    if not named and state.access.password is None:
        if state.access.loopback and asked_here(request):
            return HERE
        words = "They name children. `rollbook-receiver officers add NAME` opens them after a sign-in."
        return Shut(403, "The pages are closed", words)
    if "authorization" in request.headers:
        try:
            right = await (_by_name(request, name, password, held) if named else _in_a_trial(request, name, password))
        except Refused as refused:
            wait = refused.headers["Retry-After"]
            said = f"Too many wrong passwords came from your address. Try again in {wait} seconds."
            return Shut(429, "Wait before you sign in", said, {"Retry-After": wait})
        if right:
            return name
    headers = {"WWW-Authenticate": 'Basic realm="What schools reported", charset="UTF-8"'}
    words = "The user name is your own." if named else f"The user name is {TRIAL}."
    return Shut(401, "Sign in to see what came", words, headers)


async def _by_name(request: Request, name: str, password: str, held: str | None) -> bool:
    """Raises Refused 429."""
    state = request.app.state
    if held is not None and state.signed_in.knows(held, password):
        return True
    whose = f"officer {name}" if held else "officer"
    trying = partial(tried, state.guesses, address(request), whose, password, held)
    right = await asyncio.get_running_loop().run_in_executor(state.senders.hashing, trying)
    if right and held is not None:
        state.signed_in.remember(held, password)
    return right


async def _in_a_trial(request: Request, name: str, password: str) -> bool:
    """Raises Refused 429."""
    guesses, here = request.app.state.guesses, address(request)
    wait = guesses.wait(here, TRIAL)
    if wait:
        raise too_many(wait)
    same = hmac.compare_digest(_digest(password), _digest(request.app.state.access.password))
    right = same and name == TRIAL
    (guesses.right if right else guesses.wrong)(here, TRIAL)
    return right


def _held(store: Store, name: str) -> tuple[bool, str | None]:
    with store.reading() as connection:
        return officers.held_secret(connection, name if name.isprintable() else "")  # PostgreSQL takes no NUL


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
