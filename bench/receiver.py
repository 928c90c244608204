"""How many messages a second the receiver takes durably, on loopback, and whether its memory stays flat.

A receiver with a SQLite file, in a process of its own; many senders at once in this one. Beside it, on the same disk
and in the same minute: a loop that writes as many bytes and flushes them one by one (what a commit for every message
would cost at best), and an application on the same server that answers at once and keeps nothing. The time of the
processor that a message takes is printed too: it hardly depends on what else the machine does.

python bench/receiver.py [--messages 10000] [--schools 300] [--senders 32]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from rollbook_receiver import clients, moments
from rollbook_receiver.store import Store
from support.receiver_burst import Burst, burst, post_all

LEAST = 300.0  # messages a second, promised
MOST_GROWTH = 1.25  # of the memory, from a tenth of the messages to the last


def fsyncs(folder: Path, size: int, seconds: float = 2.0) -> float:
    """Writes of `size` bytes a second, each flushed."""
    began, done = time.perf_counter(), 0
    with (folder / "flushed").open("wb", buffering=0) as file:
        while time.perf_counter() - began < seconds:
            file.write(b"x" * size)
            os.fsync(file.fileno())
            done += 1
    return done / (time.perf_counter() - began)


@contextmanager
def served(*words: str) -> Iterator[tuple[str, psutil.Process]]:
    """A server that says where it listens."""
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip().rpartition(" ")[2], psutil.Process(process.pid)
        finally:
            process.terminate()


def at(url: str) -> tuple[str, int]:
    """Host and port."""
    host, _, port = url.removeprefix("http://").partition(":")
    return host, int(port)


def taken(database: Path, sent: Burst, senders: int) -> tuple[float, float, int, int]:
    """Messages a second, milliseconds of the processor for each; the receiver's memory after a tenth and at the end."""
    receiver = str(Path(sys.executable).parent / "rollbook-receiver")
    words = (receiver, "serve", "--database", str(database), "--port", "0", "--rate", "100000", "--burst", "100000")
    with served(*words) as (url, process):
        first = len(sent.requests) // 10
        refused = asyncio.run(post_all(*at(url), sent.requests[:first], senders))
        early, began = process.memory_info().rss, time.perf_counter()
        spent = sum(process.cpu_times()[:2])
        refused += asyncio.run(post_all(*at(url), sent.requests[first:], senders))
        rate = (len(sent.requests) - first) / (time.perf_counter() - began)
        spent = (sum(process.cpu_times()[:2]) - spent) / (len(sent.requests) - first) * 1000
        if refused:
            raise SystemExit(f"{len(refused)} messages were not taken: {refused[0]}")
        return rate, spent, early, process.memory_info().rss


ECHO = """
import socket, uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
async def answer(request):
    await request.body()
    return JSONResponse({}, 201)
listener = socket.create_server(("127.0.0.1", 0))
print(f"listening on http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
app = Starlette(routes=[Route("/v1/messages", answer, methods=["POST"])])
uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off")).run(sockets=[listener])
"""


def echoed(sent: Burst, senders: int) -> tuple[float, float]:
    """Messages a second that an application answers which keeps nothing; milliseconds of the processor for each."""
    with served(sys.executable, "-c", ECHO) as (url, process):
        began, spent = time.perf_counter(), sum(process.cpu_times()[:2])
        asyncio.run(post_all(*at(url), sent.requests, senders))
        rate = len(sent.requests) / (time.perf_counter() - began)
        return rate, (sum(process.cpu_times()[:2]) - spent) / len(sent.requests) * 1000


def main(messages: int, schools: int, senders: int) -> int:
    """Measure, print, and say whether the promise is kept."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = Store(folder / "received.db")
        sent = burst(store, messages, schools, moments.now())
        flushed = fsyncs(folder, len(sent.requests[0]))
        rate, spent, early, late = taken(folder / "received.db", sent, senders)
        bare, least = echoed(sent, senders)
        with store.reading() as connection:
            known = len(clients.everyone(connection))
        store.close()
    print(f"{messages:,} messages of {known} clients, {senders} senders at once; load {os.getloadavg()[0]:.1f}\n")
    print(f"taken and on disk            {rate:>8.0f} a second")
    print(f"bare loop of flushed writes  {flushed:>8.0f} a second; taken / it = {rate / flushed:.2f}")
    print(f"bare answers, nothing kept   {bare:>8.0f} a second; taken / it = {rate / bare:.2f}")
    print(f"of the processor, a message  {spent:>8.2f} ms; a bare answer {least:.2f} ms; ratio {spent / least:.1f}")
    print(f"memory {early / 2**20:.0f} MiB after a tenth, {late / 2**20:.0f} MiB at the end")
    print(json.dumps({"rate": round(rate), "promised": LEAST, "growth": round(late / early, 2)}))
    return 0 if rate >= LEAST and late / early <= MOST_GROWTH else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--schools", type=int, default=300)
    parser.add_argument("--senders", type=int, default=32)
    given = parser.parse_args()
    sys.exit(main(given.messages, given.schools, given.senders))
