"""A line to the receiver that loses, repeats and delays messages: what is sent arrives, or is answered, otherwise.

Nothing sleeps: what is late is passed on after messages that were sent later.
"""

from __future__ import annotations

import http.client
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain, repeat
from typing import NamedTuple
from urllib.parse import urlsplit


class Fate(Enum):
    """What becomes of a message on the line."""

    DONE = "it arrives, and so does its reply"
    LOST_REPLY = "it arrives, and its reply does not"
    LOST = "it does not arrive"
    TWICE = "it arrives twice, and the second reply is passed on"
    LATE = "it arrives after a later one, and its reply does not"


class Sent(NamedTuple):
    """A request as it came to the line."""

    method: str
    path: str
    body: bytes
    headers: dict[str, str]


def losing(replies: int) -> Iterator[Fate]:
    """The replies to the first messages are lost."""
    return chain(repeat(Fate.LOST_REPLY, replies), repeat(Fate.DONE))


def fates_of(seed: int) -> Iterator[Fate]:
    """The same for the same seed: of two messages, one arrives as it should."""
    chance = random.Random(seed)
    return iter(lambda: chance.choice([*[Fate.DONE] * 4, *Fate]), None)


class LossyLine(ThreadingHTTPServer):
    """Passes requests on; `fates` says what becomes of each POST of a message. `sent`: those that were passed on."""

    daemon_threads = True

    def __init__(self, onward: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        parts = urlsplit(onward)
        self._onward = (str(parts.hostname), int(parts.port or 0))
        self.fates: Iterator[Fate] = repeat(Fate.DONE)
        self.sent = 0
        self._late: list[Sent] = []

    @property
    def url(self) -> str:
        """The address of this end."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def meet(self, sent: Sent) -> tuple[http.client.HTTPResponse, bytes] | None:
        """What is answered; None where no reply comes."""
        if sent.method != "POST" or not sent.path.endswith("/messages"):
            return self._pass_on(sent)
        fate, late = next(self.fates), self._late
        if fate is Fate.LOST:
            return None
        if fate is Fate.LATE:
            self._late = [*late, sent]
            return None
        times = 2 if fate is Fate.TWICE else 1
        answers = [self._pass_on(sent) for _ in range(times)]
        self.sent += times
        self.catch_up()
        return None if fate is Fate.LOST_REPLY else answers[-1]

    def catch_up(self) -> None:
        """Pass on what is late, the last first."""
        while self._late:
            self._pass_on(self._late.pop())
            self.sent += 1

    def _pass_on(self, sent: Sent) -> tuple[http.client.HTTPResponse, bytes]:
        onward = http.client.HTTPConnection(*self._onward, timeout=10)
        onward.request(sent.method, sent.path, sent.body, sent.headers)
        reply = onward.getresponse()
        body = reply.read()
        onward.close()
        return reply, body


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self) -> None:
        line = self.server
        assert isinstance(line, LossyLine)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        answered = line.meet(Sent(self.command, self.path, body, dict(self.headers)))
        if answered is None:
            self.close_connection = True
            return
        reply, text = answered
        self.send_response(reply.status)
        for name, value in reply.getheaders():
            if name.lower() not in ("date", "server", "transfer-encoding", "connection"):
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)


@contextmanager
def lossy_line(onward: str) -> Iterator[LossyLine]:
    """A line to `onward`, running in a thread."""
    with LossyLine(onward) as line:
        thread = threading.Thread(target=line.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield line
        finally:
            line.shutdown()
            thread.join(5)
