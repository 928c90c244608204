"""The local authority's end for the demonstration: `rollbook-receiver`, run as a command on this machine alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rollbook.cli.exits import Exit, Stop

PLUGIN = "la_portal"
START_SECONDS = 30.0
LISTENING = "listening on "


@dataclass(frozen=True)
class Receiver:
    """Where it listens, whom it knows, the file that holds that client's secret, and its process."""

    url: str
    client_id: str
    secret_file: Path
    process_id: int


@contextmanager
def running(folder: Path, schools: Sequence[int], *, keep: bool) -> Iterator[Receiver]:
    """A receiver in `folder` that takes messages about `schools`; it is ended at the end, unless it is to be kept.

    Raises Stop when it is not installed or does not start.
    """
    command, database = _command(), folder / "receiver.db"
    log = folder / "receiver.log"
    with_us = [] if keep else ["--until-input-ends"]  # so that it ends even when we are killed
    with log.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603 - our own command, found beside this Python
            [command, "serve", "--database", str(database), "--host", "127.0.0.1", "--port", "0", *with_us],
            stdin=subprocess.DEVNULL if keep else subprocess.PIPE,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # so that Ctrl-C reaches us alone, and we end it
        )
    kept = False
    try:
        url = _address(process, log)  # it has made its database by then
        yield Receiver(url, *_add_client(command, database, schools), process.pid)
        kept = keep
    finally:
        if not kept:
            _end(process)


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
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=START_SECONDS)  # noqa: S603
    if done.returncode:
        raise Stop(f"The receiver could not be made ready: {done.stderr.strip()}", Exit.NOTHING_DONE)
    told = json.loads(done.stdout)
    path = database.with_name("receiver.secret")
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write(told["client_secret"])
    return told["client_id"], path


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    """Where it listens: it says so in its first line. Raises Stop when it ends, or says nothing, before that."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        for line in log.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True):
            if line.startswith(LISTENING) and line.endswith("\n"):
                return line.removeprefix(LISTENING).strip()
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
