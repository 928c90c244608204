"""Reading what is sent: bounded, and strict where Python's own reader is lenient."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from starlette.requests import Request

from rollbook_receiver.problem import Refused

LONGEST = 256 * 1024  # bytes of a message; the longest return the feed allows is below a third of it


async def read(request: Request, longest: int) -> bytes:
    """The body. Raises Refused 413 as soon as it is known to be longer than `longest` bytes, 408 when it is not there
    in the time that the limits give."""
    stated = request.headers.get("content-length", "")
    too_large = Refused(413, "too-large", f"A message has {longest} bytes at most.")
    if stated.isdecimal() and int(stated[:20]) > longest:
        raise too_large
    body = bytearray()
    try:
        async with asyncio.timeout(request.app.state.limits.body_seconds):
            async for chunk in request.stream():
                body += chunk
                if len(body) > longest:
                    raise too_large
    except TimeoutError:
        raise Refused(408, "too-slow", "The body did not come in time; nothing was taken.") from None
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
