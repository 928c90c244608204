"""Reading what is sent: bounded, and strict where Python's own reader is lenient."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from starlette.requests import Request

from rollbook_receiver.problem import Refused
from rollbook_receiver.visitors import address

LONGEST = 256 * 1024  # bytes of a message; the longest return the feed allows is below a third of it


async def read(request: Request, longest: int) -> bytes:
    """The body. Raises Refused 413 as soon as it is known to be longer than `longest` bytes, 408 when it is not there
    in the time that the limits give, or has to make place for others. Either ends the connection: what still comes is
    not listened to."""
    stated = request.headers.get("content-length", "")
    end = {"Connection": "close"}
    too_large = Refused(413, "too-large", f"A message has {longest} bytes at most.", headers=end)
    if stated.isdecimal() and int(stated[:20]) > longest:
        raise too_large
    body, state, now = bytearray(), request.app.state, asyncio.get_running_loop().time
    try:
        async with asyncio.timeout(state.limits.body_seconds) as limit:
            with state.bodies.one(address(request), lambda: limit.reschedule(now())):
                async for chunk in request.stream():
                    body += chunk
                    if len(body) > longest:
                        raise too_large
    except TimeoutError:
        raise Refused(408, "too-slow", "The body did not come in time; nothing was taken.", headers=end) from None
    return bytes(body)


def parse(body: bytes) -> Any:
    """JSON in UTF-8, without NaN, without one name twice in an object. Raises Refused 400."""
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_no_constant, object_pairs_hook=_no_repeats)
    except (ValueError, RecursionError):
        raise Refused(400, "malformed", "The body is not JSON in UTF-8 with each name once in its object.") from None


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a name twice")
    return made
