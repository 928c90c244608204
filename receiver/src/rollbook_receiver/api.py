"""The interface that programs use: tokens (OAuth2 client credentials, RFC 6749 section 4.4) and messages."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rollbook_feed import FEED_VERSION, NEWS_KINDS, problems
from rollbook_receiver import clients, judging, messages, one_number, regular
from rollbook_receiver.basic import credentials
from rollbook_receiver.body import LONGEST, parse, read
from rollbook_receiver.clients import Client
from rollbook_receiver.problem import Refused
from rollbook_receiver.senders import client as known_client
from rollbook_receiver.senders import new_token, sender

_HIGHEST = 2**63 - 1
_IDEMPOTENCY_KEY = re.compile(r'[!#-~]{1,255}|"[!#-~]{1,255}"')  # with quotation marks round it, it is the same


def routes() -> list[Route]:
    """The paths of the feed, version 1, and that of tokens."""
    return [
        Route("/oauth/token", token, methods=["POST"]),
        Route("/v1/whoami", whoami, methods=["GET"]),
        Route("/v1/messages", send, methods=["POST"]),
        Route("/v1/messages/{kind}/{school}/{pupil}/{episode}", look_up, methods=["GET"]),
        Route("/v1/status/{reference}", status, methods=["GET"]),
    ]


class InFlight:
    """The requests that are being answered: a second one under the same key is told to come back."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now: set[tuple[str, str]] = set()

    @contextmanager
    def only(self, client: str, name: str) -> Iterator[None]:
        """Hold (client, key) meanwhile. Raises Refused 409 when it is held."""
        mine = (client, name)
        with self._lock:
            if mine in self._now:
                title = "A request with this idempotency key is being answered."
                raise Refused(409, "in-flight", title, headers={"Retry-After": "1"})
            self._now.add(mine)
        try:
            yield
        finally:
            with self._lock:
                self._now.discard(mine)


async def token(request: Request) -> Response:
    """Exchange a client's id and secret for a token."""
    form = dict(parse_qsl((await read(request, 8192)).decode("utf-8", "replace"), keep_blank_values=True))
    if form.get("grant_type") != "client_credentials":
        known = "unsupported_grant_type" if "grant_type" in form else "invalid_request"
        return _token_answer({"error": known}, 400)
    basic = credentials(request.headers.get("authorization", ""))
    # RFC 6749 section 2.3.1: in Basic, both are form-encoded first.
    client, secret = map(unquote_plus, basic) if basic else (form.get("client_id", ""), form.get("client_secret", ""))
    made = await new_token(request, client, secret)
    if made is None:
        return _token_answer({"error": "invalid_client"}, 401, {"WWW-Authenticate": 'Basic realm="rollbook feed"'})
    seconds = int(clients.TOKEN_LIFE.total_seconds())
    return _token_answer({"access_token": made, "token_type": "Bearer", "expires_in": seconds}, 200)


async def whoami(request: Request) -> Response:
    """Whom the token stands for, and what this end takes. Nothing is kept."""
    client = await known_client(request)
    schools = sorted(client.schools) if client.schools is not None else None
    known: dict[str, Any] = {"client": client.client, "name": client.name, "schools": schools}
    known |= {"feed_versions": [FEED_VERSION], "news": list(NEWS_KINDS)}
    return JSONResponse(known | await run_in_threadpool(_wanted, request, client))


async def send(request: Request) -> Response:
    """Take one message."""
    client = await sender(request)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refused(415, "not-json", "A message is sent as application/json.")
    message = parse(await read(request, LONGEST))
    name = _idempotency_key(request)
    wrong = problems(message)
    if wrong:
        raise Refused(422, "not-well-formed", _where(message), errors=wrong)
    _may(client, int(message["key"]["school"]))
    state = request.app.state
    taking = partial(_take, client, message, name, state.now())
    with state.in_flight.only(client.client, name):
        try:
            held = await asyncio.wrap_future(state.store.write(taking))
        except one_number.AnotherPupil as refused:
            await asyncio.wrap_future(state.store.write(partial(one_number.keep_refusal, refused, state.now())))
            raise
    # after the commit
    if held.outcome == judging.PENDING:
        return JSONResponse(held.answer(), 202, {"Location": f"/v1/status/{held.reference}"})
    return JSONResponse(held.answer(), 201)


async def look_up(request: Request) -> Response:
    """The newest revision held under a key."""
    client = await known_client(request)
    path = request.path_params
    school, pupil, episode = (_number(path[name]) for name in ("school", "pupil", "episode"))
    _may(client, school)
    key = messages.Key(path["kind"], school, pupil, episode)
    held = await run_in_threadpool(_newest, request, key) if key.may_be_held() else None
    if held is None:
        raise Refused(404, "nothing-held", "No message is held under this key.")
    return JSONResponse(held.status() | {"action": held.action})


async def status(request: Request) -> Response:
    """What became of a revision, by the reference that its sender was given."""
    client = await known_client(request)
    held = await run_in_threadpool(_referred, request)
    if held is None or not client.may_speak_for(held.key.school):  # a reference of another's tells nothing
        raise Refused(404, "nothing-held", "No message of yours has this reference.")
    return JSONResponse(held.status())


def _take(client: Client, message: dict[str, Any], name: str, at: datetime, connection: Connection) -> messages.Held:
    return messages.take(connection, client, message, name, at)


def _wanted(request: Request, client: Client) -> dict[str, Any]:
    with request.app.state.store.reading() as connection:
        return regular.wanted(connection, client)


def _newest(request: Request, key: messages.Key) -> messages.Held | None:
    with request.app.state.store.reading() as connection:
        return messages.newest(connection, key)


def _referred(request: Request) -> messages.Held | None:
    with request.app.state.store.reading() as connection:
        return messages.of_reference(connection, request.path_params["reference"])


def _where(told: Any) -> str:
    """What is said of a body that is no message, with its address where it is another thing of the feed."""
    if isinstance(told, Mapping) and told.get("key") is None:
        if told.get("kind") in NEWS_KINDS:
            return "This is news, which the authority tells: a school asks for it at GET /v1/schools/{urn}/news."
        for body, path in (("rows", "weeks/{monday}"), ("marks", "sessions/{date}"), ("registers", "days/{date}")):
            if body in told:
                return f"This is no message: it is sent by PUT to /v1/schools/{{urn}}/{path}."
    return "The message is not in the feed's form."


def _may(client: Client, school: int) -> None:
    if not client.may_speak_for(school):
        raise Refused(403, "not-your-school", "This client does not speak for the school that the key names.")


def _idempotency_key(request: Request) -> str:
    name = request.headers.get("idempotency-key", "").strip()
    if not _IDEMPOTENCY_KEY.fullmatch(name):
        wanted = "1 to 255 printable characters of ASCII without spaces and quotation marks."
        raise Refused(400, "no-idempotency-key", f"Idempotency-Key is needed: {wanted}")
    return name.strip('"')


def _number(text: str) -> int:
    """A number of the address; -1, under which nothing is held, for what is none or has more than 63 bits."""
    number = int(text) if len(text) <= 19 and text.isascii() and text.isdecimal() else -1
    return number if number <= _HIGHEST else -1


def _token_answer(body: dict[str, Any], status: int, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse(body, status, {"Cache-Control": "no-store", **(headers or {})})
