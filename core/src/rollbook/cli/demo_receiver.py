"""The authority of the demonstration that takes the open feed: `rollbook-receiver`, a command on this machine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from rollbook.cli.exits import Exit, Stop

PLUGIN = "la_portal"
START_SECONDS = 30.0
LISTENING = "listening on "


@dataclass(frozen=True)
class Receiver:
    """Its command and database, the port at which it listens, the client that it knows, and the file of its secret."""

    command: str
    database: Path
    port: int
    client_id: str
    secret_file: Path

    @property
    def url(self) -> str:
        """Where it is, or will be."""
        return f"http://127.0.0.1:{self.port}"


class _Closed(BaseHTTPRequestHandler):
    """What stands before a server that is taken down for an hour: whoever comes is told to come again."""

    def do_POST(self) -> None:
        """Whatever is asked."""
        self.send_response(503)
        self.send_header("Retry-After", "3600")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST  # noqa: N815 - the library's name

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Nobody reads it."""


@contextmanager
def closed(folder: Path, schools: Sequence[int]) -> Iterator[Receiver]:
    """A receiver in `folder` for messages about `schools`, as long as its server is closed for an hour's work.

    Raises Stop when it is not installed or cannot be made ready.
    """
    command, database = _command(), folder / "receiver.db"
    _said([command, "init", "--database", str(database)])
    client_id, secret_file = _add_client(command, database, schools)
    with ThreadingHTTPServer(("127.0.0.1", 0), _Closed) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield Receiver(command, database, server.server_address[1], client_id, secret_file)
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def running(receiver: Receiver, *, keep: bool) -> Iterator[int]:
    """Its server, at work: the number of its process. It is ended at the end, unless it is to be kept.

    Raises Stop when it does not start.
    """
    log = receiver.database.with_name("receiver.log")
    with_us = [] if keep else ["--until-input-ends"]  # so that it ends even when we are killed
    where = ["--database", str(receiver.database), "--host", "127.0.0.1", "--port", str(receiver.port)]
    with log.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603 - our own command, found beside this Python
            [receiver.command, "serve", *where, *with_us],
            stdin=subprocess.DEVNULL if keep else subprocess.PIPE,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # so that Ctrl-C reaches us alone, and we end it
        )
    kept = False
    try:
        _wait_for(process, log)
        yield process.pid
        kept = keep
    finally:
        if not kept:
            _end(process)


def received(receiver: Receiver) -> str:
    """The list of what came, as an officer has it on the authority's own machine. Raises Stop."""
    return _said([receiver.command, "messages", "--database", str(receiver.database)])


def _command() -> str:
    """The command that the plugin names as its stand-in. Raises Stop when plugin or command is not installed."""
    from rollbook.host import plugins

    name = plugins.load(PLUGIN).destination().simulator or "rollbook-receiver"
    beside = shutil.which(name, path=str(Path(sys.executable).parent))
    found = beside or shutil.which(name)
    if found is None:
        raise Stop(f"The demonstration needs the command {name}: pip install {name}")
    return found


def _add_client(command: str, database: Path, schools: Sequence[int]) -> tuple[str, Path]:
    """A client with a secret that only its owner may read. The secret comes over a pipe, never as an argument."""
    named = [word for urn in schools for word in ("--school", str(urn))]
    words = [command, "clients", "add", "Demonstration Trust", *named, "--format", "json", "--database", str(database)]
    told = json.loads(_said(words))
    path = database.with_name("receiver.secret")
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write(told["client_secret"])
    return told["client_id"], path


def _said(words: Sequence[str]) -> str:
    """What a command of the receiver's says. Raises Stop when it fails."""
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=START_SECONDS)  # noqa: S603
    if done.returncode:
        raise Stop(f"The receiver could not be used: {done.stderr.strip()}", Exit.NOTHING_DONE)
    return done.stdout


def _wait_for(process: subprocess.Popen[bytes], log: Path) -> None:
    """Until it listens: it says so in a line. Raises Stop when it ends, or says nothing, before that."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
        if any(line.startswith(LISTENING) and line.endswith("\n") for line in lines):
            return
        time.sleep(0.05)
    raise Stop(f"The receiver did not start; what it said is in {log}.", Exit.NOTHING_DONE)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
