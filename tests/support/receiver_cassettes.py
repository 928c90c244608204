"""Recordings of la_portal against the receiver, scrubbed of secrets and of where they were made.

To record them again: `ROLLBOOK_RECORD=1 pytest tests/plugins/la_portal/test_recorded_delivery.py`.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import vcr

from rollbook_la_portal.destination import LaPortal
from support.receiver import running_receiver
from support.receiver_destination import portal
from support.recordings import interactions_of

HOST = "receiver.invalid"
RECORDING = bool(os.environ.get("ROLLBOOK_RECORD"))


def _request(request: Any) -> Any:
    request.uri = urlunsplit(urlsplit(request.uri)._replace(scheme="https", netloc=HOST))
    return request


def _response(response: dict[str, Any]) -> dict[str, Any]:
    text = response["body"]["string"].decode()
    text = re.sub(r'("access_token":\s*)"[^"]*"', r'\1"scrubbed"', text)
    response["body"]["string"] = text.encode()
    for name in ("content-length", "date", "server"):
        response["headers"].pop(name, None)
    return response


_RECORDER = vcr.VCR(
    record_mode="all" if RECORDING else "none",
    match_on=["method", "scheme", "host", "path", "query", "body"],
    filter_headers=["authorization", "host", "user-agent", "connection", "accept-encoding"],
    before_record_request=_request,
    before_record_response=_response,
    decode_compressed_response=True,
)


@contextmanager
def recorded(cassette: Path, schools: list[int], folder: Path) -> Iterator[LaPortal]:
    """A destination that speaks to a recording; or, when recording, to a receiver in `folder` as a client of it."""
    with ExitStack() as stack:
        url, pair = f"https://{HOST}", ("us", "scrubbed")
        if RECORDING:
            receiver = stack.enter_context(running_receiver(folder))
            url, pair = receiver.url, receiver.add_client("Northwick Trust", schools)
        tape = stack.enter_context(_RECORDER.use_cassette(str(cassette)))
        yield portal(url, *pair)
        if not RECORDING:
            assert tape.all_played, "the recording holds more than was asked for"


def requests_of(cassette: Path) -> list[dict[str, Any]]:
    """The requests of a recording, for looking at what it keeps."""
    return [row["request"] for row in interactions_of(cassette)]


def bodies_of(cassette: Path) -> list[Any]:
    """The messages that a recording holds."""
    return [json.loads(row["body"]) for row in requests_of(cassette) if row["uri"].endswith("/messages")]
