"""A receiver in the mode that checks a sender, without a socket, and with a clock that a sender's waiting moves."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from rollbook_receiver import clients
from rollbook_receiver.app import Access, make_app
from rollbook_receiver.conformance.of_sender import provoke
from rollbook_receiver.conformance.of_sender.mode import Mode, may_serve, put_round
from rollbook_receiver.store import Store
from support.feed_sender import SCHOOL, Message, Sender, message
from support.receiver import add_client, store_in
from support.receiver_app import Clock, InProcess


class Line(InProcess):
    """A reply that is lost on purpose is a connection that was reset."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return super().handle_request(request)
        except ConnectionResetError:
            raise httpx.ReadError("reset", request=request) from None


@dataclass
class Checking:
    """The mode over one database, made anew for each sender, and a client of it."""

    store: Store
    client: tuple[str, str]
    clock: Clock = field(default_factory=Clock)
    pupils: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    http: httpx.Client = field(init=False)
    mode: Mode = field(init=False)

    def anew(self, provocations: set[str] | None = None) -> Checking:
        """With these provocations alone; None is all."""
        with self.store.writing() as connection:
            for table in ("conformance", "news", "regular"):
                connection.execute(text(f"DELETE FROM {table}"))
        self.mode = put_round(make_app(self.store, Access(loopback=True), self.clock), "801")
        if provocations is not None:
            self.mode.memory.done = {*provoke.ORDER, "asked", "lost news"} - provocations
        self.http = httpx.Client(transport=Line(self.mode), base_url="http://127.0.0.1/")
        return self

    def sender(self, made: type[Sender] = Sender) -> Sender:
        return made(self.http, self.client, self.wait)

    def message(self, kind: str = "attendance_return") -> Message:
        return message(next(self.pupils), kind)

    def wait(self, seconds: float) -> None:
        self.clock.at += timedelta(seconds=seconds)

    def result(self) -> dict[str, Any]:
        made: dict[str, Any] = self.http.get("/conformance").json()
        return made

    def verdicts(self) -> dict[str, str]:
        return {row["clause"]: row["verdict"] for row in self.result()["clauses"]}


@contextmanager
def checking(folder: Path) -> Iterator[Checking]:
    """The mode over a new database, for authority 801."""
    store = store_in(folder, "check.db")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clients, "_COST", 2)  # signing in is slow on purpose
        client = add_client(store, "A sender under test", [SCHOOL])
        may_serve(store, conformance=True)
        yield Checking(store, client)
    store.close()
