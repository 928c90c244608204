"""The regular feed and news, over HTTP."""

from __future__ import annotations

import asyncio
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rollbook_receiver import moments, news, regular
from rollbook_receiver.body import LONGEST, parse, read
from rollbook_receiver.clients import Client
from rollbook_receiver.problem import Refused
from rollbook_receiver.senders import client as known_client

_PATHS = {"days/{date}": "day", "weeks/{monday}": "week", "sessions/{date}": "sessions"}
_LONGEST = {"sessions": 4 * 1024 * 1024}  # bytes: the marks of a day of the largest school
_HIGHEST = 2**53 - 1


def routes() -> list[Route]:
    """The paths of the regular feed and of news."""
    at = "/v1/schools/{school}/"
    return [
        *(Route(at + path, partial(put, kind), methods=["PUT"]) for path, kind in _PATHS.items()),
        *(Route(at + path, partial(get, kind), methods=["GET"]) for path, kind in _PATHS.items()),
        Route(f"{at}news", told, methods=["GET"]),
    ]


async def put(kind: str, request: Request) -> Response:
    """Keep a body, and say which revision is the newest."""
    client = await known_client(request)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refused(415, "not-json", "A body is sent as application/json.")
    body = parse(await read(request, _LONGEST.get(kind, LONGEST)))
    school, day = _school(request, client), _day(request)
    today = moments.day_of(request.app.state.now())
    wrong = await run_in_threadpool(regular.problems, kind, school, day, body, today)
    if wrong:
        raise Refused(422, "not-well-formed", "The body is not in the feed's form.", errors=wrong)
    keep = partial(_take, client, (kind, school, day), body, request.app.state.now())
    return JSONResponse(await asyncio.wrap_future(request.app.state.store.write(keep)))  # after the commit


async def get(kind: str, request: Request) -> Response:
    """The newest revision that is held."""
    client = await known_client(request)
    school, day = _school(request, client), _day(request)
    held = await run_in_threadpool(_read, request, partial(regular.newest, kind=kind, school=school, day=day))
    if held is None:
        raise Refused(404, "nothing-held", "Nothing is held for this day.")
    return JSONResponse(held)


async def told(request: Request) -> Response:
    """News for a school, after a number."""
    client = await known_client(request)
    school, text = _school(request, client), request.query_params.get("after", "0")
    if not (text.isascii() and text.isdecimal() and len(text) <= 16 and int(text) <= _HIGHEST):
        raise Refused(400, "malformed", "`after` is a whole number.")
    state = request.app.state
    giving = partial(news.give, client=client.client, school=school, number=int(text), at=state.now())
    return JSONResponse(await asyncio.wrap_future(state.store.write(giving)))


def _take(client: Client, named: tuple[str, int, str], body: Any, at: Any, connection: Connection) -> dict[str, Any]:
    return regular.take(connection, client, *named, body, at)


def _read(request: Request, ask: Any) -> Any:
    with request.app.state.store.reading() as connection:
        return ask(connection)


def _school(request: Request, client: Client) -> int:
    text = request.path_params["school"]
    school = int(text) if len(text) == 6 and text.isascii() and text.isdecimal() else 0
    if school < 100_000 or not client.may_speak_for(school):
        raise Refused(403, "not-your-school", "This client does not speak for the school that the address names.")
    return school


def _day(request: Request) -> str:
    named = request.path_params
    text: str = named["monday"] if "monday" in named else named["date"]
    try:
        if len(text) == 10 and date.fromisoformat(text).isoformat() == text:
            return text
    except ValueError:
        pass
    raise Refused(404, "nothing-held", "The address names no day as 2026-10-05.")
