"""A line to the receiver that loses replies: what is sent arrives, and what is answered does not."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


class LossyLine(ThreadingHTTPServer):
    """Passes requests on. While `lose` is above 0, the reply to a POST of a message is dropped after it was made."""

    daemon_threads = True

    def __init__(self, onward: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        parts = urlsplit(onward)
        self.onward = (str(parts.hostname), int(parts.port or 0))
        self.lose = 0
        self.sent = 0  # messages passed on

    @property
    def url(self) -> str:
        """The address of this end."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._pass_on()

    def do_POST(self) -> None:
        self._pass_on()

    def log_message(self, *_: object) -> None:
        pass

    def _pass_on(self) -> None:
        line = self.server
        assert isinstance(line, LossyLine)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        onward = http.client.HTTPConnection(*line.onward, timeout=10)
        onward.request(self.command, self.path, body, dict(self.headers))
        reply = onward.getresponse()
        text = reply.read()
        onward.close()
        if self.command == "POST" and self.path.endswith("/messages"):
            line.sent += 1
            if line.lose:
                line.lose -= 1
                self.close_connection = True
                return
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
