"""A server on loopback that hands each request to a function: what a simulator speaks HTTP with. It logs nothing.

server = Server(answer)          # answer(Incoming) -> Answer; it runs from now on
server.url                       # "http://127.0.0.1:40123/"
server.close()                   # ends it and its threads; twice does no harm
"""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec

MOST_AT_ONCE = 32  # connections: one more is hung up on
MOST_BODY = 1_000_000  # bytes
IDLE_SECONDS = 30.0


@dataclass(frozen=True)
class Incoming:
    """A request as it came. `target`: path and query. `headers`: their names in small letters."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Answer:
    """status: of HTTP. cut: send half of the body only. closed: send nothing and hang up."""

    status: int
    body: bytes
    kind: str = "application/json; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    closed: bool = False


def as_json(value: Any, status: int = 200) -> Answer:
    """An answer in JSON."""
    return Answer(status, msgspec.json.encode(value))


class Server(ThreadingHTTPServer):
    """Answers in threads of its own, from the moment it is made until `close`.

    An error in `answer` is answered with 500 and the header `X-Failed`: its kind and place, which the kit shows.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, answer: Callable[[Incoming], Answer]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer
        self._open: dict[Any, threading.Thread] = {}
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)
        self._guard = threading.Lock()
        self._name = f"simulator {self.server_address[1]}"  # of its threads
        self._loop = threading.Thread(
            target=self.serve_forever,
            kwargs={"poll_interval": 0.02},
            name=self._name,
            daemon=True,
        )
        self._loop.start()

    def server_bind(self) -> None:
        """Without asking anybody for the name of this machine."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", int(self.server_address[1])

    @property
    def url(self) -> str:
        """The address of this end."""
        return f"http://127.0.0.1:{self.server_address[1]}/"

    def close(self) -> None:
        """End every connection and every thread. Twice does no harm."""
        if not self._loop.is_alive():
            return
        self.shutdown()
        self._loop.join(5)
        self.server_close()
        with self._guard:
            there = dict(self._open)
        for connection, thread in there.items():
            _hang_up(connection)
            thread.join(5)

    def process_request(self, request: Any, client_address: Any) -> None:
        """A thread for each connection, as long as there are not too many."""
        if not self._places.acquire(blocking=False):
            self.shutdown_request(request)
            return
        thread = threading.Thread(
            target=self.process_request_thread,
            args=(request, client_address),
            name=self._name,
            daemon=True,
        )
        with self._guard:
            self._open[request] = thread
        thread.start()

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._guard:
                self._open.pop(request, None)
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """The other end went away: nothing is printed."""


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "nginx", ""
    timeout = IDLE_SECONDS
    disable_nagle_algorithm = True
    wbufsize = 65536  # head and body leave together

    def do_GET(self) -> None:
        self._answer()

    do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 - http.server's own names

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self) -> None:
        server = self.server
        assert isinstance(server, Server)
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > MOST_BODY:
            self.close_connection = True
            self._send(Answer(413, b""))
            return
        incoming = Incoming(
            self.command,
            self.path,
            {name.lower(): value for name, value in self.headers.items()},
            self.rfile.read(int(length)),
        )
        self._send(_answered(server, incoming))

    def _send(self, answer: Answer) -> None:
        if answer.closed:
            self.close_connection = True
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body[: len(answer.body) // 2] if answer.cut else answer.body)
        self.close_connection |= answer.cut


def _answered(server: Server, incoming: Incoming) -> Answer:
    try:
        return server.answer(incoming)
    except Exception as error:  # noqa: BLE001 - whatever it is, whoever writes the simulator must see it
        trace = error.__traceback__
        while trace and trace.tb_next:
            trace = trace.tb_next
        where = f" at {trace.tb_frame.f_globals.get('__name__')}, line {trace.tb_lineno}" if trace else ""
        return Answer(500, b"", headers={"X-Failed": f"{type(error).__name__}{where}"})
